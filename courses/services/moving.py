"""From one course to another: the new place is kept beside the old until it is paid for, and then takes over from it (rule 9)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, MoveCause
from courses.fitting import knowing_needs
from courses.models import Booking, Course
from courses.notice import Terms, price_after, terms_of
from courses.part import Part
from courses.policies import check_can_book, check_can_move, price_on
from courses.queries.progress import part_to_book
from courses.services.booking import HOLD, AlreadyHasAPlace, take_seats
from courses.services.places import courses_of_moves, end_hold, lock_courses
from diversion.audit.transitions import begin
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Requirement


class AlreadyThere(Refusal):
    sentence = _("This is the course that you have a place on.")


def terms_for(requirement: Requirement) -> Terms:
    """The bands of the rules that the case is pinned to; its referral is loaded."""
    return terms_of(requirement.referral.scheme_version)


def cause_of(booking: Booking) -> MoveCause:
    """Whose doing a move from this place is: the provider's, once it has cancelled the course, changed its times or taken
    away access that the person needs (rule 9)."""
    theirs = booking.state == BookingState.CANCELLED_BY_PROVIDER or booking.times_changed_at is not None
    return MoveCause.PROVIDER if theirs else MoveCause.PARTICIPANT


def price_of_move(booking: Booking, course: Course, part: Part) -> int:
    """What the place on another course costs, in pence, with the flexibility that the old one has."""
    new = price_on(course, part) + booking.flexible_pence
    return price_after(cause_of(booking), old_pence=booking.price_pence, new_pence=new)


def moves_that_count(booking: Booking) -> int | None:
    """How often the person has moved; None where a further move from this place is their provider's doing and does not count."""
    if cause_of(booking) == MoveCause.PROVIDER:
        return None
    moved = Booking.objects.filter(requirement=booking.requirement_id, move_cause=MoveCause.PARTICIPANT)
    return moved.filter(confirmed_at__isnull=False).count()


@transaction.atomic
def hold_for_move(*, booking: Booking, course: Course, by: Actor, at: datetime) -> Booking:
    """Keep a place on another course for half an hour beside the one that they have; `confirm_place` makes the exchange.

    Asking again for the same course gives the same hold; asking for another gives up the hold that was kept before. A flexible
    place stays one, at the price that its flexibility had.

    :raises PlaceCannotBeMoved, CourseHasBegun, NoMovesLeft: see `policies.check_can_move`.
    :raises AlreadyThere: it is the same course.
    :raises AlreadyHasAPlace: of a course that was cancelled: they took a place elsewhere instead.
    :raises NothingToBook, CourseIsNotOpen, CourseStartsTooLate, CourseEndsTooLate: see `policies.check_can_book`; the date is asked anew (rule 2).
    :raises CourseIsFull: no place is free, none meets the person's needs, or those that are free are for people who waited.
    """
    under_way, run_out = Booking.objects.moves_under_way(), Booking.objects.run_out(at=at)
    seen = (under_way | run_out).filter(requirement=booking.requirement_id)
    locked = lock_courses({course.pk, *courses_of_moves(booking), *seen.values_list("course_id", flat=True)})
    rows = knowing_needs(Requirement.objects.select_for_update(no_key=True, of=("self",)))
    requirement = rows.select_related("referral__scheme_version").get(pk=booking.requirement_id)
    old: Booking = Booking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking.pk)
    old.requirement, old.course = requirement, locked[old.course_id]
    check_can_move(booking=old, moves=moves_that_count(old), terms=terms_for(requirement), at=at)
    if course.pk == old.course_id:
        raise AlreadyThere()
    for hold in seen.select_for_update(no_key=True, of=("self",)).select_related("requirement"):
        if hold.course_id == course.pk and hold.held_until > at and hold.supersedes_id == old.pk:
            return hold
        end_hold(hold, to=BookingState.LAPSED, by=by, at=at)
    if Booking.objects.places().filter(requirement=requirement).exclude(pk=old.pk).exists():
        raise AlreadyHasAPlace()
    course = locked[course.pk]
    part = part_to_book(requirement, at=at)
    check_can_book(course=course, requirement=requirement, part=part, at=at)
    seats = take_seats(course=course, requirement=requirement, at=at)
    return _begin(old, course, part, seats, by=by, at=at)


def _begin(old: Booking, course: Course, part: Part, seats: int, *, by: Actor, at: datetime) -> Booking:
    cause = cause_of(old)
    price = price_of_move(old, course, part)
    new = Booking(
        course=course, requirement=old.requirement, supersedes=old, move_cause=cause, price_pence=price,
        flexible_pence=min(old.flexible_pence, price), seats=seats, positions=part.stored, held_at=at, held_until=at + HOLD,
    )  # fmt: skip
    begin(
        new, state=BookingState.HELD, by=by, at=at, case_id=old.requirement.referral_id,
        supersedes=old.public_id, cause=cause.value,
    )  # fmt: skip
    return new
