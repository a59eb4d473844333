"""Rule 2: the last session ends on or before the finish-by day, to 23:59:59 in London, on every day of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest

from courses.enums import CourseState
from courses.models import Course
from courses.part import WHOLE
from courses.policies import (
    CourseEndsTooLate,
    CourseHasBegun,
    CourseIsNotOpen,
    NothingToBook,
    can_book,
    check_can_book,
    must_end_before,
)
from courses.presentation import why_it_fits
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Requirement

SECOND = timedelta(seconds=1)
DAYS = [
    (date(2026, 11, 3), datetime(2026, 11, 4, 0, 0, tzinfo=UTC)),  # an ordinary winter day
    (date(2026, 7, 14), datetime(2026, 7, 14, 23, 0, tzinfo=UTC)),  # summer: London is an hour ahead
    (date(2026, 3, 29), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),  # the clocks go forward: 23 hours
    (date(2026, 10, 25), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),  # the clocks go back: 25 hours
    (date(2026, 3, 28), datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),  # the day before the clocks go forward
    (date(2026, 10, 24), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),  # the day before they go back
    (date(2026, 12, 31), datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
]


def requirement(complete_by: date) -> Requirement:
    return Requirement(state=RequirementState.IN_PROGRESS, complete_by=complete_by)


def course(ends: datetime) -> Course:
    return Course(state=CourseState.PUBLISHED, first_starts_at=ends - timedelta(hours=3), last_ends_at=ends)


@pytest.mark.parametrize(("day", "midnight_after"), DAYS)
def test_the_last_second_of_the_day_is_in_time_and_midnight_is_not(day: date, midnight_after: datetime) -> None:
    needed = requirement(day)
    at = midnight_after - timedelta(days=30)
    assert must_end_before(needed) == midnight_after
    check_can_book(course=course(midnight_after - SECOND), requirement=needed, part=WHOLE, at=at)
    with pytest.raises(CourseEndsTooLate):
        check_can_book(course=course(midnight_after), requirement=needed, part=WHOLE, at=at)


def test_every_reason_has_its_own_refusal_and_a_sentence() -> None:
    ends = datetime(2026, 11, 3, 13, tzinfo=UTC)
    needed = requirement(date(2026, 11, 3))
    at = ends - timedelta(days=1)
    met = Requirement(state=RequirementState.MET, complete_by=needed.complete_by)
    draft = Course(state=CourseState.DRAFT, first_starts_at=ends, last_ends_at=ends)
    for refusal, run, need, moment in (
        (NothingToBook, course(ends), met, at),
        (CourseIsNotOpen, draft, needed, at),
        (CourseHasBegun, course(ends), needed, ends - timedelta(hours=3)),
        (CourseEndsTooLate, course(ends + timedelta(days=1)), needed, at),
    ):
        assert not can_book(course=run, requirement=need, part=WHOLE, at=moment)
        with pytest.raises(refusal) as refused:
            check_can_book(course=run, requirement=need, part=WHOLE, at=moment)
        assert str(refused.value).endswith(".")
    assert can_book(course=course(ends), requirement=needed, part=WHOLE, at=at)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Ends on the last day you can finish"),
        (1, "Ends 1 day before your date"),
        (13, "Ends 13 days before your date"),
        (14, "Ends 2 weeks before your date"),
        (27, "Ends 3 weeks before your date"),
    ],
)
def test_how_long_before_the_date_in_words(days: int, words: str) -> None:
    assert why_it_fits(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1) + timedelta(days=days)) == words
