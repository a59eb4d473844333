"""What moving and giving up cost (rule 9, domain sections 5 and 8)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.enums import MoveCause
from courses.notice import Notice, Terms, fee_of, is_cooling_off, notice_of, price_after, quote
from diversion.core import clock

START = clock.london(datetime(2026, 11, 3).date(), 10)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("before", "notice"),
    [
        (WEEK + MINUTE, Notice.FREE),
        (WEEK, Notice.HALF),
        (timedelta(hours=48), Notice.HALF),
        (timedelta(hours=48) - MINUTE, Notice.FULL),
        (MINUTE, Notice.FULL),
    ],
)
def test_the_bands_change_on_the_minute(before: timedelta, notice: Notice) -> None:
    assert notice_of(Terms(), starts_at=START, at=START - before) == notice


def test_a_week_is_seven_days_of_the_london_clock_over_the_hour_that_is_lost() -> None:
    start = clock.london(datetime(2026, 3, 31).date(), 10)  # the clocks went forward on the 29th
    a_week_before = clock.london(datetime(2026, 3, 24).date(), 10)
    assert start - a_week_before == WEEK - timedelta(hours=1)
    assert notice_of(Terms(), starts_at=start, at=a_week_before - MINUTE) == Notice.FREE
    assert notice_of(Terms(), starts_at=start, at=a_week_before) == Notice.HALF


def test_a_scheme_says_how_long_its_bands_are() -> None:
    terms = Terms(free_days=1, full_hours=2)
    assert notice_of(terms, starts_at=START, at=START - timedelta(hours=25)) == Notice.FREE
    assert notice_of(terms, starts_at=START, at=START - timedelta(hours=3)) == Notice.HALF
    assert notice_of(terms, starts_at=START, at=START - timedelta(hours=1)) == Notice.FULL


def test_an_odd_penny_of_half_a_fee_is_the_persons() -> None:
    fees = [fee_of(notice, price_pence=8501) for notice in (Notice.FREE, Notice.HALF, Notice.FULL)]
    assert fees == [0, 4250, 8501]


PENCE = st.integers(min_value=0, max_value=100_000)


@given(paid=PENCE, fee=PENCE, price=PENCE)
def test_every_penny_of_a_move_is_accounted_for(paid: int, fee: int, price: int) -> None:
    found = quote(paid_pence=paid, fee_pence=fee, price_pence=price)
    assert found.kept + found.carried + found.back == paid
    assert found.carried + found.due == price == found.price
    assert found.due == 0 or found.back == 0, "nobody pays and is paid at once"
    assert min(found.kept, found.carried, found.due, found.back) >= 0
    assert found.kept <= fee


@given(old=PENCE, new=PENCE)
def test_nobody_pays_more_because_a_provider_cancelled(old: int, new: int) -> None:
    assert price_after(MoveCause.PROVIDER, old_pence=old, new_pence=new) == min(old, new)
    assert price_after(MoveCause.PARTICIPANT, old_pence=old, new_pence=new) == new


@pytest.mark.parametrize(
    ("days", "minutes", "cooling"),
    [(0, 0, True), (14, 0, True), (14, 13 * 60 + 59, True), (14, 14 * 60, False), (15, 0, False)],
)
def test_the_days_to_think_better_of_it_last_to_the_end_of_the_last_of_them(days: int, minutes: int, cooling: bool) -> None:
    at = START + timedelta(days=days, minutes=minutes)
    assert is_cooling_off(Terms(), confirmed_at=START, at=at) == cooling


def test_without_such_days_or_a_confirmed_place_there_is_nothing_to_think_better_of() -> None:
    assert not is_cooling_off(Terms(cooling_days=0), confirmed_at=START, at=START)
    assert not is_cooling_off(Terms(), confirmed_at=None, at=START)
