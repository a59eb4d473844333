"""When a place may be held, kept and given up. Pairs: `check_…` raises with the reason, `can_…` answers a template."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, CourseState, ReplacementState
from courses.models import Booking, Course, Replacement
from courses.notice import Terms
from courses.part import Part, Span
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Requirement


class NothingToBook(Refusal):
    sentence = _("You do not need to book this course.")


class CourseIsNotOpen(Refusal):
    sentence = _("You cannot book this course any more. Choose another course.")


class CourseHasBegun(Refusal):
    sentence = _("This course has already started. Choose another course.")


class CourseStartsTooLate(Refusal):
    sentence = _(
        "What you attended before would not count any more by the time this course starts. Choose one that starts sooner."
    )


class CourseEndsTooLate(Refusal):
    sentence = _("This course ends after the date you must finish by. Choose a course that ends sooner.")


class PlaceIsPaidFor(Refusal):
    sentence = _("You have paid for this place. Ask us for help if you cannot go.")


class PlaceCannotBeMoved(Refusal):
    sentence = _("You do not have this place any more.")


class NoMovesLeft(Refusal):
    sentence = _("You have moved as often as you can. Ask us for help if you cannot go.")


class HoldIsOver(Refusal):
    sentence = _("We are not keeping this place for you any more. Choose a course again.")


class PlaceIsNotNeeded(HoldIsOver):
    sentence = _("You do not need this place any more. We have given it up for you.")


def must_end_before(requirement: Requirement) -> datetime:
    """The instant before which a course's last session must have ended: the finish-by day is in time to 23:59:59 (rules 1, 2).

    The search, the hold and the late payment all ask here.
    """
    return clock.end_of(requirement.complete_by)


def check_can_book(
    *, course: Course, requirement: Requirement, part: Part, at: datetime, keeps_place: bool = False
) -> None:
    """A place on this course, or on a part of it, would serve this requirement. Says nothing about whether one is free.

    `keeps_place`: it is already kept for them, so that closing the course for booking does not concern them.

    :raises NothingToBook: the requirement is not in progress, or asks for another programme.
    :raises CourseIsNotOpen: the course is not published, or takes no more bookings.
    :raises CourseHasBegun: the first session of the part has started.
    :raises CourseStartsTooLate: that session is after the day until which the person may go on (rule 17).
    :raises CourseEndsTooLate: the last session of the part ends after the finish-by day (rule 2).
    """
    if requirement.state != RequirementState.IN_PROGRESS or course.programme_id != requirement.programme_id:
        raise NothingToBook()
    if course.state != CourseState.PUBLISHED or (course.booking_closed_at and not keeps_place):
        raise CourseIsNotOpen()
    span = span_of(course, part)
    if span is None:
        raise CourseIsNotOpen()
    if span.starts_at <= at:
        raise CourseHasBegun()
    if part.until and clock.day_of(span.starts_at) > part.until:
        raise CourseStartsTooLate()
    if span.ends_at >= must_end_before(requirement):
        raise CourseEndsTooLate()


def span_of(course: Course, part: Part) -> Span | None:
    """When a part of a course begins and ends; None where the course lacks a session of it. No query for a whole course."""
    return Span(course.first_starts_at, course.last_ends_at) if part.positions is None else part.span(course.sessions.all())


def end_on(course: Course, part: Part) -> datetime:
    """When a part of a course is over; the course's own end, where it lacks a session of it."""
    span = span_of(course, part)
    return span.ends_at if span else course.last_ends_at


def price_on(course: Course, part: Part) -> int:
    """What a part of a course costs, in pence. No query for a whole course, or where its sessions are prefetched."""
    return (
        course.price_pence
        if part.positions is None
        else part.price(course.price_pence, sessions=len(course.sessions.all()))
    )


def can_book(*, course: Course, requirement: Requirement, part: Part, at: datetime) -> bool:
    """True when `check_can_book` has nothing against it."""
    try:
        check_can_book(course=course, requirement=requirement, part=part, at=at)
    except Refusal:
        return False
    return True


def check_can_move(*, booking: Booking, moves: int | None, terms: Terms, at: datetime) -> None:
    """The person may exchange this place for one on another course. `moves` is how often they have done so already, None where
    that does not count: it is their provider's doing.

    A place on a course that the provider cancelled may be exchanged as long as its replacement is open, and counts as no move.

    :raises PlaceCannotBeMoved: it is not a place any more, or was never confirmed.
    :raises CourseHasBegun: its first session has started.
    :raises NoMovesLeft: the scheme allows no further move (rule 9).
    """
    if booking.state == BookingState.CANCELLED_BY_PROVIDER and has_open_replacement(booking):
        return
    if booking.state != BookingState.CONFIRMED:
        raise PlaceCannotBeMoved()
    if booking.starts_at <= at:
        raise CourseHasBegun(_("Your course has already started, so you cannot move to another one. Ask us for help."))
    if moves is not None and moves >= terms.most_moves:
        raise NoMovesLeft()


def has_open_replacement(booking: Booking) -> bool:
    """True while the person may choose another course in place of the one their provider cancelled."""
    replacement: Replacement | None = getattr(booking, "replacement", None)
    return replacement is not None and replacement.state == ReplacementState.OFFERED


def check_can_cancel(*, booking: Booking, at: datetime) -> None:
    """The person may give up a confirmed place here until the course begins.

    :raises PlaceCannotBeMoved: it is not a confirmed place.
    :raises CourseHasBegun: its first session has started.
    """
    if booking.state != BookingState.CONFIRMED:
        raise PlaceCannotBeMoved()
    if booking.starts_at <= at:
        raise CourseHasBegun(_("Your course has already started. Ask us for help if you cannot go."))


def check_can_release(booking: Booking) -> None:
    """A place may be given up here until it is paid for.

    :raises PlaceIsPaidFor: it is confirmed, or the course is behind them.
    :raises HoldIsOver: it lapsed or was ended by somebody else.
    :raises PlaceIsNotNeeded: the agency ended the case.
    """
    if booking.state in {BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED}:
        raise PlaceIsPaidFor()
    if booking.state == BookingState.CANCELLED_BY_AGENCY:
        raise PlaceIsNotNeeded()
    if booking.state != BookingState.HELD:
        raise HoldIsOver()


def can_release(booking: Booking) -> bool:
    """True when `check_can_release` has nothing against it."""
    try:
        check_can_release(booking)
    except Refusal:
        return False
    return True
