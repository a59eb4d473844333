"""When a message may arrive: never at night, and within the hours that a person called safe. Pure: instants in, instants out."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from diversion.core import clock

QUIET_FROM_HOUR = 20
QUIET_UNTIL_HOUR = 8


class Hours(NamedTuple):
    """Hours of every London day; `until` before `opens` runs past midnight, and equal to it means the whole day."""

    opens: time
    until: time


WAKING = Hours(time(QUIET_UNTIL_HOUR), time(QUIET_FROM_HOUR))


def out_of_quiet_hours(at: datetime) -> datetime:
    """The same instant, or the next eight o'clock in London when it falls in the night."""
    return _next_within(WAKING, at)


def next_safe_moment(at: datetime, hours: Hours | None) -> datetime:
    """The same instant, or the next one that is neither at night nor outside the person's own hours.

    Where the two never meet, the person's own hours hold: somebody who works nights knows when the phone is theirs.
    """
    if hours is None or hours.opens == hours.until:
        return out_of_quiet_hours(at)
    if hours.until < hours.opens:  # awake hours that lie in it come in the evening, in the morning, or both
        parts = [Hours(max(hours.opens, WAKING.opens), WAKING.until), Hours(WAKING.opens, min(hours.until, WAKING.until))]
    else:
        parts = [Hours(max(hours.opens, WAKING.opens), min(hours.until, WAKING.until))]
    awake = [part for part in parts if part.opens < part.until]
    return min(_next_within(part, at) for part in awake or [hours])


def safe_hours(said: Mapping[str, Any] | None) -> Hours | None:
    """The hours in what a person said of being reached; None where nothing, or nothing that can be read, was said of hours."""
    try:
        return Hours(time.fromisoformat((said or {})["from"]), time.fromisoformat((said or {})["until"]))
    except (KeyError, TypeError, ValueError):
        return None


def _next_within(hours: Hours, at: datetime) -> datetime:
    today = clock.day_of(at)
    over_midnight = timedelta(days=hours.until < hours.opens)
    for days in (-1, 0, 1):
        day = today + timedelta(days=days)
        starts = clock.london(day, hours.opens.hour, hours.opens.minute)
        if at < clock.london(day + over_midnight, hours.until.hour, hours.until.minute):
            return max(at, starts)
    raise AssertionError("some hours of tomorrow are still to come")
