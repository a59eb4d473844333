"""What holds of the clocks whatever the days: bounds, order, month ends, leap days, bank holidays, midnight (rule 1)."""

import calendar
import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from diversion.core import clock
from diversion.referrals import clocks as module
from diversion.referrals.clocks import (
    LEAST_DAYS_TO_COMPLETE,
    Clocks,
    NoRoomBeforeBackstop,
    add_months,
    add_working_days,
    work_out,
)
from diversion.referrals.enums import ClockOrigin
from diversion.referrals.models import SchemeVersion

STORED = Path(module.__file__).parent / "migrations" / "data" / "bank_holidays.csv"
NATIONS = ("england-and-wales", "scotland", "northern-ireland")

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
weeks = st.integers(1, 60)
clock_change_days = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2028, 3, 26), date(2028, 10, 29)])


@dataclass(frozen=True)
class Case:
    """Everything that the clocks are worked out from."""

    rules: SchemeVersion
    law_cap_weeks: int | None
    offered_on: date
    disposal_on: date
    offence_on: date
    summary_only: bool

    def clocks(self, **changes: object) -> Clocks | None:
        """The clocks, with something changed; None where there is no room."""
        try:
            return work_out(**(vars(self) | changes))  # type: ignore[arg-type]
        except NoRoomBeforeBackstop:
            return None

    @property
    def cap_weeks(self) -> int:
        return min(self.rules.cap_weeks, self.law_cap_weeks or self.rules.cap_weeks)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    offence_on = draw(days)
    disposal_on = offence_on + timedelta(days=draw(st.integers(0, 200)))
    return Case(
        rules=SchemeVersion(
            complete_by_origin=draw(st.sampled_from(ClockOrigin)),
            complete_by_weeks=draw(weeks),
            cap_weeks=draw(weeks),
            book_by_days=draw(st.integers(0, 60)),
            backstop_months=draw(st.integers(1, 12)),
            backstop_margin_days=draw(st.integers(0, 60)),
        ),
        law_cap_weeks=draw(st.none() | weeks),
        offered_on=disposal_on + timedelta(days=draw(st.integers(0, 60))),
        disposal_on=disposal_on,
        offence_on=offence_on,
        summary_only=draw(st.booleans()),
    )


@given(case=cases())
def test_the_clocks_never_pass_the_caps_the_backstop_or_each_other(case: Case) -> None:
    clocks = case.clocks()
    assume(clocks is not None)
    assert clocks is not None
    assert case.offered_on <= clocks.book_by <= clocks.complete_by
    assert clocks.book_by <= case.offered_on + timedelta(days=case.rules.book_by_days)
    assert clocks.complete_by >= case.offered_on + timedelta(days=LEAST_DAYS_TO_COMPLETE)
    assert clocks.complete_by <= case.disposal_on + timedelta(weeks=case.cap_weeks)
    assert (clocks.backstop is None) == (not case.summary_only)
    if clocks.backstop:
        limit = add_months(case.offence_on, case.rules.backstop_months)
        assert clocks.complete_by <= clocks.backstop == limit - timedelta(days=case.rules.backstop_margin_days)


@given(case=cases())
def test_the_time_to_complete_is_the_longest_that_every_bound_allows(case: Case) -> None:
    """Not only never beyond: exactly at the nearest bound, so that nobody loses a day."""
    clocks = case.clocks()
    assume(clocks is not None)
    assert clocks is not None
    origin = {"disposal": case.disposal_on, "offence": case.offence_on, "offer": case.offered_on}
    bounds = [
        origin[case.rules.complete_by_origin] + timedelta(weeks=case.rules.complete_by_weeks),
        case.disposal_on + timedelta(weeks=case.cap_weeks),
        *([clocks.backstop] if clocks.backstop else []),
    ]
    assert clocks.complete_by == min(bounds)


@given(case=cases(), scheme_weeks=weeks, scheme_cap=weeks)
def test_a_conditional_caution_is_never_beyond_twenty_weeks_whatever_a_scheme_says(
    case: Case, scheme_weeks: int, scheme_cap: int
) -> None:
    case.rules.complete_by_weeks, case.rules.cap_weeks = scheme_weeks, scheme_cap
    clocks = case.clocks(law_cap_weeks=20)
    assume(clocks is not None)
    assert clocks is not None
    assert clocks.complete_by <= case.disposal_on + timedelta(weeks=20)


@given(case=cases(), later=st.integers(0, 30))
def test_a_later_offer_gives_no_earlier_day_and_may_leave_no_room(case: Case, later: int) -> None:
    offered_later = case.clocks(offered_on=case.offered_on + timedelta(days=later))
    assume(offered_later is not None)
    now = case.clocks()
    assert now is not None
    assert offered_later is not None
    assert now.book_by <= offered_later.book_by
    assert now.complete_by <= offered_later.complete_by
    assert now.backstop == offered_later.backstop


