"""Registers that should have been sent: due a day after the session, alarming after three (domain section 5)."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from courses.enums import BookingState, CourseState
from courses.models import Session
from courses.querysets import for_session
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask

DUE_AFTER = timedelta(hours=24)
ALARM_AFTER = timedelta(hours=72)


def registers_missing(*, at: datetime, after: timedelta) -> QuerySet[Session]:
    """Sessions that ended so long ago, whose register nobody has sent; of courses that ran."""
    sessions: QuerySet[Session] = Session.objects.filter(
        register_submitted_at=None, ends_at__lte=at - after, course__state__in=[CourseState.PUBLISHED, CourseState.CLOSED]
    )
    return sessions.select_related("course__provider")


def not_yet_told(sessions: QuerySet[Session], kind: str) -> QuerySet[Session]:
    """Those of which no message of a kind was ever queued."""
    return sessions.exclude(Exists(OutboxMessage.objects.filter(kind=kind, subject_id=OuterRef("pk"))))


class Waiting(NamedTuple):
    """A person who waits for a register."""

    session_id: UUID
    starts_at: datetime
    case_id: UUID


def cases_waiting(*, at: datetime, most: int) -> list[Waiting]:
    """Everybody who waits for a register past the alarm and whose officer was not asked about it. Volunteers have no officer."""
    waiting = registers_missing(at=at, after=ALARM_AFTER).filter(
        for_session(F("position"), booking="course__bookings__"),
        course__bookings__state=BookingState.CONFIRMED,
        course__bookings__requirement__referral__voluntary=False,
    )
    asked = CaseTask.objects.filter(kind=TaskKind.REGISTER_LATE, subject_id=OuterRef("pk"), referral=OuterRef("case_id"))
    found = waiting.annotate(case_id=F("course__bookings__requirement__referral")).exclude(Exists(asked))
    return [Waiting(*row) for row in found.order_by("starts_at", "pk").values_list("pk", "starts_at", "case_id")[:most]]
