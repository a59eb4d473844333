"""Every colour with its reason, at both edges of each rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from diversion.compliance.rag import Colour, Facts, judge
from diversion.core import clock

TODAY = date(2026, 11, 3)
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
ACCEPTED = Facts(
    accepted=True,
    offered_on=TODAY - timedelta(days=5),
    book_by=TODAY + timedelta(days=16),
    complete_by=TODAY + timedelta(days=100),
)
IN_TIME = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "colour", "words"),
    [
        ({}, Colour.GREEN, "still time to book"),
        ({"accepted": False}, Colour.GREEN, "still time to answer"),
        ({"booked_last_ends_at": IN_TIME}, Colour.GREEN, "Booked and paid"),
        ({"met_on": TODAY, "missed": True}, Colour.GREEN, "Completed on 3 November 2026"),
        ({"ended": True}, Colour.NONE, "No course"),
        ({"offered_on": TODAY - timedelta(days=17)}, Colour.AMBER, "16 days left"),
        ({"offered_on": TODAY - timedelta(days=16)}, Colour.GREEN, "still time"),
        ({"held_until": NOON + timedelta(minutes=5)}, Colour.AMBER, "not paid yet"),
        ({"messages_fail": True, "booked_last_ends_at": IN_TIME}, Colour.AMBER, "do not arrive"),
        ({"missed": True}, Colour.RED, "needs a decision"),
        ({"no_course_fits": True}, Colour.RED, "No course that fits"),
        ({"book_by": TODAY - timedelta(days=1)}, Colour.RED, "date to book by has passed"),
        ({"book_by": TODAY}, Colour.AMBER, "0 days left"),
        ({"complete_by": TODAY - timedelta(days=1)}, Colour.RED, "date to finish by has passed"),
        ({"complete_by": date(2026, 11, 30), "booked_last_ends_at": IN_TIME}, Colour.RED, "ends after"),
        ({"backstop": TODAY - timedelta(days=1), "missed": True}, Colour.BLACK, "last safe date"),
        ({"backstop": TODAY, "missed": True}, Colour.RED, "needs a decision"),
    ],
)
def test_the_worst_thing_that_is_true_is_shown(changes: dict[str, Any], colour: Colour, words: str) -> None:
    verdict = judge(replace(ACCEPTED, **changes), at=NOON)
    assert verdict.colour == colour
    assert words in verdict.reason


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2028, 2, 29)])
def test_a_deadline_runs_to_the_last_second_of_its_london_day(day: date) -> None:
    facts = replace(ACCEPTED, complete_by=day, book_by=None, booked_last_ends_at=clock.london(day, 23, 59))
    last_second = clock.end_of(day) - timedelta(seconds=1)
    assert judge(facts, at=last_second).colour == Colour.GREEN
    assert judge(facts, at=clock.end_of(day)).colour == Colour.RED
