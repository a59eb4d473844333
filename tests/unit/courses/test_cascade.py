"""What holds of a move whatever is closed or taken."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.cascade import (
    Change,
    DayIsClosed,
    Later,
    MovesIntoThePast,
    OutOfOrder,
    SessionIsPast,
    Sitting,
    TimeIsTaken,
    cascade,
)
from courses.planning import NoDayToMeet, Reason, Taken, Why
from diversion.core import clock
from diversion.core.errors import Refusal

HOLIDAY = Reason(Why.HOLIDAY, "A holiday")
FIRST = date(2027, 3, 9)
"""A Tuesday; the clocks go forward before the fourth session."""
OWN, OTHER = UUID(int=1), UUID(int=2)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
BEFORE = clock.london(FIRST, 9)


def sittings(n: int = 4, *, marked: int = 0) -> list[Sitting]:
    starts = [clock.london(FIRST + k * WEEK, 18, 30) for k in range(n)]
    return [
        Sitting(k + 1, start, start + 2 * HOUR, frozenset({OWN}), is_marked=k < marked) for k, start in enumerate(starts)
    ]


def move(
    position: int, to: datetime, *, later: Later = Later.FOLLOW, at: datetime = BEFORE, **fields: object
) -> list[Change]:
    given_ = {"sittings": sittings(), "closed": {}, "taken": [], **fields}
    sitting = given_.pop("sittings")
    return cascade(sitting, position=position, to=to, later=later, at=at, **given_)  # type: ignore[arg-type]


def after(changes: Sequence[Change], before: Sequence[Sitting]) -> list[tuple[datetime, datetime]]:
    new = {each.position: (each.starts_at, each.ends_at) for each in changes}
    return [new.get(each.position, (each.starts_at, each.ends_at)) for each in before]


moments = st.builds(
    lambda days, hour, quarter: clock.london(FIRST + timedelta(days=days), hour, quarter * 15),
    st.integers(-10, 80), st.integers(6, 21), st.integers(0, 3),
)  # fmt: skip
days_off = st.sets(st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n)), max_size=40)
occupations = st.lists(
    st.builds(lambda moment, who: Taken(moment, moment + 2 * HOUR, who), moments, st.sampled_from([OWN, OTHER])),
    max_size=12,
)


@given(st.integers(1, 4), moments, st.sampled_from(Later), days_off, occupations, moments, st.integers(0, 2))
def test_a_move_keeps_the_past_the_order_the_lengths_and_meets_only_on_free_days(
    position: int, to: datetime, later: Later, off: set[date], taken: list[Taken], at: datetime, marked: int
) -> None:
    before = sittings(marked=marked)
    try:
        changes = cascade(
            before, position=position, to=to, later=later, closed=dict.fromkeys(off, HOLIDAY), taken=taken, at=at
        )
    except Refusal:
        return
    by_position = {each.position: each for each in before}
    for change in changes:
        old = by_position[change.position]
        assert not old.is_marked
        assert old.starts_at > at
        assert change.starts_at > at
        assert change.ends_at - change.starts_at == old.ends_at - old.starts_at
        assert change.starts_at != old.starts_at
        assert clock.day_of(change.starts_at) not in off
        assert not any(t.who == OWN and t.starts_at < change.ends_at and t.ends_at > change.starts_at for t in taken)
    times = after(changes, before)
    assert all(one[1] <= two[0] for one, two in pairwise(times))
    assert all(each.position >= position for each in changes)
    if changes:
        assert (changes[0].position, changes[0].starts_at) == (position, to)
    if later == Later.STAY:
        assert len(changes) <= 1


@given(st.integers(1, 4), moments, days_off)
def test_the_same_move_again_changes_nothing(position: int, to: datetime, off: set[date]) -> None:
    closed = dict.fromkeys(off, HOLIDAY)
    before = sittings()
    try:
        changes = cascade(before, position=position, to=to, later=Later.FOLLOW, closed=closed, taken=[], at=BEFORE)
    except Refusal:
        return
    moved = [Sitting(n, *times) for n, times in enumerate(after(changes, before), start=1)]
    assert cascade(moved, position=position, to=to, later=Later.FOLLOW, closed=closed, taken=[], at=BEFORE) == []


def test_later_sessions_follow_by_as_many_days_at_the_new_london_time() -> None:
    """From Tuesdays at 18:30 to Thursdays at 10: also after the clocks have changed."""
    changes = move(2, clock.london(FIRST + WEEK + timedelta(days=2), 10))
    assert [(each.position, each.starts_at) for each in changes] == [
        (n, clock.london(FIRST + (n - 1) * WEEK + timedelta(days=2), 10)) for n in (2, 3, 4)
    ]


def test_those_that_follow_go_past_closed_days_and_taken_times_and_those_after_them_too() -> None:
    closed = {FIRST + 2 * WEEK + timedelta(days=1): HOLIDAY}
    busy = clock.london(FIRST + 4 * WEEK + timedelta(days=1), 18, 30)
    changes = move(2, clock.london(FIRST + WEEK + timedelta(days=1), 18, 30), closed=closed, taken=[
        Taken(busy, busy + HOUR, OWN), Taken(busy - WEEK, busy - WEEK + HOUR, OTHER),
    ])  # fmt: skip
    weeks = {2: 1, 3: 3, 4: 5}
    assert [(each.position, each.starts_at) for each in changes] == [
        (n, clock.london(FIRST + week * WEEK + timedelta(days=1), 18, 30)) for n, week in weeks.items()
    ]


def test_what_is_refused_is_refused_for_its_own_reason() -> None:
    second = clock.london(FIRST + WEEK, 18, 30)
    with pytest.raises(SessionIsPast):
        move(1, second, sittings=sittings(marked=1))
    with pytest.raises(SessionIsPast):
        move(1, second, at=clock.london(FIRST, 18, 30))
    with pytest.raises(MovesIntoThePast):
        move(2, BEFORE)
    with pytest.raises(OutOfOrder):
        move(2, clock.london(FIRST, 20))
    with pytest.raises(OutOfOrder):
        move(2, second + WEEK - HOUR, later=Later.STAY)
    assert [each.position for each in move(2, second + WEEK - 2 * HOUR, later=Later.STAY)] == [2]
    with pytest.raises(DayIsClosed):
        move(2, second + HOUR, closed={FIRST + WEEK: HOLIDAY})
    with pytest.raises(TimeIsTaken):
        move(2, second + HOUR, taken=[Taken(second, second + 2 * HOUR, OWN)])
    with pytest.raises(NoDayToMeet):
        move(3, clock.london(FIRST + 2 * WEEK, 10), closed={FIRST + n * WEEK: HOLIDAY for n in range(3, 20)})


def test_a_later_session_whose_register_is_in_stays_where_it_is() -> None:
    before = sittings()
    odd = [*before[:2], Sitting(3, before[2].starts_at, before[2].ends_at, is_marked=True), before[3]]
    assert [each.position for each in move(2, before[1].starts_at + HOUR, sittings=odd)] == [2]
    with pytest.raises(OutOfOrder):
        move(2, before[2].starts_at + HOUR, sittings=odd)
