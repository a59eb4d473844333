"""A provider's administrator's home: what needs somebody today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.people import participant_of
from courses.queries.dashboard import SHOWN, people_to_call, registers_due, sessions_today, unfilled
from courses.queries.expiring import own_ending
from courses.queries.licences import endangered
from courses.queries.visits import overdue_follow_ups
from courses.views import dashboard_words as words
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock


@needs(Permission.SEE_COURSES)
@require_safe
def dashboard_show(request: StaffRequest) -> HttpResponse:
    """The same few questions, in the same order, every day; each answered, also when the answer is nothing."""
    at, user = clock.now(), request.user
    people = people_to_call(user, at=at)
    log_access(request, kind="page", participants=[participant_of(person.booking).pk for person in people])
    blocks = [
        words.today_block(sessions_today(user, at=at), at=at),
        words.registers_block(registers_due(user, at=at), at=at),
        words.people_block(people),
        words.endangered_block(endangered(user, at=at)),
        words.ending_block(*own_ending(user, today=clock.day_of(at)), today=clock.day_of(at)),
        words.follow_ups_block(overdue_follow_ups(user, at=at)[:SHOWN]),
        words.unfilled_block(unfilled(user, at=at)),
    ]
    return render(request, "courses/dashboard_show.html", {"blocks": blocks})
