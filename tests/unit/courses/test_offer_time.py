"""An offered place is kept four hours of the day, and never past two hours before the course."""

from datetime import date, datetime, time, timedelta

import pytest

from courses.offer_time import OfferTime, offer_time
from diversion.core.clock import london
from diversion.notifications.quiet import Hours

DAY = date(2026, 11, 10)
NEXT = DAY + timedelta(days=1)
FAR = london(date(2026, 12, 10), 10)


@pytest.mark.parametrize(
    ("at", "told_at", "ends_at"),
    [
        (london(DAY, 8), london(DAY, 8), london(DAY, 12)),
        (london(DAY, 10), london(DAY, 10), london(DAY, 14)),
        (london(DAY, 16), london(DAY, 16), london(DAY, 20)),
        (london(DAY, 17), london(DAY, 17), london(NEXT, 9)),
        (london(DAY, 19, 59), london(DAY, 19, 59), london(NEXT, 11, 59)),
        (london(DAY, 20), london(NEXT, 8), london(NEXT, 12)),
        (london(DAY, 23, 30), london(NEXT, 8), london(NEXT, 12)),
        (london(DAY, 3), london(DAY, 8), london(DAY, 12)),
        (london(date(2026, 10, 24), 19), london(date(2026, 10, 24), 19), london(date(2026, 10, 25), 11)),  # clocks go back
    ],
)
def test_four_waking_hours(at: datetime, told_at: datetime, ends_at: datetime) -> None:
    assert offer_time(at=at, course_starts_at=FAR) == OfferTime(told_at, ends_at)


def test_it_ends_two_hours_before_the_course() -> None:
    assert offer_time(at=london(DAY, 10), course_starts_at=london(DAY, 14)) == (london(DAY, 10), london(DAY, 12))


@pytest.mark.parametrize(("minute", "offered"), [(0, True), (1, False)])
def test_less_than_an_hour_is_no_offer(minute: int, offered: bool) -> None:
    assert (offer_time(at=london(DAY, 10, minute), course_starts_at=london(DAY, 13)) is not None) is offered


def test_a_place_that_is_free_at_night_before_a_morning_course_is_not_offered() -> None:
    assert offer_time(at=london(DAY, 22), course_starts_at=london(NEXT, 9)) is None


def test_nobody_is_told_outside_the_hours_they_called_safe() -> None:
    evenings = Hours(time(18), time(22))
    assert offer_time(at=london(DAY, 10), course_starts_at=FAR, hours=evenings) == (london(DAY, 18), london(NEXT, 10))


def test_who_may_be_told_at_night_has_the_day_to_answer() -> None:
    nights = Hours(time(22), time(23))
    assert offer_time(at=london(DAY, 10), course_starts_at=FAR, hours=nights) == (london(DAY, 22), london(NEXT, 12))
