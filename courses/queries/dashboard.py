"""What a provider's administrator should see first. Each answer is one query, or a fixed few, and never longer than `SHOWN`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from courses.enums import BookingState
from courses.models import Booking, Course, Session
from courses.queries.late_registers import DUE_AFTER
from courses.queries.registers import ON_THE_COURSE, registers
from courses.querysets import for_session
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask

SHOWN = 5
LOOKS_AHEAD = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class PersonToCall:
    """Somebody with a place: first name and initial, their course, and what is the matter. No more is the provider's to know."""

    booking: Booking
    unreachable: bool
    asked_for_help: bool


def sessions_today(user: User, *, at: datetime) -> QuerySet[Session]:
    """Those of the London day, with `people`, the number who have a place: what is not over yet before what is."""
    today = clock.day_of(at)
    sessions = registers(user, at=at).filter(starts_at__gte=clock.start_of(today), starts_at__lt=clock.end_of(today))
    expected = for_session(F("position"), booking="course__bookings__")
    people = Count("course__bookings", filter=expected & Q(course__bookings__state__in=ON_THE_COURSE))
    over = ExpressionWrapper(Q(ends_at__lte=at), output_field=BooleanField())
    counted = sessions.annotate(people=people, over=over).prefetch_related("trainers")
    return counted.order_by("over", "starts_at", "pk")[:SHOWN]


def registers_due(user: User, *, at: datetime) -> QuerySet[Session]:
    """Sessions that have begun and whose register is not in, the one that has waited longest first."""
    begun = registers(user, at=at).filter(starts_at__lte=at, register_submitted_at=None)
    return begun.order_by("ends_at", "pk")[:SHOWN]


def register_due_at(session: Session) -> datetime:
    """A day after the session's end (domain section 5)."""
    return session.ends_at + DUE_AFTER


def unfilled(user: User, *, at: datetime) -> QuerySet[Course]:
    """Open courses that start within four weeks with more than half their places free, the next first."""
    soon = Course.objects.visible_to(user).taking_bookings().filter(first_starts_at__range=(at, at + LOOKS_AHEAD))
    mostly_free = soon.filter(capacity__gt=F("taken") * 2).select_related("programme", "venue")
    return mostly_free.order_by("first_starts_at", "pk")[:SHOWN]


def people_to_call(user: User, *, at: datetime) -> list[PersonToCall]:
    """Those with a confirmed place to whom messages do not arrive, or who asked for help, the next course first.

    Whoever's case is restricted is left to the officer: the fewer pages name them, the better.
    """
    places = Booking.objects.visible_to(user).filter(
        state=BookingState.CONFIRMED, course__last_ends_at__gt=at, requirement__referral__restricted=False
    )
    asked = places.annotate(unreachable=_open(TaskKind.CONTACT_FAILED), asked_for_help=_open(TaskKind.ASKED_FOR_HELP))
    found = asked.filter(Q(unreachable=True) | Q(asked_for_help=True)).select_related(
        "requirement__referral__participant", "course__programme"
    )
    return [
        PersonToCall(booking, booking.unreachable, booking.asked_for_help)
        for booking in found.order_by("course__first_starts_at", "pk")[:SHOWN]
    ]


def _open(kind: TaskKind) -> Exists:
    open_tasks = CaseTask.objects.filter(referral=OuterRef("requirement__referral"), kind=kind, done_at=None)
    return Exists(open_tasks)
