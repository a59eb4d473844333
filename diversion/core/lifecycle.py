"""Lifecycles as tables. The table is the machine: `audit.transitions.move()` performs it, a database trigger refuses the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stateful(StrEnum):
    """Base of every state enum."""

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.name.replace("_", " ").capitalize()) for member in cls]


@dataclass(frozen=True)
class Lifecycle:
    """A noun's states and the moves between them.

    `moves[a][b]` is the sentence that says when a becomes b. A state with no way out must still appear, with an empty table.
    `starts` are the states a new row may be born in.
    """

    noun: str
    states: type[Stateful]
    starts: frozenset[Stateful]
    moves: Mapping[Stateful, Mapping[Stateful, str]]

    def __post_init__(self) -> None:
        missing = set(self.states) - set(self.moves)
        if missing:
            raise ValueError(f"{self.noun}: no row for {sorted(missing)}")

    def allows(self, old: str, new: str) -> bool:
        """True when the table has the move."""
        return self.states(new) in self.moves[self.states(old)]

    def pairs(self) -> list[tuple[str, str]]:
        """Every legal move, for the database trigger and the generated page."""
        return [(old.value, new.value) for old, ways in self.moves.items() for new in ways]

    def endings(self) -> set[Stateful]:
        """States that nothing leaves."""
        return {state for state, ways in self.moves.items() if not ways}
