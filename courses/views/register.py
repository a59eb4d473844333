"""The trainer's pages: today's sessions, the register, what was sent."""

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.forms.register import RegisterForm
from courses.outcomes import outcomes_for
from courses.people import participant_of
from courses.queries.late_registers import DUE_AFTER
from courses.queries.registers import (
    drafts_of,
    earlier_values,
    expected_people,
    names_told_apart,
    people_without_mark,
    registers,
    sent_marks,
    sessions_to_mark,
)
from courses.register_rules import is_open, opens_at
from courses.views.register_parts import already_sent, keep_for_script, take
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other

A_PAGE = 25


@needs(Permission.MARK_REGISTER)
@require_safe
def session_list(request: StaffRequest) -> HttpResponse:
    pages = Paginator(sessions_to_mark(request.user, at=clock.now()), A_PAGE)
    return render(request, "courses/session_list.html", {"page_obj": pages.get_page(request.GET.get("page"))})


@needs(Permission.MARK_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def register_mark(request: StaffRequest, public_id: str) -> HttpResponse:
    at = clock.now()
    session = get_object_or_404(registers(request.user, at=at), public_id=public_id)
    if session.register_submitted_at:
        return already_sent(request, session)
    if not is_open(session, at=at):
        context = {"session": session, "opens_at": opens_at(session)}
        return render(request, "courses/register_early.html", context, status=422 if request.method == "POST" else 200)
    people, outcomes = expected_people(session), outcomes_for(request.user)
    typed = request.POST if request.method == "POST" else None
    form = RegisterForm(typed, people=people, outcomes=outcomes, kept=drafts_of(session))
    taken = take(request, session, form, at=at) if form.is_bound else form
    if isinstance(taken, HttpResponse):
        return taken
    log_access(request, kind="page", participants=[person.participant_id for person in people])
    context = {"session": session, "form": taken, "has_begun": at >= session.starts_at}
    return render(request, "courses/register_mark.html", context, status=422 if form.is_bound else 200)


@needs(Permission.MARK_REGISTER)
@require_POST
def register_keep(request: StaffRequest, public_id: str) -> HttpResponse:
    """For the page's script: keeps the lines that are sent and answers with what is marked by now, by anybody. Names nobody."""
    at = clock.now()
    session = get_object_or_404(registers(request.user, at=at), public_id=public_id)
    if not is_open(session, at=at):
        return JsonResponse({}, status=422)
    return keep_for_script(request, session, expected_people(session), at=at)


@needs(Permission.MARK_REGISTER)
@require_safe
def register_show(request: StaffRequest, public_id: str) -> HttpResponse:
    sessions = registers(request.user, at=clock.now()).select_related("register_submitted_by")
    session = get_object_or_404(sessions, public_id=public_id)
    if not session.register_submitted_at:
        return see_other("register-mark", public_id=public_id)
    marks, unmarked = sent_marks(session), list(people_without_mark(session))
    shown = [*(mark.booking for mark in marks), *unmarked]
    log_access(request, kind="page", participants=[participant_of(booking).pk for booking in shown])
    before, names = earlier_values(session), names_told_apart(shown)
    lines = [(mark, before.get(mark.booking_id, []), names[mark.booking_id]) for mark in marks]
    without = [(booking, names[booking.pk]) for booking in unmarked]
    sent_late = session.register_submitted_at - session.ends_at > DUE_AFTER
    context = {"session": session, "lines": lines, "without": without, "sent_late": sent_late}
    return render(request, "courses/register_show.html", context)
