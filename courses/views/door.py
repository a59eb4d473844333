"""Beside the register: a concern for the agency, and somebody who came without a place."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.forms.door import ConcernForm, WalkInForm
from courses.people import participant_of
from courses.queries.registers import people_on, registers, walk_ins
from courses.services.door import raise_concern, record_walk_in
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import spoken


@needs(Permission.MARK_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_raise(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks about whom and what; POST passes it on to whoever may read it, and to nobody else."""
    at, user = clock.now(), request.user
    session = get_object_or_404(registers(user, at=at), public_id=public_id)
    bookings = people_on(session)
    form = ConcernForm(request.POST if request.method == "POST" else None, bookings=bookings)
    if form.is_bound and form.is_valid():
        try:
            words = form.cleaned_data["words"]
            raise_concern(booking=form.booking(), session=session, words=words, user=user, by=user.as_actor(), at=at)
            messages.success(
                request,
                _("It has been passed on. Only the agency reads what you wrote, or our service team where there is none."),
            )
            return see_other("register-mark", public_id=public_id)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal.sentence))
    log_access(request, kind="page", participants=[participant_of(booking).pk for booking in bookings])
    context = {"session": session, "form": form}
    return render(request, "courses/concern_raise.html", context, status=422 if form.errors else 200)


@needs(Permission.MARK_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in_record(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks who came; the answer is the same whoever it was. Administrators also see who was written down before."""
    at, user = clock.now(), request.user
    session = get_object_or_404(registers(user, at=at).select_related("course__provider"), public_id=public_id)
    form = WalkInForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_walk_in(session=session, **form.cleaned_data, user=user, by=user.as_actor(), at=at)
            messages.success(request, _("Written down. Your administrator has been told. They have no place yet."))
            return see_other("register-mark", public_id=public_id)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
    rows = [{"key": row.first_name, "value": spoken(row.reference) or _("No reference")} for row in walk_ins(session, user)]
    context = {"session": session, "form": form, "rows": rows}
    return render(request, "courses/walk_in_record.html", context, status=422 if form.errors else 200)