@given(case=cases(), more=st.integers(0, 20))
def test_more_weeks_or_a_higher_cap_never_shorten_the_time(case: Case, more: int) -> None:
    clocks = case.clocks()
    assume(clocks is not None)
    assert clocks is not None
    case.rules.complete_by_weeks += more
    longer = case.clocks()
    assert longer is not None
    assert longer.complete_by >= clocks.complete_by
    case.rules.cap_weeks += more
    higher = case.clocks(law_cap_weeks=None)
    assert higher is not None
    assert higher.complete_by >= longer.complete_by


@given(case=cases(), earlier=st.integers(0, 30))
def test_an_earlier_offence_never_gives_more_time(case: Case, earlier: int) -> None:
    older = case.clocks(offence_on=case.offence_on - timedelta(days=earlier))
    assume(older is not None)
    clocks = case.clocks()
    assert clocks is not None
    assert older is not None
    assert older.complete_by <= clocks.complete_by
    assert older.book_by <= clocks.book_by


@given(case=cases())
def test_no_room_names_the_last_day_and_the_earliest(case: Case) -> None:
    assume(case.clocks() is None)
    with pytest.raises(NoRoomBeforeBackstop) as refused:
        work_out(**vars(case))
    earliest = case.offered_on + timedelta(days=LEAST_DAYS_TO_COMPLETE)
    assert f"{earliest:%A} {earliest.day} {earliest:%B %Y}" in refused.value.sentence
    assert ("before the backstop" in refused.value.sentence) <= case.summary_only


@given(day=days, months=st.integers(0, 60))
@example(day=date(2026, 8, 31), months=6)
@example(day=date(2027, 8, 31), months=6)
@example(day=date(2028, 2, 29), months=12)
@example(day=date(2028, 2, 29), months=48)
@example(day=date(2028, 1, 30), months=1)
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])


@given(day=days, other=days, months=st.integers(0, 60))
def test_adding_months_keeps_days_in_order(day: date, other: date, months: int) -> None:
    first, second = sorted([day, other])
    assert add_months(first, months) <= add_months(second, months)


def stored(nation: str) -> set[date]:
    with STORED.open(newline="") as rows:
        return {date.fromisoformat(row["day"]) for row in csv.DictReader(rows) if row["nation"] == nation}


HOLIDAYS = {nation: stored(nation) for nation in NATIONS}


@given(nation=st.sampled_from(NATIONS), day=days, count=st.integers(1, 60))
@example(nation="scotland", day=date(2026, 12, 31), count=1)
@example(nation="northern-ireland", day=date(2027, 7, 9), count=1)
@example(nation="england-and-wales", day=date(2026, 12, 24), count=1)
def test_working_days_never_end_on_a_weekend_or_a_holiday(nation: str, day: date, count: int) -> None:
    due = add_working_days(day, count, holidays=HOLIDAYS[nation])
    assert due > day
    assert due.weekday() < 5
    assert due not in HOLIDAYS[nation]
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(each.weekday() < 5 and each not in HOLIDAYS[nation] for each in between) == count


@given(nation=st.sampled_from(NATIONS), day=days, first=st.integers(0, 30), second=st.integers(0, 30))
def test_working_days_add_up(nation: str, day: date, first: int, second: int) -> None:
    holidays = HOLIDAYS[nation]
    halfway = add_working_days(day, first, holidays=holidays)
    assert add_working_days(halfway, second, holidays=holidays) == add_working_days(day, first + second, holidays=holidays)


@pytest.mark.parametrize(
    ("day", "whose"),
    [
        (date(2026, 1, 2), {"scotland"}),
        (date(2026, 11, 30), {"scotland"}),
        (date(2027, 7, 12), {"northern-ireland"}),
        (date(2027, 3, 17), {"northern-ireland"}),
        (date(2026, 4, 6), {"england-and-wales", "northern-ireland"}),
        (date(2026, 12, 25), set(NATIONS)),
    ],
)
def test_a_nations_own_holiday_is_a_working_day_elsewhere(day: date, whose: set[str]) -> None:
    before = day - timedelta(days=1)
    kept = {nation for nation in NATIONS if add_working_days(before, 1, holidays=HOLIDAYS[nation]) != day}
    assert kept == whose


@given(day=days | clock_change_days)
@example(day=date(2026, 3, 29))
@example(day=date(2026, 10, 25))
@example(day=date(2028, 2, 29))
@example(day=date(2026, 12, 31))
def test_a_deadline_runs_to_the_last_second_of_its_london_day(day: date) -> None:
    midnight = clock.end_of(day)
    last = midnight - timedelta(seconds=1)
    assert last.astimezone(clock.LONDON).strftime("%Y-%m-%d %H:%M:%S") == f"{day} 23:59:59"
    assert midnight == clock.start_of(day + timedelta(days=1))
    assert (clock.day_of(last), clock.day_of(midnight)) == (day, day + timedelta(days=1))
    assert not clock.is_over(day, at=last)
    assert clock.is_over(day, at=midnight)


@given(day=days, at=st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(clock.LONDON)))
def test_a_day_is_over_exactly_when_london_has_moved_on(day: date, at: datetime) -> None:
    assert clock.is_over(day, at=at) == (clock.day_of(at) > day)
