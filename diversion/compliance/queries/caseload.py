"""The officer's list: who needs me today? A fixed number of queries however long the list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, Exists, F, Min, OuterRef, Prefetch, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState
from courses.models import Booking
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.compliance.rag import Facts, Verdict, judge
from diversion.core import clock
from diversion.referrals.enums import ReferralState as R
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask, Referral, Requirement
from diversion.referrals.querysets import ReferralQuerySet
from payments.models import FundingRequest

FAR = date(9999, 12, 31)
ACCEPTED = {R.ACCEPTED, R.ACTIVE, R.COMPLIED, R.BREACHED, R.DISCHARGED}
OPEN = {R.DRAFT, R.AWAITING_AUTHORISATION, R.AUTHORISED, R.OFFERED, R.EXPIRED, R.ACCEPTED, R.ACTIVE}

BEFORE_OFFER = {
    R.DRAFT: _("Draft, not submitted yet"),
    R.AWAITING_AUTHORISATION: _("Waiting for somebody to authorise it"),
    R.REFUSED: _("Authorisation refused"),
}


class Group(StrEnum):
    OVERDUE = "Overdue"
    TODAY = "Due today"
    THIS_WEEK = "This week"
    LATER = "Later"


@dataclass(frozen=True)
class CaseRow:
    """One line of the caseload."""

    referral: Referral
    requirement: Requirement | None
    booking: Booking | None
    tasks: list[CaseTask]
    due_on: date
    group: Group
    rag: Verdict
    at: datetime

    @property
    def participant_id(self) -> UUID | None:
        """Whose record the line shows."""
        return self.referral.participant_id

    @property
    def next_session(self) -> Any:
        """The first session that has not ended, of the live booking."""
        sessions = self.booking.sessions if self.booking else []
        return next((s for s in sessions if s.ends_at >= self.at), None)

    @property
    def paid(self) -> bool | None:
        """Paid, waived or funded; None where nothing is booked."""
        return self.booking.state == BookingState.CONFIRMED if self.booking else None


@dataclass(frozen=True)
class LimitedRow:
    """One line of the caseload about a restricted case that the reader may know of: its reference is all there is."""

    reference: str
    participant_id: None = None


def cases(user: User) -> ReferralQuerySet:
    """The cases this person sees in full, each with `due_on`: the day by which somebody must act."""
    found: ReferralQuerySet = Referral.objects.visible_to(user).annotate(due_on=_due_on())
    return found


def known_cases(user: User) -> ReferralQuerySet:
    """For the list: every case this person knows of, with `in_full`. `due_on` is NULL where they may know no more than that."""
    due_on = _due_on()
    if user.may(Permission.KNOW_OF_RESTRICTED):
        due_on = Case(When(in_full=True, then=due_on))
    found: ReferralQuerySet = Referral.objects.listed_for(user).annotate(due_on=due_on)
    return found


def _due_on() -> Any:
    task = (
        CaseTask.objects.filter(referral=OuterRef("pk"), done_at=None)
        .order_by()
        .values("referral")
        .annotate(first=Min("due_on"))
        .values("first")
    )
    placed = Booking.objects.filter(requirement=OuterRef("pk"), state=BookingState.CONFIRMED)
    clock_day = (
        Requirement.objects.filter(referral=OuterRef("pk"), state__in=["pending", "in_progress"])
        .order_by()
        .values("referral")
        .annotate(
            first=Min(
                Case(
                    When(Exists(placed), then=F("complete_by")),
                    default=F("book_by"),
                    output_field=DateField(),
                )
            )
        )
        .values("first")
    )
    far = Value(FAR, output_field=DateField())
    return Least(Coalesce(Subquery(task), far), Coalesce(Subquery(clock_day), far))


def with_parts(found: ReferralQuerySet) -> ReferralQuerySet:
    """Everything a row shows, in a fixed number of queries."""
    return found.select_related("participant", "officer", "scheme__programme", "disposal").prefetch_related(
        Prefetch("requirements", queryset=Requirement.objects.select_related("programme")),
        Prefetch(
            "requirements__bookings",
            queryset=Booking.objects.places().select_related("course__venue"),
            to_attr="live_bookings",
        ),
        "requirements__live_bookings__course__sessions",
        Prefetch("requirements__funding_requests", queryset=FundingRequest.objects.asked(), to_attr="open_funding"),
        Prefetch("tasks", queryset=CaseTask.objects.filter(done_at=None).order_by("due_on"), to_attr="open_tasks"),
        "offers",
    )


def row(referral: Any, *, at: datetime) -> CaseRow:
    """A row from a referral loaded by `with_parts`."""
    requirement = next(iter(referral.requirements.all()), None)
    booking = requirement.live_bookings[0] if requirement and requirement.live_bookings else None
    due_on = referral.due_on
    return CaseRow(
        referral=referral,
        requirement=requirement,
        booking=booking,
        tasks=referral.open_tasks,
        due_on=due_on,
        group=group_of(due_on, today=clock.day_of(at)),
        rag=judge(_facts(referral, requirement, booking, at=at), at=at),
        at=at,
    )


def group_of(due_on: date, *, today: date) -> Group:
    """Overdue from the day after; "this week" is the coming seven days."""
    if due_on < today:
        return Group.OVERDUE
    if due_on == today:
        return Group.TODAY
    return Group.THIS_WEEK if due_on <= today + timedelta(days=7) else Group.LATER


def _facts(referral: Any, requirement: Requirement | None, booking: Booking | None, *, at: datetime) -> Facts:
    closed = str(referral.get_closure_reason_display()) if referral.state == R.WITHDRAWN else ""
    if requirement is None:
        return Facts(accepted=False, closed=closed, before_offer=str(BEFORE_OFFER.get(referral.state, "")))
    kinds = {task.kind for task in referral.open_tasks}
    confirmed = booking is not None and booking.state == BookingState.CONFIRMED
    offers = sorted(referral.offers.all(), key=lambda offer: offer.number)
    return Facts(
        accepted=referral.state in ACCEPTED,
        met_on=requirement.met_on,
        closed=closed,
        ended=referral.state not in OPEN | {R.COMPLIED},
        offered_on=clock.day_of(offers[0].issued_at) if offers else None,
        book_by=requirement.book_by,
        complete_by=requirement.complete_by,
        backstop=requirement.backstop,
        booked_last_ends_at=booking.ends_at if booking and confirmed else None,
        held_until=booking.held_until if booking and not confirmed and booking.held_until > at else None,
        missed=TaskKind.NEEDS_DECISION in kinds,
        no_course_fits=TaskKind.NO_COURSE_FITS in kinds,
        funding_asked=bool(getattr(requirement, "open_funding", ())),
        messages_fail=TaskKind.CONTACT_FAILED in kinds,
    )
