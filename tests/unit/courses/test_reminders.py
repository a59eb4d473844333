"""When people are reminded: London time, quiet nights, both days on which the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.reminders import reminder_times
from diversion.core.clock import LONDON, london

LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 12, 31)).map(
    lambda t: t.replace(tzinfo=UTC)
)


def due(start: datetime, confirmed: datetime = LONG_BEFORE) -> dict[str, datetime]:
    return {reminder.occurrence: reminder.due_at for reminder in reminder_times(start, confirmed)}


def test_a_session_has_four_reminders() -> None:
    start = london(date(2026, 11, 12), 10)
    assert due(start) == {
        "7d": london(date(2026, 11, 5), 10),
        "48h": london(date(2026, 11, 10), 10),
        "evening": london(date(2026, 11, 11), 18),
        "2h": london(date(2026, 11, 12), 8),
    }


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2026, 10, 25)])
def test_a_week_before_is_the_same_time_on_the_clock_when_the_clocks_change_between(changes_on: date) -> None:
    start = london(changes_on + timedelta(days=3), 10)
    assert due(start)["7d"] == london(changes_on - timedelta(days=4), 10)
    assert start - due(start)["7d"] != timedelta(days=7)
    assert due(start)["evening"].astimezone(LONDON).hour == 18


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2026, 10, 25)])
def test_two_hours_before_on_the_day_the_clocks_change(changes_on: date) -> None:
    assert due(london(changes_on, 11))["2h"] == london(changes_on, 9)


def test_an_early_session_is_reminded_at_eight_and_not_in_the_night() -> None:
    assert due(london(date(2026, 11, 12), 9))["2h"] == london(date(2026, 11, 12), 8)


def test_what_would_come_as_the_session_begins_is_left_out() -> None:
    assert "2h" not in due(london(date(2026, 11, 12), 8))


def test_what_was_due_before_the_confirmation_is_left_out() -> None:
    start = london(date(2026, 11, 12), 10)
    assert list(due(start, start - timedelta(hours=40))) == ["evening", "2h"]
    assert due(start, start - timedelta(hours=48)).keys() == {"evening", "2h"}
    assert due(start, start + timedelta(hours=1)) == {}


@given(start=instants, confirmed=instants)
def test_nobody_is_reminded_at_night_too_late_twice_or_out_of_order(start: datetime, confirmed: datetime) -> None:
    reminders = reminder_times(start, confirmed)
    for reminder in reminders:
        assert 8 <= reminder.due_at.astimezone(LONDON).hour < 20
        assert confirmed < reminder.due_at < start == reminder.stale_at
    names = [reminder.occurrence for reminder in reminders]
    assert len(names) == len(set(names))
    assert [reminder.due_at for reminder in reminders] == sorted(reminder.due_at for reminder in reminders)
