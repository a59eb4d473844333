"""The only caller of now(). Instants are UTC; days, deadlines and times people read are London's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This instant, in UTC. Services take it as `at`; only the outermost caller asks for it."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The London day an instant falls on: 30 June 23:30 UTC is already 1 July."""
    return at.astimezone(LONDON).date()


def today() -> date:
    """London's day now."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """The first instant of a London day."""
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant after a day-deadline's last second, 23:59:59 in London (rule 1). A moment is in time while it is before this."""
    return start_of(day + timedelta(days=1))


def is_over(day: date, *, at: datetime) -> bool:
    """True once a day-deadline has passed: from midnight in London after that day."""
    return at >= end_of(day)


def london(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant of a wall-clock time in London. A time the clocks skip is taken as after the skip."""
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON).astimezone(UTC)


def london_wall(at: datetime) -> datetime:
    """The same instant as London's wall clock shows it: what people read."""
    return at.astimezone(LONDON)
