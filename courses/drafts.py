"""Marks before the register is sent, and how those of two trainers come together. Pure: values in, values out.

A page says what each line was when it was drawn (`token`). Whoever left a line as it was takes what somebody else made of it;
whoever changed it wins where nobody else did; where both did, the one who comes later is shown the other's mark and asked again.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple
from uuid import UUID


class Values(NamedTuple):
    """What is marked of one person so far; empty and None are not marked."""

    outcome: str = ""
    identity_seen: str = ""
    minutes_late: int | None = None
    left_early_minutes: int | None = None
    refused_because: str = ""

    @property
    def token(self) -> str:
        """Tells whether two are alike, without saying what they are: it may be kept on a phone."""
        return hashlib.sha256("|".join(str(value) for value in self).encode()).hexdigest()[:16]


NOTHING = Values()


@dataclass(frozen=True, slots=True)
class Draft:
    """One line as a page sends it. `base` is the token of what the page was drawn with."""

    booking_id: UUID
    values: Values
    base: str


class Verdict(Enum):
    ALIKE = auto()
    MINE = auto()
    THEIRS = auto()
    CLASH = auto()


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a page. `values` are by booking; `taken` and `clashes` are what somebody else had marked meanwhile."""

    values: Mapping[UUID, Values]
    tokens: Mapping[UUID, str]
    taken: Collection[UUID]
    clashes: Mapping[UUID, str]

    @property
    def has_news(self) -> bool:
        """The page that was sent did not show everything that is marked."""
        return bool(self.taken or self.clashes)


def compare(mine: Values, base: str, theirs: Values) -> Verdict:
    """Whose values one line gets; `theirs` is what is stored."""
    if mine == theirs:
        return Verdict.ALIKE
    if mine.token == base:
        return Verdict.THEIRS
    return Verdict.MINE if theirs.token == base else Verdict.CLASH
