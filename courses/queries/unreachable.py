"""For whom nothing else would be in time, if a course did not take place: said before it is cancelled."""

from datetime import datetime

from courses.enums import BookingState
from courses.fitting import knowing_needs, needs_key
from courses.models import Booking, Course
from courses.policies import must_end_before
from courses.queries.progress import part_to_book
from courses.queries.waiting import soonest_end_elsewhere
from diversion.referrals.models import Requirement


def people_out_of_reach(course: Course, *, at: datetime) -> int:
    """Of those with a confirmed place, how many have no other course with a place for them that ends by their date (rule 2).

    Asked once for all whose needs are alike. Each is counted alone: two who would want the same last place both count as in reach.
    """
    placed = Booking.objects.filter(course=course, state=BookingState.CONFIRMED)
    soonest: dict[object, datetime | None] = {}
    out = 0
    for requirement in knowing_needs(Requirement.objects.filter(pk__in=placed.values("requirement"))):
        part = part_to_book(requirement, at=at)
        key = needs_key(requirement), part
        if key not in soonest:
            soonest[key] = soonest_end_elsewhere(course, requirement, part, at=at)
        end = soonest[key]
        out += end is None or end >= must_end_before(requirement)
    return out
