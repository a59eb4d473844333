"""The scarce thing. A place (two seats where an interpreter comes along) is taken and freed by one conditional UPDATE; a CHECK stands behind it.

Whoever takes, frees, confirms or lapses holds the course's row until the end of the transaction, so a course's bookings
change one after the other. Rows are locked in this order: course → referral → requirement → booking → payment.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from courses.enums import BookingState
from courses.models import Booking, Course
from diversion.audit.transitions import MoveIsNotAllowed, move
from diversion.core.actor import Actor
from diversion.core.lifecycle import Stateful


@transaction.atomic(savepoint=False)
def take_place(*, course_id: UUID, seats: int, at: datetime) -> bool:
    """Take so many seats at once, True when there were as many. A hold that ran out by `at` makes way at once, tidied or not."""
    if _take(course_id, seats):
        return True
    if not Booking.objects.run_out(at=at).filter(course_id=course_id).exists():
        return False
    Course.objects.select_for_update(no_key=True).get(pk=course_id)
    lapse_run_out(course_id=course_id, at=at)
    return _take(course_id, seats)


def free_place(*, course_id: UUID, seats: int) -> None:
    """Give a booking's seats back. The caller has just moved a booking out of the states that take one."""
    Course.objects.filter(pk=course_id, taken__gte=seats).update(taken=F("taken") - seats)


def lapse_run_out(*, course_id: UUID, at: datetime) -> int:
    """Lapse a course's holds that ran out by `at` and free their places. The caller holds the course's row."""
    holds = Booking.objects.run_out(at=at).filter(course_id=course_id).select_related("requirement")
    by = Actor.system("tick")
    return sum(end_hold(hold, to=BookingState.LAPSED, by=by, at=at) for hold in holds)


def end_hold(hold: Booking, *, to: Stateful, by: Actor, at: datetime) -> bool:
    """Move a booking that takes a place to an ending and free its place: once, whoever else tries. The caller holds the course's row."""
    try:
        move(hold, to=to, by=by, at=at, case_id=hold.requirement.referral_id, changes={"ended_at": at})
    except MoveIsNotAllowed:
        return False
    free_place(course_id=hold.course_id, seats=hold.seats)
    return True


def _take(course_id: UUID, seats: int) -> bool:
    free = Course.objects.filter(pk=course_id, taken__lte=F("capacity") - seats)
    return free.update(taken=F("taken") + seats) == 1
