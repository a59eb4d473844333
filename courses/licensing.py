"""What a course lacks of licences: the one rule. Pure: days, trainers and licences in, what is missing out.

Publishing, putting trainers on sessions and the list of endangered courses all ask `lacking` (docs/domain.md, rule 21).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

WARN_DAYS = (60, 14)


class What(StrEnum):
    PROVIDER = "provider"
    TRAINER = "trainer"
    FULL_BESIDE = "full beside"


@dataclass(frozen=True, slots=True)
class Leave:
    """A licence, as the rule sees one: both days are within it."""

    valid_from: date
    valid_until: date
    full: bool = True

    def covers(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session: the days it touches and who teaches it."""

    days: Collection[date]
    trainers: Collection[UUID]


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing first on which day; whose it is, when it is a trainer's."""

    what: What
    day: date
    trainer: UUID | None = None


def lacking(
    *, meetings: Sequence[Meeting], provider: Sequence[Leave], trainers: Mapping[UUID, Sequence[Leave]]
) -> list[Lack]:
    """Everything a course lacks, each lack once, with its first day; nothing means that it may run.

    Every day of every session is within a licence of the provider's and one of each of its trainers'. A provisional trainer
    teaches only beside one who holds a full licence that day. A provider's provisional licence is as good as a full one while
    it lasts. A session without trainers lacks none.
    """
    found: dict[tuple[What, UUID | None], date] = {}
    for day, teaching in _by_day(meetings):
        if not any(leave.covers(day) for leave in provider):
            found.setdefault((What.PROVIDER, None), day)
        held = {trainer: [each for each in trainers.get(trainer, ()) if each.covers(day)] for trainer in teaching}
        guided = any(each.full for leaves in held.values() for each in leaves)
        for trainer, leaves in held.items():
            if not leaves:
                found.setdefault((What.TRAINER, trainer), day)
            elif not guided:
                found.setdefault((What.FULL_BESIDE, trainer), day)
    return [Lack(what, day, trainer) for (what, trainer), day in found.items()]


def warning_due(valid_until: date, *, today: date) -> int | None:
    """Which of the two warnings a licence calls for today, by its days; None before the first and after its last day."""
    left = (valid_until - today).days
    due = [days for days in WARN_DAYS if 0 <= left <= days]
    return min(due, default=None)


def _by_day(meetings: Sequence[Meeting]) -> list[tuple[date, Collection[UUID]]]:
    return sorted(((day, each.trainers) for each in meetings for day in each.days), key=lambda pair: pair[0])
