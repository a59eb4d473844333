"""Moving a session of a course, and those after it. Pure: the sessions, the wish and what is closed or taken in; new times out.

What is past stays as it is: a session that has begun, and one whose register is in. The order of the sessions stays, and so do
their lengths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from courses.planning import MOST_WEEKS_SKIPPED, NoDayToMeet, Reason, Taken, weeks_later
from diversion.core import clock
from diversion.core.errors import Refusal


class SessionIsPast(Refusal):
    sentence = _("This session has begun or its register is in. It cannot be moved.")


class MovesIntoThePast(Refusal):
    sentence = _("The new time must be in the future.")
    field = "day"


class OutOfOrder(Refusal):
    sentence = _("The sessions must stay in their order. Move the later sessions too, or choose another time.")
    field = "day"


class DayIsClosed(Refusal):
    sentence = _("Nobody meets on that day: it is a bank holiday, or a trainer is away. Choose another day.")
    field = "day"


class TimeIsTaken(Refusal):
    sentence = _("A trainer or the room is taken at that time. Choose another time.")
    field = "day"


class Later(StrEnum):
    """What becomes of the sessions after the one that is moved."""

    STAY = "stay"
    FOLLOW = "follow"


@dataclass(frozen=True)
class Sitting:
    """A session as it stands: its times, whom and what it needs, and whether its register is in."""

    position: int
    starts_at: datetime
    ends_at: datetime
    needs: frozenset[UUID] = frozenset()
    is_marked: bool = False

    def has_begun(self, at: datetime) -> bool:
        return self.is_marked or self.starts_at <= at


@dataclass(frozen=True)
class Change:
    """A session's new times."""

    position: int
    starts_at: datetime
    ends_at: datetime


def cascade(
    sittings: Sequence[Sitting],
    *,
    position: int,
    to: datetime,
    later: Later,
    closed: Mapping[date, Reason],
    taken: Sequence[Taken],
    at: datetime,
) -> list[Change]:
    """The sessions whose time changes when one is moved, in order; none when it is there already.

    Later sessions follow by as many days, and at the new time of day; where one would then meet on a closed day, at a taken
    time, or before the one before it has ended, it goes on by weeks.

    :raises SessionIsPast, MovesIntoThePast, OutOfOrder, DayIsClosed, TimeIsTaken: as their sentences say.
    :raises NoDayToMeet: a later session has no day within 12 weeks.
    """
    ordered = sorted(sittings, key=lambda each: each.position)
    here = next(n for n, each in enumerate(ordered) if each.position == position)
    moved = ordered[here]
    if moved.has_begun(at):
        raise SessionIsPast()
    if to <= at:
        raise MovesIntoThePast()
    if to == moved.starts_at:
        return []
    ends_at = to + (moved.ends_at - moved.starts_at)
    if here and ordered[here - 1].ends_at > to:
        raise OutOfOrder()
    if clock.day_of(to) in closed:
        raise DayIsClosed()
    if _is_taken(moved, to, ends_at, taken):
        raise TimeIsTaken()
    changes = [Change(position, to, ends_at)]
    days = (clock.day_of(to) - clock.day_of(moved.starts_at)).days
    for sitting in ordered[here + 1 :]:
        previous = changes[-1].ends_at
        if sitting.has_begun(at) or later == Later.STAY:
            # Nothing after it moves: it need only be after what moved.
            if sitting.starts_at < previous:
                raise OutOfOrder()
            break
        changes.append(_followed(sitting, days, to, previous, closed=closed, taken=taken))
    old = {each.position: each.starts_at for each in ordered}
    return [each for each in changes if each.starts_at != old[each.position]]


def _followed(
    sitting: Sitting,
    days: int,
    time_of: datetime,
    previous: datetime,
    *,
    closed: Mapping[date, Reason],
    taken: Sequence[Taken],
) -> Change:
    wall = clock.london_wall(time_of)
    first = clock.london(clock.day_of(sitting.starts_at) + timedelta(days=days), wall.hour, wall.minute)
    weeks = 0
    while weeks_later(first, weeks) < previous:
        weeks += 1
    for week in range(weeks, weeks + MOST_WEEKS_SKIPPED + 1):
        starts_at = weeks_later(first, week)
        ends_at = starts_at + (sitting.ends_at - sitting.starts_at)
        if clock.day_of(starts_at) not in closed and not _is_taken(sitting, starts_at, ends_at, taken):
            return Change(sitting.position, starts_at, ends_at)
    raise NoDayToMeet(field="day")


def _is_taken(sitting: Sitting, starts_at: datetime, ends_at: datetime, taken: Sequence[Taken]) -> bool:
    return any(each.who in sitting.needs and each.starts_at < ends_at and each.ends_at > starts_at for each in taken)
