"""Which of a course's sessions a place is for: all of them or, after a miss, those that are still lacking (rule 17). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar

from courses.completion import NextStep


class Timed(Protocol):
    """A session, as far as this looks at it."""

    position: int
    starts_at: datetime
    ends_at: datetime


S = TypeVar("S", bound=Timed)


class Span(NamedTuple):
    """From the start of somebody's first session of a course to the end of their last."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The places in the programme that a booking is for, in order; None for the whole course.

    `until` is the last London day on which the first of them may be, where the policy sets one.
    """

    positions: tuple[int, ...] | None = None
    until: date | None = None

    @property
    def stored(self) -> list[int] | None:
        """As a booking keeps it."""
        return list(self.positions) if self.positions else None

    def of(self, sessions: Iterable[S]) -> list[S]:
        """Those of a course's sessions that it is for, in their order."""
        return [each for each in sessions if self.positions is None or each.position in self.positions]

    def span(self, sessions: Iterable[Timed]) -> Span | None:
        """When it would begin and end on a course with these sessions; None where the course lacks one of them."""
        mine = self.of(sessions)
        if not mine or (self.positions is not None and len(mine) != len(self.positions)):
            return None
        return Span(mine[0].starts_at, mine[-1].ends_at)

    def price(self, pence: int, *, sessions: int) -> int:
        """Its share of a course's price, in pence, by the number of sessions. An odd penny is the person's."""
        return pence if self.positions is None else pence * len(self.positions) // sessions


WHOLE = Part()


def part_after(step: NextStep | None, *, sessions: int, on: date) -> Part:
    """What somebody may book after a miss of a course with so many sessions.

    Where the policy lets them go on, the sessions that are lacking; where it does not, or no longer on that day, a course from
    its beginning.
    """
    if step is None or (step.until and step.until < on) or len(step.positions) == sessions:
        return WHOLE
    return Part(step.positions, step.until)
