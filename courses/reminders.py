"""When to remind somebody of a session: a pure function of two instants."""

from datetime import datetime, timedelta
from typing import NamedTuple

from diversion.core import clock
from diversion.notifications.quiet import out_of_quiet_hours

EVENING_HOUR = 18


class Reminder(NamedTuple):
    """`occurrence` names it among the session's reminders; before `due_at` it waits, from `stale_at` on it is not sent."""

    occurrence: str
    due_at: datetime
    stale_at: datetime


def reminder_times(session_starts_at: datetime, confirmed_at: datetime) -> list[Reminder]:
    """The reminders still to come when a place is confirmed, soonest first.

    Seven days before at the same London time, 48 hours before, the evening before at six, two hours before. What would be
    due between eight in the evening and eight in the morning in London waits until eight; what was due before the
    confirmation, or would come when the session has begun, is left out.
    """
    start = session_starts_at.astimezone(clock.LONDON)
    week_before = clock.london(start.date() - timedelta(days=7), start.hour, start.minute)
    evening_before = clock.london(start.date() - timedelta(days=1), EVENING_HOUR)
    wanted = [
        ("7d", week_before),
        ("48h", session_starts_at - timedelta(hours=48)),
        ("evening", evening_before),
        ("2h", session_starts_at - timedelta(hours=2)),
    ]
    due = [
        Reminder(name, out_of_quiet_hours(moment), session_starts_at) for name, moment in wanted if moment > confirmed_at
    ]
    return [reminder for reminder in due if reminder.due_at < session_starts_at]
