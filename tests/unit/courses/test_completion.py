"""The one definition of completed, under every policy (rule 17)."""

from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.completion import Judgement, Mark, Meeting, NextStep, Policy, Result, judge
from courses.outcomes import OUTCOMES
from diversion.referrals.enums import CompletionPolicy as P

FAILING = ["AFTC", "ATSH", "REFL", "UAAB"]
COUNTING = ["ATTC", "ATSS"]
SPACE = UUID(int=7)
START = date(2026, 11, 3)
COURSE = st.lists(st.sampled_from(["", *COUNTING, *FAILING]), min_size=1, max_size=6)
"""One code for each session in order; empty: no register yet."""
ANY = st.builds(Policy, st.sampled_from(P), st.integers(0, 12), st.integers(0, 12))


def sid(course: int, position: int) -> UUID:
    return uuid5(SPACE, f"{course}/{position}")


def marks_of(codes: list[str], course: int = 0, *, starts: date = START) -> list[Mark]:
    """A weekly course; "-" is a session that went by without the person."""
    return [
        Mark(UUID(int=course), sid(course, n), n, starts + timedelta(weeks=n - 1), OUTCOMES[code])
        for n, code in enumerate(codes, 1)
        if code.strip("-")
    ]


def meetings_of(codes: list[str], course: int = 0) -> list[Meeting]:
    return [Meeting(sid(course, n), register_in=bool(code)) for n, code in enumerate(codes, 1)]


def judged(policy: Policy, codes: list[str], *, before: list[str] | None = None, weeks_before: int = 8) -> Judgement:
    """One course, and perhaps one taken some weeks before it began."""
    earlier = marks_of(before or [], 1, starts=START - timedelta(weeks=weeks_before))
    return judge(policy=policy, meetings=meetings_of(codes), marks=[*marks_of(codes), *earlier])


def passed(codes: list[str]) -> bool:
    return all(code in COUNTING for code in codes)


@given(ANY, COURSE)
def test_one_course_alone_is_completed_when_every_session_counts_whatever_the_policy(
    policy: Policy, codes: list[str]
) -> None:
    assert (judged(policy, codes).result == Result.COMPLETED) == passed(codes)


@given(st.sampled_from([P.ALL_IN_ORDER, P.RESTART, P.REJOIN]), COURSE)
def test_a_miss_ends_the_course_unless_it_may_be_caught_up(kind: P, codes: list[str]) -> None:
    result = judged(Policy(kind, 12), codes).result
    if any(code in FAILING for code in codes):
        assert result == Result.NOT_ON_THIS_COURSE
    elif "" in codes:
        assert result == Result.STILL_POSSIBLE


@given(COURSE)
def test_with_catching_up_a_course_goes_on_while_something_can_be_had_on_it(codes: list[str]) -> None:
    judgement = judged(Policy(P.CATCH_UP), codes)
    if not passed(codes):
        assert (judgement.result == Result.STILL_POSSIBLE) == ("" in codes)
        missed = [n for n, code in enumerate(codes, 1) if code in FAILING]
        assert (judgement.next_step.positions if judgement.next_step else ()) == tuple(missed)


