"""The scarce thing. A place (two seats where an interpreter comes along) is taken and freed by one conditional UPDATE; a CHECK stands behind it.

Whoever takes, frees, confirms or lapses holds the course's row until the end of the transaction, so a course's bookings
change one after the other. Rows are locked in this order: course → referral → requirement → booking → payment.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from courses.enums import BookingState, ReplacementState
from courses.models import Booking, Course, Replacement
from diversion.audit.transitions import MoveIsNotAllowed, move
from diversion.core.actor import Actor
from diversion.core.lifecycle import Stateful


def lock_courses(ids: set[UUID]) -> dict[UUID, Course]:
    """In the order of their keys, so that two who need the same two never wait for each other."""
    rows = Course.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def courses_of_moves(booking: Booking) -> set[UUID]:
    """The courses to lock before a booking changes: its own, that of the place it would supersede, and those of its moves."""
    earlier = {booking.supersedes.course_id} if booking.supersedes else set()
    if booking.state != BookingState.CONFIRMED:
        return {booking.course_id, *earlier}
    moves = Booking.objects.moves_under_way().filter(supersedes=booking)
    return {booking.course_id, *earlier, *moves.values_list("course_id", flat=True)}


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


def end_moves(place: Booking, *, locked: Collection[UUID], to: Stateful, by: Actor, at: datetime) -> None:
    """End the hold of a move from a place that has just ended otherwise. One whose course is not among the locked runs out."""
    moves = Booking.objects.moves_under_way().filter(supersedes=place, course__in=locked).select_related("requirement")
    for hold in moves:
        end_hold(hold, to=to, by=by, at=at)


def supersede_place(old: Booking, *, by: Actor, at: datetime) -> bool:
    """The old place makes way for a new one. False when it has ended otherwise. The caller holds both courses' rows.

    Of a course that the provider cancelled there is no place any more: what was offered instead is chosen.
    """
    if old.state == BookingState.CANCELLED_BY_PROVIDER:
        return _choose_replacement(old, by=by, at=at)
    if old.state != BookingState.CONFIRMED:
        return False
    return end_hold(old, to=BookingState.SUPERSEDED, by=by, at=at)


def _choose_replacement(old: Booking, *, by: Actor, at: datetime) -> bool:
    replacement = Replacement.objects.open().select_for_update(no_key=True).filter(booking=old).first()
    if replacement is None:
        return False
    case_id = old.requirement.referral_id
    move(replacement, to=ReplacementState.CHOSEN, by=by, at=at, case_id=case_id, changes={"ended_at": at})
    return True


def _take(course_id: UUID, seats: int) -> bool:
    free = Course.objects.filter(pk=course_id, taken__lte=F("capacity") - seats)
    return free.update(taken=F("taken") + seats) == 1
