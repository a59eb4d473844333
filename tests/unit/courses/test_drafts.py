"""Whose mark one line gets when two trainers mark at once."""

import pytest

from courses.drafts import NOTHING, Values, Verdict, compare

ATTENDED, MISSED, LATE = Values("ATTC", "passport"), Values("UAAB"), Values("ATTC", "passport", 5)


@pytest.mark.parametrize(
    ("mine", "base", "theirs", "verdict"),
    [
        (ATTENDED, NOTHING, NOTHING, Verdict.MINE),
        (ATTENDED, NOTHING, ATTENDED, Verdict.ALIKE),
        (NOTHING, NOTHING, ATTENDED, Verdict.THEIRS),
        (ATTENDED, ATTENDED, LATE, Verdict.THEIRS),
        (LATE, ATTENDED, ATTENDED, Verdict.MINE),
        (NOTHING, ATTENDED, ATTENDED, Verdict.MINE),
        (MISSED, NOTHING, ATTENDED, Verdict.CLASH),
        (NOTHING, ATTENDED, MISSED, Verdict.CLASH),
        (MISSED, ATTENDED, MISSED, Verdict.ALIKE),
    ],
)
def test_whose_mark_it_is(mine: Values, base: Values, theirs: Values, verdict: Verdict) -> None:
    assert compare(mine, base.token, theirs) == verdict


def test_a_token_tells_every_difference_and_says_nothing() -> None:
    different = [
        NOTHING,
        ATTENDED,
        MISSED,
        LATE,
        ATTENDED._replace(left_early_minutes=5),
        MISSED._replace(refused_because="Full."),
    ]
    assert len({each.token for each in different}) == len(different)
    assert all(word not in "".join(each.token for each in different) for word in ("ATTC", "passport", "Full"))