@given(ANY, COURSE, COURSE, st.randoms())
def test_the_order_of_marking_does_not_matter(policy: Policy, codes: list[str], before: list[str], random: object) -> None:
    before = before[: len(codes)]
    marks = [*marks_of(codes), *marks_of(before, 1, starts=START - timedelta(weeks=9))]
    shuffled = list(marks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    meetings = meetings_of(codes)
    assert judge(policy=policy, meetings=meetings, marks=shuffled) == judge(policy=policy, meetings=meetings, marks=marks)


@given(ANY, COURSE, COURSE)
def test_nobody_completes_without_each_session_once_and_nobody_is_undone_by_coming(
    policy: Policy, codes: list[str], before: list[str]
) -> None:
    before = before[: len(codes)]
    result = judged(policy, codes, before=before).result
    counted = {n for each in (codes, before) for n, code in enumerate(each, 1) if code in COUNTING}
    if result == Result.COMPLETED:
        assert counted == set(range(1, len(codes) + 1))
    better = ["ATTC" if code in FAILING else code for code in codes]
    if result == Result.COMPLETED:
        assert judged(policy, better, before=before).result == Result.COMPLETED


@given(ANY, COURSE, COURSE)
def test_a_next_step_is_what_is_left_and_none_is_given_where_an_officer_decides(
    policy: Policy, codes: list[str], before: list[str]
) -> None:
    judgement = judged(policy, codes, before=before[: len(codes)])
    step = judgement.next_step
    if policy.kind == P.ALL_IN_ORDER or not judgement.missed:
        assert step is None
    else:
        assert step is not None
        assert step.position == step.positions[0] == min(step.positions)
        assert max(step.positions) <= len(codes)
        assert step.until is None or step.until >= START - timedelta(weeks=8)


@given(COURSE, COURSE)
def test_a_policy_that_lets_more_through_never_lets_less_through(codes: list[str], before: list[str]) -> None:
    before = before[: len(codes)]
    strict, rejoin, loose = (
        judged(Policy(kind), codes, before=before).result == Result.COMPLETED
        for kind in (P.ALL_IN_ORDER, P.REJOIN, P.CATCH_UP)
    )
    assert strict <= rejoin <= loose


def test_a_missed_session_is_caught_up_on_another_course_in_any_order() -> None:
    catch_up = Policy(P.CATCH_UP)
    first = judged(catch_up, ["ATTC", "UAAB", "ATTC"])
    assert (first.result, first.missed) == (Result.NOT_ON_THIS_COURSE, 2)
    assert first.next_step == NextStep(2, (2,))
    done = judged(catch_up, ["-", "ATTC", ""], before=["ATTC", "UAAB", "ATTC"])
    assert (done.result, done.completed_on) == (Result.COMPLETED, START + timedelta(weeks=1))


def test_a_course_is_rejoined_at_the_session_that_was_missed_within_the_weeks() -> None:
    rejoin = Policy(P.REJOIN, rejoin_weeks=12)
    first = judged(rejoin, ["ATTC", "ATTC", "UAAB", ""])
    assert first.result == Result.NOT_ON_THIS_COURSE
    assert first.next_step == NextStep(3, (3, 4), START + timedelta(weeks=2 + 12))
    before = ["ATTC", "ATTC", "UAAB"]
    assert judged(rejoin, ["-", "-", "", ""], before=before).result == Result.STILL_POSSIBLE
    assert judged(rejoin, ["-", "-", "ATTC", "ATTC"], before=before).result == Result.COMPLETED
    assert judged(rejoin, ["-", "-", "-", "ATTC"], before=before).missed == 3
    assert judged(rejoin, ["UAAB", "UAAB", "ATTC", "ATTC"], before=before).result == Result.COMPLETED


@pytest.mark.parametrize("kind", [P.ALL_IN_ORDER, P.RESTART])
def test_what_was_attended_on_another_course_does_not_count_where_each_course_stands_alone(kind: P) -> None:
    judgement = judged(Policy(kind), ["-", "ATTC"], before=["ATTC", "UAAB"])
    assert judgement.result == Result.NOT_ON_THIS_COURSE
    assert judgement.next_step == (NextStep(1, (1, 2)) if kind == P.RESTART else None)


@pytest.mark.parametrize(("weeks", "completed"), [(4, True), (5, True), (6, False)])
def test_what_was_attended_too_long_ago_counts_no_more(weeks: int, completed: bool) -> None:
    """The second session of the new course is a week after its first; the old one's first was `weeks` before that start."""
    policy = Policy(P.CATCH_UP, longest_gap=6)
    judgement = judged(policy, ["-", "ATTC"], before=["ATTC", "UAAB"], weeks_before=weeks)
    assert (judgement.result == Result.COMPLETED) == completed
    if not completed:
        assert judgement.next_step == NextStep(1, (1,), START + timedelta(weeks=1 + 6))


@given(st.sampled_from([P.CATCH_UP, P.REJOIN]), st.integers(0, 12), st.integers(1, 12), COURSE.filter(all))
def test_who_goes_on_by_the_day_that_was_named_completes(
    kind: P, rejoin_weeks: int, longest_gap: int, codes: list[str]
) -> None:
    """The day that a person is told, and books by, is the day by which the judgement lets what they attended count."""
    policy = Policy(kind, rejoin_weeks, longest_gap)
    if kind == P.REJOIN:  # a place ends with its first miss
        first_miss = next((n for n, code in enumerate(codes) if code in FAILING), len(codes))
        codes = codes[: first_miss + 1] + [""] * len(codes[first_miss + 1 :])
    step = judged(policy, codes).next_step
    if step and step.until:
        again = ["ATTC" if n in step.positions else "-" for n in range(1, len(codes) + 1)]
        starts = step.until - timedelta(weeks=step.position - 1)
        marks = [*marks_of(codes), *marks_of(again, 1, starts=starts)]
        assert judge(policy=policy, meetings=meetings_of(again, 1), marks=marks).result == Result.COMPLETED


def test_the_longest_gap_runs_from_the_last_session_that_counts() -> None:
    """Not from the miss: a session missed at the end would promise days that do not count, one at the start would take some."""
    policy = Policy(P.CATCH_UP, longest_gap=6)
    for codes, weeks in ((["ATTC", "ATTC", "UAAB"], 1), (["UAAB", "ATTC", "ATTC"], 2)):
        step = judged(policy, codes).next_step
        assert step is not None
        assert step.until == START + timedelta(weeks=weeks + 6)


def test_a_register_that_comes_in_late_does_not_end_a_course() -> None:
    for kind in P:
        assert judged(Policy(kind, 12), ["", "ATTC"]).result == Result.STILL_POSSIBLE


@pytest.mark.parametrize("code", COUNTING)
def test_sent_home_because_of_us_counts_as_being_there(code: str) -> None:
    assert judged(Policy(), ["ATTC", code]).result == Result.COMPLETED


def test_the_reason_names_the_session_and_what_happened() -> None:
    assert judged(Policy(), ["ATTC", "UAAB"]).why == "Session 2 of 2: Did not come, no reason known."
    assert judged(Policy(), ["-", ""]).why == "Session 1 of 2: Not attended on this course."


def test_a_mark_beyond_the_programme_and_a_course_without_sessions_are_refused() -> None:
    for meetings, marks in (([], []), (meetings_of(["ATTC"]), marks_of(["ATTC", "ATTC"]))):
        with pytest.raises(ValueError, match="their programme"):
            judge(policy=Policy(), meetings=meetings, marks=marks)
