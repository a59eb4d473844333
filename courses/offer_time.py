"""How long an offered place is kept: four hours of the day, never of the night. Pure: instants in, instants out."""

from datetime import datetime, timedelta
from typing import NamedTuple

from diversion.core import clock
from diversion.notifications.quiet import QUIET_FROM_HOUR, Hours, next_safe_moment, out_of_quiet_hours

TO_ANSWER = timedelta(hours=4)
AT_LEAST = timedelta(hours=1)
BEFORE_THE_COURSE = timedelta(hours=2)


class OfferTime(NamedTuple):
    """The person is told at `told_at`; the place is kept until `ends_at`."""

    told_at: datetime
    ends_at: datetime


def offer_time(*, at: datetime, course_starts_at: datetime, hours: Hours | None = None) -> OfferTime | None:
    """When a place that is free at `at` is offered, and until when.

    Told at once, or when the person's night, or the hours they called unsafe, are over. Four waking hours follow: what is left at
    eight in the evening goes on at eight in the morning. It ends two hours before the course at the latest. None where that leaves
    less than an hour: then there is nothing to offer.
    """
    told_at = next_safe_moment(at, hours)
    ends_at = min(_waking_hours_after(told_at), course_starts_at - BEFORE_THE_COURSE)
    return OfferTime(told_at, ends_at) if ends_at - told_at >= AT_LEAST else None


def _waking_hours_after(told_at: datetime) -> datetime:
    """Somebody whose safe hours are at night is told at night, but their time runs by day."""
    starts = out_of_quiet_hours(told_at)
    night = clock.london(clock.day_of(starts), QUIET_FROM_HOUR)
    left = TO_ANSWER - (night - starts)
    return starts + TO_ANSWER if left <= timedelta(0) else out_of_quiet_hours(night) + left
