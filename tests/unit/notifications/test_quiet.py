"""When a message may arrive: London nights, a person's own hours, both days on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.core import clock
from diversion.core.clock import LONDON, london
from diversion.notifications.quiet import Hours, next_safe_moment, out_of_quiet_hours, safe_hours

DAY = date(2026, 11, 12)
instants = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 12, 31)).map(
    lambda t: t.replace(tzinfo=UTC)
)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.parametrize(
    ("hour", "minute", "days", "hour_after"), [(19, 59, 0, 19), (20, 0, 1, 8), (0, 0, 0, 8), (7, 59, 0, 8), (8, 0, 0, 8)]
)
def test_the_night_ends_at_eight(hour: int, minute: int, days: int, hour_after: int) -> None:
    day = date(2026, 11, 12)
    after = out_of_quiet_hours(london(day, hour, minute)).astimezone(LONDON)
    assert (after.date() - day, after.hour) == (timedelta(days=days), hour_after)


@given(at=instants)
def test_leaving_the_quiet_hours_never_goes_back_nor_past_the_next_morning(at: datetime) -> None:
    after = out_of_quiet_hours(at)
    assert at <= after <= at + timedelta(hours=13)
    assert out_of_quiet_hours(after) == after
    assert clock.day_of(after) - clock.day_of(at) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("opens", "until", "asked", "answered"),
    [
        ((9, 0), (15, 0), (10, 0), (0, 10, 0)),
        ((9, 0), (15, 0), (8, 59), (0, 9, 0)),
        ((9, 0), (15, 0), (15, 0), (1, 9, 0)),
        ((6, 0), (9, 0), (7, 0), (0, 8, 0)),
        ((18, 0), (23, 0), (21, 0), (1, 18, 0)),
        ((18, 0), (9, 30), (12, 0), (0, 18, 0)),
        ((18, 0), (9, 30), (21, 0), (1, 8, 0)),
        ((18, 0), (9, 30), (9, 0), (0, 9, 0)),
        ((21, 0), (23, 0), (10, 0), (0, 21, 0)),
        ((22, 0), (6, 0), (10, 0), (0, 22, 0)),
        ((22, 0), (6, 0), (3, 0), (0, 3, 0)),
        ((10, 0), (10, 0), (21, 0), (1, 8, 0)),
    ],
)
def test_a_message_waits_for_the_persons_own_hours(
    opens: tuple[int, int], until: tuple[int, int], asked: tuple[int, int], answered: tuple[int, int, int]
) -> None:
    days, hour, minute = answered
    moment = next_safe_moment(london(DAY, *asked), Hours(time(*opens), time(*until)))
    assert moment == london(DAY + timedelta(days=days), hour, minute)


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2026, 10, 25)])
def test_safe_hours_are_what_the_clock_on_the_wall_shows_when_the_clocks_change(changes_on: date) -> None:
    hours = Hours(time(9), time(15))
    assert next_safe_moment(london(changes_on - timedelta(days=1), 15), hours) == london(changes_on, 9)
    assert next_safe_moment(london(changes_on, 0), hours) == london(changes_on, 9)
    assert next_safe_moment(london(changes_on, 14, 59), hours) == london(changes_on, 14, 59)


@given(at=instants, opens=times, until=times)
def test_a_safe_moment_is_never_past_nor_outside_the_persons_hours(at: datetime, opens: time, until: time) -> None:
    moment = next_safe_moment(at, Hours(opens, until))
    assert at <= moment <= at + timedelta(hours=49)
    assert next_safe_moment(moment, Hours(opens, until)) == moment
    on_the_wall = moment.astimezone(LONDON).time()
    # One hour of one night a year does not exist: hours that lie in it are taken after it.
    if opens != until and not (clock.day_of(moment).month == 3 and on_the_wall.hour == 2):
        inside = opens <= on_the_wall < until if opens < until else on_the_wall >= opens or on_the_wall < until
        assert inside


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (None, None),
        ({}, None),
        ({"email": True, "from": "09:00"}, None),
        ({"from": "nine", "until": "15:00"}, None),
        ({"from": None, "until": None}, None),
        ({"from": "09:00", "until": "15:30"}, Hours(time(9), time(15, 30))),
    ],
)
def test_hours_are_read_from_what_the_person_said(said: dict[str, object] | None, hours: Hours | None) -> None:
    assert safe_hours(said) == hours
