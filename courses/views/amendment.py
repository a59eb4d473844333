"""Changing one mark after the register was sent."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.forms.amendment import AmendmentForm
from courses.models import Attendance
from courses.outcomes import outcomes_for
from courses.people import participant_of
from courses.queries.registers import mark_history, registers
from courses.services.amendment import amend_mark
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other


@needs(Permission.MARK_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def register_amend(request: StaffRequest, public_id: str, booking_id: str) -> HttpResponse:
    """GET shows what the register says and asks why it was wrong; POST puts another mark beside it."""
    session = get_object_or_404(registers(request.user, at=clock.now()), public_id=public_id)
    history = mark_history(session, booking_id)
    if not history:
        raise Http404
    last = history[-1]
    form = AmendmentForm(
        request.POST if request.method == "POST" else None, mark=last, outcomes=outcomes_for(request.user),
        initial={"outcome": last.outcome, "identity": last.identity_seen, "late": last.minutes_late or None,
                 "early": last.left_early_minutes or None, "because": last.refused_because, "seen": len(history)},
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _is_amended(request, form, history):
        return see_other("register-show", public_id=public_id)
    if form.is_bound:  # somebody may have been faster: show it, and what the next attempt has then seen
        history = mark_history(session, booking_id)
        form.data = {**request.POST.dict(), "seen": str(len(history))}
    person = participant_of(last.booking)
    log_access(request, kind="page", participants=[person.pk])
    context = {"session": session, "form": form, "history": history, "name": person.short_name}
    return render(request, "courses/register_amend.html", context, status=422 if form.errors else 200)


def _is_amended(request: StaffRequest, form: AmendmentForm, history: Sequence[Attendance]) -> bool:
    """Changes the mark that the page had shown; a refusal is put on the form, beside what it is about."""
    place = form.cleaned_data["seen"]
    seen = history[place - 1] if 1 <= place <= len(history) else history[-1]
    try:
        amend_mark(
            seen=seen, mark=form.amended(), reason=form.cleaned_data["reason"], user=request.user,
            by=request.user.as_actor(), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(refusal.field or None, str(refusal.sentence))
        return False
    messages.success(request, _("The mark was changed. The officer and the person will be told."))
    return True
