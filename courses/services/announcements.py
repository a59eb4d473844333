"""Telling people about their place: rows in the outbox, in the transaction of the change they tell of."""

from datetime import datetime

from courses.messages import BookingConfirmed, SessionReminder
from courses.models import Booking
from courses.reminders import reminder_times
from diversion.notifications.outbox import message_rows, queue_rows
from diversion.referrals.models import Referral


def announce_confirmation(*, booking: Booking, at: datetime) -> None:
    """Queue the confirmation now and the reminders of each session. The same booking announced twice is announced once."""
    case_id = booking.requirement.referral_id
    recipient_id = Referral.objects.values_list("participant_id", flat=True).get(pk=case_id)
    rows = message_rows(
        kind=BookingConfirmed.kind, recipient_id=recipient_id, subject_id=booking.pk, case_id=case_id, at=at
    )
    for session in booking.course.sessions.all():
        for reminder in reminder_times(session.starts_at, at):
            rows += message_rows(
                kind=SessionReminder.kind, recipient_id=recipient_id, subject_id=session.pk, case_id=case_id, at=at,
                occurrence=f"{reminder.occurrence}:{booking.public_id}", due_at=reminder.due_at, stale_at=reminder.stale_at,
            )  # fmt: skip
    queue_rows(rows, at=at)
