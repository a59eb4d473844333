"""The three clocks: every origin, cap and edge, and the last second of a London day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from diversion.core import clock
from diversion.referrals.clocks import (
    Clocks,
    NoRoomBeforeBackstop,
    add_months,
    add_working_days,
    draft_ends_on,
    draft_is_noticed,
    draft_is_over,
    work_out,
)
from diversion.referrals.enums import ClockOrigin
from diversion.referrals.models import SchemeVersion


def rules(**fields: Any) -> SchemeVersion:
    return SchemeVersion(**fields)


def test_each_clock_has_its_own_origin() -> None:
    clocks = work_out(
        rules=rules(),
        law_cap_weeks=20,
        offered_on=date(2026, 11, 24),
        disposal_on=date(2026, 11, 20),
        offence_on=date(2026, 11, 1),
        summary_only=True,
    )
    assert clocks == Clocks(book_by=date(2026, 12, 15), complete_by=date(2027, 3, 12), backstop=date(2027, 4, 3))


def test_the_backstop_shortens_the_time_to_complete_and_the_time_to_book() -> None:
    clocks = work_out(
        rules=rules(),
        law_cap_weeks=20,
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
            law_cap_weeks=20,
            offered_on=date(2026, 11, 24),
            disposal_on=date(2026, 11, 20),
            offence_on=offence_on,
            summary_only=True,
        )

    assert offered(date(2026, 7, 5)).complete_by == date(2026, 12, 8)
    with pytest.raises(NoRoomBeforeBackstop) as refused:
        offered(date(2026, 7, 4))
    assert refused.value.sentence == (
        "There is no room before the backstop: the last safe date for this case is Monday 7 December 2026. "
        "A course offered now could not be finished before Tuesday 8 December 2026."
    )


def test_no_room_before_the_cap_does_not_speak_of_a_backstop() -> None:
    with pytest.raises(NoRoomBeforeBackstop) as refused:
        work_out(
            rules=rules(),
            law_cap_weeks=20,
            offered_on=date(2026, 11, 24),
            disposal_on=date(2026, 8, 10),
            offence_on=date(2026, 8, 1),
            summary_only=False,
        )
    assert refused.value.sentence == (
        "There is no room left: the course must be finished by Monday 30 November 2026 at the latest. "
        "A course offered now could not be finished before Tuesday 8 December 2026."
    )


@pytest.mark.parametrize(
    ("origin", "complete_by"),
    [
        (ClockOrigin.DISPOSAL, date(2026, 12, 15)),
        (ClockOrigin.OFFENCE, date(2026, 12, 5)),
        (ClockOrigin.OFFER, date(2026, 12, 20)),
    ],
)
def test_the_time_to_complete_counts_from_the_day_the_scheme_names(origin: ClockOrigin, complete_by: date) -> None:
    clocks = work_out(
        rules=rules(complete_by_origin=origin, complete_by_weeks=5, cap_weeks=8),
        law_cap_weeks=None,
        offered_on=date(2026, 11, 15),
        disposal_on=date(2026, 11, 10),
        offence_on=date(2026, 10, 31),
        summary_only=False,
    )
    assert clocks.complete_by == complete_by


def test_counted_from_the_offer_the_cap_still_counts_from_the_disposal() -> None:
    clocks = work_out(
        rules=rules(complete_by_origin=ClockOrigin.OFFER, complete_by_weeks=20, cap_weeks=20),
        law_cap_weeks=20,
        offered_on=date(2026, 12, 1),
        disposal_on=date(2026, 11, 10),
        offence_on=date(2026, 10, 31),
        summary_only=False,
    )
    assert clocks.complete_by == date(2027, 3, 30)


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


@pytest.mark.parametrize(
    ("touched", "last"),
    [
        (clock.london(date(2026, 1, 5), 0), date(2026, 4, 5)),
        (clock.london(date(2026, 1, 5), 23, 59), date(2026, 4, 5)),
        (clock.london(date(2026, 8, 1), 0, 30), date(2026, 10, 30)),  # still 31 July in UTC; the clocks go back in between
    ],
)
def test_a_draft_is_kept_for_ninety_london_days(touched: datetime, last: date) -> None:
    assert draft_ends_on(touched) == last
    assert not draft_is_over(touched, at=clock.london(last, 23, 59))
    assert draft_is_over(touched, at=clock.london(last + timedelta(days=1), 0))
    week_before = last - timedelta(days=7)
    assert not draft_is_noticed(touched, at=clock.london(week_before - timedelta(days=1), 23, 59))
    assert draft_is_noticed(touched, at=clock.london(week_before, 0))
