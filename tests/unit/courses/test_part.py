"""What a place is for after a miss, worked out on paper (rule 17)."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.completion import NextStep
from courses.part import WHOLE, Part, part_after

FIRST = datetime(2027, 3, 1, 10)
TODAY = date(2027, 2, 1)


class Sitting(NamedTuple):
    position: int
    starts_at: datetime
    ends_at: datetime


def sittings(count: int) -> list[Sitting]:
    starts = [FIRST + timedelta(weeks=n) for n in range(count)]
    return [Sitting(n + 1, start, start + timedelta(hours=3)) for n, start in enumerate(starts)]


def test_a_part_begins_and_ends_with_its_own_sessions() -> None:
    span = Part((2, 3)).span(sittings(4))
    assert span == (FIRST + timedelta(weeks=1), FIRST + timedelta(weeks=2, hours=3))
    assert WHOLE.span(sittings(4)) == (FIRST, FIRST + timedelta(weeks=3, hours=3))


def test_a_course_that_lacks_one_of_the_sessions_does_not_serve() -> None:
    assert Part((2, 5)).span(sittings(4)) is None
    assert WHOLE.span([]) is None


@pytest.mark.parametrize(
    ("step", "part"),
    [
        (None, WHOLE),
        (NextStep(1, (1, 2, 3)), WHOLE),
        (NextStep(2, (2, 3)), Part((2, 3))),
        (NextStep(2, (2, 3), TODAY), Part((2, 3), TODAY)),
        (NextStep(2, (2, 3), TODAY - timedelta(days=1)), WHOLE),
    ],
)
def test_after_a_miss_one_goes_on_while_the_policy_lets_one(step: NextStep | None, part: Part) -> None:
    assert part_after(step, sessions=3, on=TODAY) == part


@given(st.integers(1, 12), st.data())
def test_parts_that_make_up_a_course_never_cost_more_than_it(total: int, data: st.DataObject) -> None:
    pence = data.draw(st.integers(0, 100_000))
    mine = data.draw(st.sets(st.integers(1, total), min_size=1))
    rest = set(range(1, total + 1)) - mine
    parts = [Part(tuple(sorted(each))) for each in (mine, rest) if each]
    assert pence - 1 <= sum(part.price(pence, sessions=total) for part in parts) <= pence
    assert WHOLE.price(pence, sessions=total) == pence
