"""Changing one mark after the register was sent, or giving one to who has none."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.forms.amendment import AmendmentForm
from courses.models import Attendance, Booking, Session
from courses.outcomes import outcomes_for
from courses.people import participant_of
from courses.queries.registers import mark_history, names_told_apart, people_on, people_without_mark, registers
from courses.services.amendment import amend_mark, mark_afterwards
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
    """GET shows what the register says and asks why it was wrong, or that it says nothing of somebody; POST puts a mark beside it."""
    session = get_object_or_404(registers(request.user, at=clock.now()), public_id=public_id)
    history = mark_history(session, booking_id)
    booking = history[-1].booking if history else get_object_or_404(people_without_mark(session), public_id=booking_id)
    form = AmendmentForm(
        request.POST if request.method == "POST" else None, booking=booking, history=history,
        outcomes=outcomes_for(request.user),
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _is_put(request, form, session, history):
        return see_other("register-show", public_id=public_id)
    if form.is_bound:  # somebody may have been faster: show it, and what the next attempt has then seen
        history = mark_history(session, booking_id)
        form.data = {**request.POST.dict(), "seen": str(len(history))}
    person = participant_of(booking)
    log_access(request, kind="page", participants=[person.pk])
    context = {"session": session, "form": form, "history": history, "name": _name_of(booking, session)}
    return render(request, "courses/register_amend.html", context, status=422 if form.errors else 200)


def _name_of(booking: Booking, session: Session) -> str:
    """As the register names them, told apart from who reads alike."""
    people = {each.pk: each for each in [*people_on(session), booking]}
    return names_told_apart(people.values())[booking.pk]


def _is_put(request: StaffRequest, form: AmendmentForm, session: Session, history: Sequence[Attendance]) -> bool:
    """Changes the mark that the page had shown, or gives the first; a refusal is put on the form, beside what it is about."""
    place = form.cleaned_data["seen"]
    who: dict[str, Any] = {"user": request.user, "by": request.user.as_actor(), "at": clock.now()}
    new: dict[str, Any] = {"mark": form.amended(), "reason": form.cleaned_data["reason"]}
    try:
        if place == 0 or not history:
            mark_afterwards(session=session, booking=form.booking, **new, **who)
        else:
            amend_mark(seen=history[place - 1] if 1 <= place <= len(history) else history[-1], **new, **who)
    except Refusal as refusal:
        form.add_error(refusal.field or None, str(refusal.sentence))
        return False
    changed, given = _("The mark was changed."), _("The mark was given.")
    messages.success(request, f"{changed if place else given} {_('The officer and the person will be told.')}")
    return True
