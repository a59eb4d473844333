"""Telling people about their place: rows in the outbox, in the transaction of the change they tell of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from courses.messages import BookingConfirmed, SessionReminder, TimeChanged
from courses.models import Booking, Session
from courses.people import participant_of
from courses.reminders import reminder_times
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import drop_messages_about, message_rows, queue_rows
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.models import Referral


def announce_confirmation(*, booking: Booking, at: datetime) -> None:
    """Queue the confirmation now and the reminders of each session. The same booking announced twice is announced once."""
    case_id = booking.requirement.referral_id
    recipient_id = Referral.objects.values_list("participant_id", flat=True).get(pk=case_id)
    rows = message_rows(
        kind=BookingConfirmed.kind, recipient_id=recipient_id, subject_id=booking.pk, case_id=case_id, at=at
    )
    rows += reminder_rows(booking, booking.sessions, recipient_id=recipient_id, at=at)
    queue_rows(rows, at=at)


def announce_new_times(*, bookings: Sequence[Booking], moved: Sequence[Session], at: datetime) -> None:
    """Tell each person with a confirmed place for one of them once, and remind them of the new times instead of the old.

    A reminder that a worker has already claimed reads the session's time as it is sent. The same move announced twice is
    announced once. The bookings' requirements and referrals are loaded.
    """
    drop_messages_about(
        kind=SessionReminder.kind, subject_ids=[session.pk for session in moved], outcome="the time has changed"
    )
    rows = []
    for booking in bookings:
        theirs = booking.part.of(moved)
        if not theirs:
            continue
        recipient_id = participant_of(booking).pk
        rows += message_rows(
            kind=TimeChanged.kind, recipient_id=recipient_id, subject_id=booking.pk, at=at, due_at=out_of_quiet_hours(at),
            case_id=booking.requirement.referral_id, occurrence=f"{theirs[0].public_id}:{theirs[0].sequence}",
        )  # fmt: skip
        rows += reminder_rows(booking, theirs, recipient_id=recipient_id, at=at)
    queue_rows(rows, at=at)


def reminder_rows(
    booking: Booking, sessions: Iterable[Session], *, recipient_id: UUID, at: datetime
) -> list[OutboxMessage]:
    """The reminders still to come of these sessions. A session whose time was changed is reminded of anew."""
    return [
        row
        for session in sessions
        for reminder in reminder_times(session.starts_at, at)
        for row in message_rows(
            kind=SessionReminder.kind, recipient_id=recipient_id, subject_id=session.pk,
            case_id=booking.requirement.referral_id, at=at, due_at=reminder.due_at, stale_at=reminder.stale_at,
            occurrence=":".join(filter(None, [reminder.occurrence, booking.public_id, _changed(session)])),
        )
    ]  # fmt: skip


def _changed(session: Session) -> str:
    return str(session.sequence or "")
