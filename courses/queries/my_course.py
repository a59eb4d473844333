"""Where a participant stands and what comes next: one situation for each thing they must do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Prefetch, Q

from courses.completion import NextStep
from courses.enums import BookingState
from courses.fitting import knowing_needs
from courses.models import Booking, Course, Session
from courses.policies import has_open_replacement
from courses.queries.progress import judgements_of
from courses.querysets import BookingQuerySet
from courses.register_rules import opens_at
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import Referral, Requirement


class Situation(StrEnum):
    """What a person's home page says. Each has a template of its name in `templates/courses/situations/`."""

    OFFER = "offer"
    DECLINED = "declined"
    OFFER_ENDED = "offer_ended"
    FIND = "find"
    TOO_LATE = "too_late"
    HELD = "held"
    CONFIRMED = "confirmed"
    AWAITING_REGISTER = "awaiting_register"
    MISSED = "missed"
    REPLACE = "replace"
    COMPLETED = "completed"
    BEING_CHECKED = "being_checked"
    ENDED = "ended"


@dataclass(frozen=True)
class Step:
    """One thing the person must do, how it stands, and the booking it stands on, if any. `go_on` says where, after a miss.

    `moving_to` is the place that is kept beside theirs while they pay for a move; `can_leave`: their course has not begun.
    """

    situation: Situation
    referral: Referral
    requirement: Requirement | None = None
    booking: Booking | None = None
    next_session: Session | None = None
    link_is_open: bool = False
    moving_to: Booking | None = None
    can_leave: bool = False
    lost_place: bool = False
    go_on: NextStep | None = None


BEFORE_AGREEMENT = {
    ReferralState.OFFERED: Situation.OFFER,
    ReferralState.DECLINED: Situation.DECLINED,
    ReferralState.EXPIRED: Situation.OFFER_ENDED,
}
OVER = {ReferralState.WITHDRAWN, ReferralState.VOID, ReferralState.DISCHARGED, ReferralState.BREACHED}
NOTHING_LEFT = {Situation.COMPLETED, Situation.ENDED, Situation.DECLINED}
ON_A_COURSE = {
    BookingState.COMPLETED: Situation.COMPLETED,
    BookingState.NOT_COMPLETED: Situation.MISSED,
}


def my_steps(user: User, *, at: datetime) -> Sequence[Step]:
    """Everything this participant was ever offered, what is still to do first."""
    bookings = Booking.objects.in_full().that_became_places().order_by("-held_at")
    moves = Booking.objects.moves_under_way().filter(held_until__gt=at).select_related("course")
    requirements = Requirement.objects.select_related("programme").order_by("complete_by")
    referrals = (
        Referral.objects.visible_to(user)
        .exclude(state=ReferralState.REFUSED)
        .prefetch_related(
            Prefetch("requirements", requirements),
            Prefetch("requirements__bookings", bookings),
            Prefetch("requirements__bookings__moves", moves, to_attr="moves_kept"),
        )
        .order_by("-created_at")
    )
    steps = _knowing_where_to_go_on([step for referral in referrals for step in _steps_of(referral, at=at)])
    return sorted(steps, key=lambda step: step.situation in NOTHING_LEFT)


def step_of(booking: Booking, *, at: datetime) -> Step:
    """How one booking stands. Its requirement, course, venue and sessions are loaded."""
    return _with_booking(booking.requirement.referral, booking.requirement, booking, at=at)


def requirement_to_book(user: User, *, at: datetime) -> Requirement | None:
    """The requirement a search is for: in progress, without a place before with one, the soonest date first.

    Annotated with `has_place`; the referral and its participant are loaded.
    """
    requirement: Requirement | None = (
        knowing_needs(Requirement.objects.visible_to(user))
        .filter(state=RequirementState.IN_PROGRESS)
        .annotate(has_place=Exists(_kept(at)))
        .order_by("has_place", "complete_by")
        .first()
    )
    return requirement


def requirement_for_course(user: User, course: Course, *, at: datetime) -> Requirement | None:
    """The running requirement that a course would serve; None where there is none.

    Two agencies may ask for the same programme: the one with a place on this very course first, so that asking again is the
    same booking; then as in `requirement_to_book`.
    """
    running = Requirement.objects.visible_to(user).filter(programme=course.programme_id, state=RequirementState.IN_PROGRESS)
    kept = _kept(at)
    requirement: Requirement | None = (
        knowing_needs(running)
        .annotate(has_place=Exists(kept), is_here=Exists(kept.filter(course=course)))
        .order_by("-is_here", "has_place", "complete_by", "pk")
        .first()
    )
    return requirement


