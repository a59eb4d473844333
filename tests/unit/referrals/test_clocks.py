"""The three clocks: every origin, cap and edge, and the last second of a London day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.core import clock
from diversion.referrals.clocks import (
    LEAST_DAYS_TO_COMPLETE,
    Clocks,
    NoRoomBeforeBackstop,
    add_months,
    add_working_days,
    work_out,
)
from diversion.referrals.models import SchemeVersion

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def rules(**fields: int) -> SchemeVersion:
    return SchemeVersion(**fields)


@given(
    disposal_on=days,
    delay=st.integers(0, 200),
    weeks=st.integers(1, 40),
    cap=st.integers(1, 40),
    before=st.integers(0, 200),
)
def test_clocks_never_pass_the_cap_the_backstop_or_each_other(
    disposal_on: date, delay: int, weeks: int, cap: int, before: int
) -> None:
    offered_on, offence_on = disposal_on + timedelta(days=delay), disposal_on - timedelta(days=before)
    version = rules(complete_by_weeks=weeks, cap_weeks=cap)
    for summary_only in (True, False):
        try:
            clocks = work_out(
                rules=version,
                offered_on=offered_on,
                disposal_on=disposal_on,
                offence_on=offence_on,
                summary_only=summary_only,
            )
        except NoRoomBeforeBackstop:
            continue
        assert clocks.book_by <= clocks.complete_by <= disposal_on + timedelta(weeks=min(weeks, cap))
        assert clocks.complete_by >= offered_on + timedelta(days=LEAST_DAYS_TO_COMPLETE)
        assert clocks.book_by <= offered_on + timedelta(days=21)
        assert (clocks.backstop is None) == (not summary_only)
        if clocks.backstop:
            assert clocks.complete_by <= clocks.backstop < add_months(offence_on, 6)


def test_each_clock_has_its_own_origin() -> None:
    clocks = work_out(
        rules=rules(),
        offered_on=date(2026, 11, 24),
        disposal_on=date(2026, 11, 20),
        offence_on=date(2026, 11, 1),
        summary_only=True,
    )
    assert clocks == Clocks(book_by=date(2026, 12, 15), complete_by=date(2027, 3, 12), backstop=date(2027, 4, 3))


def test_the_backstop_shortens_the_time_to_complete_and_the_time_to_book() -> None:
    clocks = work_out(
        rules=rules(),
        offered_on=date(2026, 11, 24),
        disposal_on=date(2026, 11, 20),
        offence_on=date(2026, 7, 10),
        summary_only=True,
    )
    assert clocks.complete_by == clocks.backstop == date(2026, 12, 13)
    assert clocks.book_by == date(2026, 12, 13)


def test_an_offer_that_nobody_could_keep_is_refused_to_the_day() -> None:
    def offered(offence_on: date) -> Clocks:
        return work_out(
            rules=rules(),
            offered_on=date(2026, 11, 24),
            disposal_on=date(2026, 11, 20),
            offence_on=offence_on,
            summary_only=True,
        )

    assert offered(date(2026, 7, 5)).complete_by == date(2026, 12, 8)
    with pytest.raises(NoRoomBeforeBackstop):
        offered(date(2026, 7, 4))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(day=days, months=st.integers(0, 60))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(day=days)
def test_a_deadline_runs_to_the_last_second_of_its_london_day(day: date) -> None:
    end = clock.end_of(day)
    last = end - timedelta(seconds=1)
    assert last.astimezone(clock.LONDON).strftime("%Y-%m-%d %H:%M:%S") == f"{day} 23:59:59"
    assert not clock.is_over(day, at=last)
    assert clock.is_over(day, at=end)


@pytest.mark.parametrize(
    ("day", "hours", "end"),
    [
        (date(2026, 3, 29), 23, datetime(2026, 3, 29, 23, tzinfo=UTC)),
        (date(2026, 10, 25), 25, datetime(2026, 10, 26, 0, tzinfo=UTC)),
        (date(2026, 6, 30), 24, datetime(2026, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_the_days_on_which_clocks_change_are_as_long_as_they_are(day: date, hours: int, end: datetime) -> None:
    assert clock.end_of(day) - clock.start_of(day) == timedelta(hours=hours)
    assert clock.end_of(day) == end


def test_working_days_skip_weekends_and_bank_holidays() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 28)}
    assert add_working_days(date(2026, 12, 24), 1, holidays=christmas) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 24), 1, holidays=()) == date(2026, 12, 25)
    assert add_working_days(date(2026, 11, 20), 10, holidays=christmas) == date(2026, 12, 4)
