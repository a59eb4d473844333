"""What a trainer needs at the door: which sessions, and who is expected."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from courses.drafts import Values
from courses.enums import BookingState, CourseState
from courses.models import Attendance, Booking, DraftMark, Session, WalkIn
from courses.people import participant_of
from courses.querysets import for_session
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.models import Participant
from diversion.referrals.needs import needs_in_words

OVERDUE, TODAY, NEXT, SENT = range(4)
SENT_SHOWN_FOR = timedelta(days=3)
ON_THE_COURSE = [BookingState.CONFIRMED, BookingState.COMPLETED]


class Person(NamedTuple):
    """One line of a register. `name` is all that the room may see (rule 15)."""

    booking_id: UUID
    participant_id: UUID
    key: str
    name: str
    needs: list[str]


def registers(user: User, *, at: datetime) -> QuerySet[Session]:
    """The sessions this person may mark; a cancelled course has none."""
    running = [CourseState.PUBLISHED, CourseState.CLOSED]
    sessions: QuerySet[Session] = Session.objects.visible_to(user, at=at).filter(course__state__in=running)
    return sessions.select_related("course__venue", "course__programme")


def sessions_to_mark(user: User, *, at: datetime) -> QuerySet[Session]:
    """Registers still to be sent from days before, then today's, then those to come, then those sent in the last three days.

    Each has `group` (OVERDUE, TODAY, NEXT or SENT) and `people`, the number who have a place for it.
    """
    today = clock.day_of(at)
    here = Booking.objects.filter(for_session(OuterRef("position")), course=OuterRef("course"), state__in=ON_THE_COURSE)
    booked = here.order_by().values("course")
    sent_long_ago = Q(register_submitted_at__isnull=False, starts_at__lt=at - SENT_SHOWN_FOR)
    group = Case(
        When(register_submitted_at__isnull=False, then=Value(SENT)),
        When(starts_at__lt=clock.start_of(today), then=Value(OVERDUE)),
        When(starts_at__lt=clock.end_of(today), then=Value(TODAY)),
        default=Value(NEXT),
        output_field=IntegerField(),
    )
    people = Coalesce(Subquery(booked.annotate(n=Count("pk")).values("n")), 0)
    sessions = registers(user, at=at).exclude(sent_long_ago)
    return sessions.annotate(group=group, people=people).order_by("group", "starts_at", "pk")


def expected_people(session: Session) -> list[Person]:
    """Everyone with a confirmed place for this session, by first name. Two who read alike get the end of their letter's reference."""
    bookings = Booking.objects.expected_at(session).filter(state=BookingState.CONFIRMED)
    rows = [
        (booking, booking.requirement.referral)
        for booking in bookings.select_related("requirement__referral__participant").order_by("pk")
    ]
    people = [_person(booking, referral.participant) for booking, referral in rows if referral.participant]
    names = names_told_apart([booking for booking, _ in rows])
    told_apart = [person._replace(name=names[person.booking_id]) for person in people]
    return sorted(told_apart, key=lambda person: (person.name.casefold(), person.key))


def names_told_apart(bookings: Collection[Booking]) -> dict[UUID, str]:
    """What a trainer reads of each person, by booking: two who read alike get the end of their letter's reference."""
    names = {booking.pk: participant_of(booking).short_name for booking in bookings}
    often = Counter(names.values())
    return {
        booking.pk: f"{name} ({spoken(booking.requirement.referral.reference)[-4:]})" if often[name] > 1 else name
        for booking in bookings
        for name in [names[booking.pk]]
    }


def sent_marks(session: Session) -> list[Attendance]:
    """The marks that count, by first name, each with its person loaded; not of people whose case the agency ended (R10)."""
    marks = Attendance.objects.that_count().filter(session=session)
    marks = marks.exclude(booking__state=BookingState.CANCELLED_BY_AGENCY)
    loaded = marks.select_related("booking__requirement__referral__participant")
    return sorted(loaded, key=lambda mark: (participant_of(mark.booking).short_name.casefold(), mark.booking.public_id))


def mark_history(session: Session, booking_id: str) -> list[Attendance]:
    """Every value of one person's mark, the first one first, as far as `sent_marks` shows the person; [] where it does not."""
    booking = Booking.objects.exclude(state=BookingState.CANCELLED_BY_AGENCY).filter(public_id=booking_id).first()
    values = Attendance.objects.of_one_mark(booking=booking, session=session)
    return list(values.select_related("recorded_by", "booking__requirement__referral__participant"))


def people_without_mark(session: Session) -> QuerySet[Booking]:
    """Who has, or had until they missed something, a place for a session whose register was sent, and no mark on it."""
    marked = Attendance.objects.filter(booking=OuterRef("pk"), session=session)
    here = Booking.objects.expected_at(session).filter(
        ~Exists(marked), state__in=[BookingState.CONFIRMED, BookingState.NOT_COMPLETED]
    )
    people: QuerySet[Booking] = here if session.register_submitted_at else here.none()
    return people.select_related("requirement__referral__participant").order_by("held_at", "pk")


def earlier_values(session: Session) -> dict[UUID, list[Attendance]]:
    """What the marks said before they were amended, by booking, the latest first."""
    replaced = Attendance.objects.filter(session=session, amended_by__isnull=False)
    found: dict[UUID, list[Attendance]] = {}
    for mark in replaced.select_related("amended_by__recorded_by").order_by("-recorded_at", "-pk"):
        found.setdefault(mark.booking_id, []).append(mark)
    return found


def people_on(session: Session) -> list[Booking]:
    """Everybody whose place is for this session, whatever came of it, by first name; not people whose case the agency ended."""
    here = [*ON_THE_COURSE, BookingState.NOT_COMPLETED]
    bookings = (
        Booking.objects.expected_at(session)
        .filter(state__in=here)
        .select_related("requirement__referral__participant", "requirement__referral__agency")
    )
    return sorted(bookings, key=lambda booking: (participant_of(booking).short_name.casefold(), booking.public_id))


def walk_ins(session: Session, user: User) -> QuerySet[WalkIn]:
    """Who came without a place, for the provider's administrators alone."""
    rows: QuerySet[WalkIn] = session.walk_ins.order_by("recorded_at")
    return rows if user.may(Permission.SEE_COURSES) else rows.none()


def drafts_of(session: Session) -> dict[UUID, Values]:
    """What is marked so far, by booking."""
    return {row.booking_id: draft_values(row) for row in session.drafts.all()}


def draft_values(row: DraftMark) -> Values:
    return Values(row.outcome, row.identity_seen, row.minutes_late, row.left_early_minutes, row.refused_because or "")


def _person(booking: Booking, participant: Participant) -> Person:
    return Person(booking.pk, participant.pk, booking.public_id, participant.short_name, needs_in_words(participant))