def _kept(at: datetime) -> BookingQuerySet:
    """The places of a requirement, from inside a query of requirements; a hold that ran out is none."""
    live: BookingQuerySet = Booking.objects.live().filter(requirement=OuterRef("pk"))
    return live.filter(Q(state=BookingState.CONFIRMED) | Q(held_until__gt=at))


def case_to_ask_about(user: User) -> tuple[Referral | None, Requirement | None]:
    """The case a plea for help belongs to, and its requirement: one in progress first, else the newest."""
    running = Requirement.objects.visible_to(user).filter(state=RequirementState.IN_PROGRESS)
    requirement: Requirement | None = running.select_related("referral__participant").order_by("complete_by").first()
    if requirement:
        return requirement.referral, requirement
    return Referral.objects.visible_to(user).select_related("participant").order_by("-created_at").first(), None


def _knowing_where_to_go_on(steps: Sequence[Step]) -> Sequence[Step]:
    """After a miss, what the policy lets the person do by themselves."""
    missed = [step.booking for step in steps if step.situation == Situation.MISSED and step.booking]
    found = judgements_of(missed)
    return [replace(step, go_on=found[step.booking.pk].next_step) if step.booking in missed else step for step in steps]


def _steps_of(referral: Referral, *, at: datetime) -> Iterable[Step]:
    if referral.state in BEFORE_AGREEMENT:
        requirement = next(iter(referral.requirements.all()), None)
        return [Step(BEFORE_AGREEMENT[ReferralState(referral.state)], referral, requirement)]
    return [_step(referral, requirement, at=at) for requirement in referral.requirements.all()]


def _step(referral: Referral, requirement: Requirement, *, at: datetime) -> Step:
    booking = next(iter(requirement.bookings.all()), None)
    if requirement.state == RequirementState.MET:
        return _met(referral, requirement, booking)
    if requirement.state != RequirementState.IN_PROGRESS or referral.state in OVER:
        return Step(Situation.ENDED, referral, requirement, booking)
    if booking is None:
        return Step(_still_to_find(requirement, at=at), referral, requirement)
    booking.requirement = requirement
    return _with_booking(referral, requirement, booking, at=at)


def _met(referral: Referral, requirement: Requirement, newest: Booking | None) -> Step:
    """Met by a course that was completed; where an amended mark undid that, an officer is still to decide."""
    by_state = {booking.state: booking for booking in requirement.bookings.all()}
    completed = by_state.get(BookingState.COMPLETED)
    if completed is None and BookingState.NOT_COMPLETED in by_state:
        return Step(Situation.BEING_CHECKED, referral, requirement, by_state[BookingState.NOT_COMPLETED])
    return Step(Situation.COMPLETED, referral, requirement, completed or newest)


def _with_booking(referral: Referral, requirement: Requirement, booking: Booking, *, at: datetime) -> Step:
    if booking.state in ON_A_COURSE:
        return Step(ON_A_COURSE[BookingState(booking.state)], referral, requirement, booking)
    if booking.state == BookingState.CONFIRMED:
        return _confirmed(referral, requirement, booking, at=at)
    if booking.state == BookingState.HELD and booking.held_until > at:
        return Step(Situation.HELD, referral, requirement, booking)
    if has_open_replacement(booking):
        return Step(Situation.REPLACE, referral, requirement, booking)
    lost = booking.state != BookingState.CANCELLED_BY_PARTICIPANT
    return Step(_still_to_find(requirement, at=at), referral, requirement, booking, lost_place=lost)


def _confirmed(referral: Referral, requirement: Requirement, booking: Booking, *, at: datetime) -> Step:
    upcoming = next((session for session in booking.sessions if session.ends_at > at), None)
    if upcoming is None:
        return Step(Situation.AWAITING_REGISTER, referral, requirement, booking)
    link_is_open = bool(upcoming.joining_link) and opens_at(upcoming) <= at
    can_leave = booking.starts_at > at
    moving_to = next(iter(getattr(booking, "moves_kept", [])), None)
    return Step(Situation.CONFIRMED, referral, requirement, booking, upcoming, link_is_open, moving_to, can_leave)


def _still_to_find(requirement: Requirement, *, at: datetime) -> Situation:
    return Situation.TOO_LATE if clock.is_over(requirement.complete_by, at=at) else Situation.FIND
