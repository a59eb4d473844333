"""What a course lacks of licences, on paper."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from courses.licensing import Lack, Leave, Meeting, What, lacking, warning_due

DAY = date(2027, 3, 10)
WEEK = timedelta(days=7)
ANN, BOB = uuid4(), uuid4()
LONG = Leave(DAY - WEEK, DAY + 4 * WEEK)
PROVISIONAL = Leave(DAY - WEEK, DAY + 4 * WEEK, full=False)


def lacks(*trainers: UUID, provider: list[Leave] | None = None, **leaves: list[Leave]) -> list[Lack]:
    """Two sessions, a week apart, with the same trainers."""
    meetings = [Meeting({DAY}, trainers), Meeting({DAY + WEEK}, trainers)]
    held = {ANN: leaves.get("ann", []), BOB: leaves.get("bob", [])}
    return lacking(meetings=meetings, provider=[LONG] if provider is None else provider, trainers=held)


@pytest.mark.parametrize(
    ("provider", "day"),
    [
        ([Leave(DAY, DAY + WEEK)], None),
        ([Leave(DAY + timedelta(days=1), DAY + WEEK)], DAY),
        ([Leave(DAY, DAY + WEEK - timedelta(days=1))], DAY + WEEK),
        ([Leave(DAY, DAY), Leave(DAY + WEEK, DAY + WEEK)], None),
        ([PROVISIONAL], None),
        ([], DAY),
    ],
)
def test_a_licence_of_the_provider_covers_every_day(provider: list[Leave], day: date | None) -> None:
    assert lacks(provider=provider) == ([Lack(What.PROVIDER, day)] if day else [])


def test_each_trainer_is_licensed_on_each_day() -> None:
    assert lacks(ANN, ann=[LONG]) == []
    assert lacks(ANN, BOB, ann=[LONG]) == [Lack(What.TRAINER, DAY, BOB)]
    assert lacks(ANN, ann=[Leave(DAY, DAY)]) == [Lack(What.TRAINER, DAY + WEEK, ANN)]
    assert lacks(ANN, ann=[Leave(DAY + WEEK, DAY + WEEK)]) == [Lack(What.TRAINER, DAY, ANN)]


def test_a_provisional_trainer_teaches_only_beside_a_full_one() -> None:
    assert lacks(ANN, ann=[PROVISIONAL]) == [Lack(What.FULL_BESIDE, DAY, ANN)]
    assert lacks(ANN, BOB, ann=[PROVISIONAL], bob=[LONG]) == []
    assert len(lacks(ANN, BOB, ann=[PROVISIONAL], bob=[PROVISIONAL])) == 2
    ends_between = [Leave(DAY, DAY)]
    assert Lack(What.FULL_BESIDE, DAY + WEEK, ANN) in lacks(ANN, BOB, ann=[PROVISIONAL], bob=ends_between)


@pytest.mark.parametrize(("left", "due"), [(61, None), (60, 60), (15, 60), (14, 14), (0, 14), (-1, None)])
def test_it_warns_at_sixty_and_at_fourteen_days(left: int, due: int | None) -> None:
    assert warning_due(DAY + timedelta(days=left), today=DAY) == due
