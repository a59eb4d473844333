"""A place from hold to confirmation, or to its end."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState
from courses.fitting import knowing_needs, meets_the_needs, seats_for
from courses.lifecycle import LIVE
from courses.models import Booking, Course
from courses.policies import (
    CourseEndsTooLate,
    CourseHasBegun,
    CourseIsNotOpen,
    HoldIsOver,
    NothingToBook,
    PlaceIsPaidFor,
    check_can_book,
    check_can_release,
    price_on,
)
from courses.queries.progress import part_to_book
from courses.queries.waiting import is_for_others
from courses.services.announcements import announce_confirmation
from courses.services.places import (
    courses_of_moves,
    end_hold,
    end_moves,
    lapse_run_out,
    lock_courses,
    supersede_place,
    take_place,
)
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Referral, Requirement
from diversion.referrals.services.requirements import activate

__all__ = [
    "AlreadyExtended",
    "AlreadyHasAPlace",
    "CourseEndsTooLate",
    "CourseHasBegun",
    "CourseIsFull",
    "CourseIsNotOpen",
    "HoldIsOver",
    "NothingToBook",
    "PlaceIsGone",
    "PlaceIsPaidFor",
    "confirm_place",
    "extend_hold",
    "give_up_place",
    "hold_place",
    "lapse_holds",
    "release_hold",
]

HOLD = timedelta(minutes=30)
COURSES_PER_TICK = 200
SETTLED = frozenset({BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED})


class CourseIsFull(Refusal):
    sentence = _("Somebody took the last place on this course. Choose another course.")


class AlreadyHasAPlace(Refusal):
    sentence = _("You already have a place. Give it up before you choose another.")


class AlreadyExtended(Refusal):
    sentence = _("We have already kept this place for longer once. We cannot do it again.")


class PlaceIsGone(Refusal):
    sentence = _("The payment came too late and the place has gone. You will get all of your money back.")


class _Locked(NamedTuple):
    courses: dict[UUID, Course]
    course: Course
    requirement: Requirement
    booking: Booking


@transaction.atomic
def hold_place(*, course: Course, requirement: Requirement, by: Actor, at: datetime, flexible: bool = False) -> Booking:
    """Keep a place for 30 minutes, at today's price. Asking again for the same course gives the same booking.

    Who goes on after a miss gets a place for the sessions that they lack, at those sessions' share of the price (rule 17).

    `flexible`: with what the course charges for it on top, moves are free later; where it sells none, or somebody else
    pays for the place and a move costs nothing anyhow, nothing is added.

    A run-out hold of the same requirement, on this course or another, is lapsed on the way.

    :raises AlreadyHasAPlace: the requirement has another live booking.
    :raises NothingToBook, CourseIsNotOpen, CourseHasBegun, CourseStartsTooLate, CourseEndsTooLate: see `policies.check_can_book`.
    :raises CourseIsFull: no place is free, none meets the person's needs, or those that are free are for people who waited.
    """
    left_behind = Booking.objects.run_out(at=at).filter(requirement=requirement).values_list("course_id", flat=True)
    locked = lock_courses({course.pk, *left_behind})
    rows = Requirement.objects.select_for_update(no_key=True, of=("self",))
    requirement = knowing_needs(rows).get(pk=requirement.pk)
    live: Booking | None = Booking.objects.places().filter(requirement=requirement).first()
    if live and _may_make_way(live, at=at) and live.course_id in locked:
        live.requirement = requirement
        end_hold(live, to=BookingState.LAPSED, by=by, at=at)
    elif live and live.state == BookingState.HELD and live.course_id == course.pk:
        return live
    elif live:
        raise AlreadyHasAPlace()
    course = locked[course.pk]
    part = part_to_book(requirement, at=at)
    check_can_book(course=course, requirement=requirement, part=part, at=at)
    seats = take_seats(course=course, requirement=requirement, at=at)
    extra = (course.flexible_pence or 0) if flexible and not requirement.funded else 0
    booking = Booking(
        course=course,
        requirement=requirement,
        price_pence=price_on(course, part) + extra,
        flexible_pence=extra,
        seats=seats,
        positions=part.stored,
        held_at=at,
        held_until=at + HOLD,
    )
    begin(booking, state=BookingState.HELD, by=by, at=at, case_id=requirement.referral_id)
    return booking


def take_seats(*, course: Course, requirement: Requirement, at: datetime) -> int:
    """Take the seats that a person needs and say how many. The caller holds the course's row and the requirement's.

    :raises CourseIsFull: the same answer whatever the reason, as that somebody is there whom they must not meet is not told (rule 15).
    """
    seats = seats_for(requirement.referral.participant)
    if is_for_others(course, requirement, seats=seats, at=at):
        raise CourseIsFull()
    if not meets_the_needs(course, requirement) or not take_place(course_id=course.pk, seats=seats, at=at):
        raise CourseIsFull()
    return seats


@transaction.atomic
def extend_hold(*, booking: Booking, until: datetime, by: Actor, at: datetime) -> Booking:
    """Keep a held place until a later moment, once: the card page needs its half hour.

    :raises HoldIsOver: the place is not held, or the hold ran out by `at`.
    :raises AlreadyExtended: it was extended before.
    """
    held = _lock(booking.pk).booking
    if held.state != BookingState.HELD or _may_make_way(held, at=at):
        raise HoldIsOver()
    if held.hold_extended:
        raise AlreadyExtended()
    held.held_until, held.hold_extended = max(until, held.held_until), True
    held.save(update_fields=["held_until", "hold_extended"])
    record_change(
        action="booking.hold_extended", subject=held, by=by, at=at, case_id=held.requirement.referral_id,
        data={"held_until": held.held_until.isoformat()},
    )  # fmt: skip
    return held


@transaction.atomic
def confirm_place(*, booking_id: UUID, by: Actor, at: datetime) -> Booking:
    """The money is there, or is waived or funded: the place is theirs. Doing it again changes nothing.

    A lapsed booking is seated again when a place is free and the course would still serve. Makes the referral active and
    queues the confirmation and the reminders. A move takes the place of the old booking in the same breath (rule 9): there is
    never neither and never both.

    :raises PlaceIsGone: the place was given up or taken, the course has begun, ends too late or is no longer open, or the
        requirement is over or has another place; or the old place of a move has ended otherwise.
    """
    _courses, course, requirement, booking = _lock(booking_id)
    if booking.state in SETTLED:
        return booking
    if booking.state not in {BookingState.HELD, BookingState.LAPSED}:
        raise PlaceIsGone()
    try:
        kept = booking.state == BookingState.HELD
        check_can_book(course=course, requirement=requirement, part=booking.part, at=at, keeps_place=kept)
    except Refusal as refusal:
        raise PlaceIsGone() from refusal
    if booking.supersedes and not supersede_place(booking.supersedes, by=by, at=at):
        raise PlaceIsGone()
    others = Booking.objects.places().filter(requirement=requirement).exclude(pk=booking.pk)
    if (booking.supersedes or booking.state == BookingState.LAPSED) and others.exists():
        raise PlaceIsGone()
    if booking.state == BookingState.LAPSED:
        _seat_again(booking, at=at)
    move(
        booking, to=BookingState.CONFIRMED, by=by, at=at, case_id=requirement.referral_id,
        changes={"confirmed_at": at, "ended_at": None},
    )  # fmt: skip
    activate(requirement=requirement, by=by, at=at)
    announce_confirmation(booking=booking, at=at)
    return booking


@transaction.atomic
def release_hold(*, booking: Booking, by: Actor, at: datetime) -> Booking:
    """The participant gives up a place that is not paid for. Doing it again changes nothing.

    :raises PlaceIsPaidFor: it is confirmed.
    :raises HoldIsOver: it lapsed or was ended by somebody else.
    """
    held = _lock(booking.pk).booking
    if held.state != BookingState.CANCELLED_BY_PARTICIPANT:
        check_can_release(held)
        end_hold(held, to=BookingState.CANCELLED_BY_PARTICIPANT, by=by, at=at)
    return held


@transaction.atomic
def give_up_place(*, booking: Booking, by: Actor, at: datetime) -> Booking:
    """The participant gives up a held or a confirmed place, and it is free again. Doing it again changes nothing.

    A move that was under way from it ends too. What becomes of the money is `payments`' matter.

    :raises HoldIsOver: it lapsed, was ended by somebody else, or the course is behind them.
    """
    locked = _lock(booking.pk)
    place = locked.booking
    if place.state == BookingState.CANCELLED_BY_PARTICIPANT:
        return place
    if place.state not in LIVE or not end_hold(place, to=BookingState.CANCELLED_BY_PARTICIPANT, by=by, at=at):
        raise HoldIsOver()
    end_moves(place, locked=locked.courses, to=BookingState.CANCELLED_BY_PARTICIPANT, by=by, at=at)
    return place


def lapse_holds(*, at: datetime) -> int:
    """Tidy the holds that ran out by `at`, course by course, and say how many. A course somebody is busy with waits its turn."""
    courses = Booking.objects.run_out(at=at).order_by().values_list("course_id", flat=True).distinct()
    return sum(_lapse_course(course_id, at=at) for course_id in list(courses[:COURSES_PER_TICK]))


@transaction.atomic
def _lapse_course(course_id: UUID, *, at: datetime) -> int:
    rows = Course.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=course_id)
    return lapse_run_out(course_id=course_id, at=at) if rows.first() else 0


def _seat_again(booking: Booking, *, at: datetime) -> None:
    if not meets_the_needs(booking.course, booking.requirement):
        raise PlaceIsGone()
    if not take_place(course_id=booking.course_id, seats=booking.seats, at=at):
        raise PlaceIsGone()


def _may_make_way(booking: Booking, *, at: datetime) -> bool:
    return bool(booking.state == BookingState.HELD and booking.held_until <= at)


def _lock(booking_id: UUID) -> _Locked:
    """A booking with what stands above it, and the courses of the place it would supersede or that a move under way would give.

    The referral comes before the requirement, as when a requirement is met.
    """
    seen = Booking.objects.select_related("requirement", "supersedes").get(pk=booking_id)
    courses = lock_courses(courses_of_moves(seen))
    course = courses[seen.course_id]
    Referral.objects.select_for_update().get(pk=seen.requirement.referral_id)
    requirement = Requirement.objects.select_for_update(no_key=True).get(pk=seen.requirement_id)
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    if booking.supersedes:
        booking.supersedes.requirement = requirement
    booking.requirement, booking.course = requirement, course
    return _Locked(courses, course, requirement, booking)
