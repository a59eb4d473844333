"""Waits for a place."""

from typing import Any

from courses.enums import BookingState, WaitingState
from courses.models import Course, WaitingEntry
from diversion.core import clock
from diversion.referrals.models import Programme, Requirement
from tests.factories.courses import make_booking, make_course
from tests.factories.people import make_agency
from tests.factories.referrals import make_participant, make_referral, make_requirement, make_scheme


def make_needing(programme: Programme, *needs: str, **fields: Any) -> Requirement:
    """Somebody of an agency of their own who needs this programme, and has these needs."""
    scheme = make_scheme(make_agency(), programme=programme)
    person = make_participant(scheme.agency, needs=list(needs), **fields.pop("person", {}))
    return make_requirement(make_referral("accepted", scheme=scheme, participant=person), **fields)


def make_full_course(programme: Programme, *, capacity: int = 1, **fields: Any) -> Course:
    """A course whose every place is confirmed for somebody."""
    course = make_course(programme, capacity=capacity, **fields)
    for _ in range(capacity):
        make_booking(course, make_needing(programme), BookingState.CONFIRMED)
    return course


def make_wait(course: Course | None = None, requirement: Requirement | None = None, **fields: Any) -> WaitingEntry:
    """Somebody who waits for a place on a course; without one, for any online course."""
    requirement = requirement or (make_needing(course.programme) if course else make_requirement())
    common = {"state": WaitingState.JOINED, "requirement": requirement, "course": course, "joined_at": clock.now()}
    return WaitingEntry.objects.create(**{**common, "online_ok": course is None, **fields})
