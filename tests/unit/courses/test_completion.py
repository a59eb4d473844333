"""The one definition of completed."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.completion import Result, judge
from courses.outcomes import OUTCOMES, Outcome

SESSIONS = st.lists(st.uuids(), min_size=1, max_size=8, unique=True)
FAILING = ["AFTC", "ATSH", "REFL", "UAAB"]
COUNTING = ["ATTC", "ATSS"]


@st.composite
def marked_courses(draw: st.DrawFn) -> tuple[list[UUID], dict[UUID, Outcome]]:
    sessions = draw(SESSIONS)
    marked = draw(st.lists(st.sampled_from(sessions), unique=True))
    return sessions, {session: OUTCOMES[draw(st.sampled_from(sorted(OUTCOMES)))] for session in marked}


@given(marked_courses())
def test_the_result_follows_from_the_two_axes_alone(course: tuple[list[UUID], dict[UUID, Outcome]]) -> None:
    sessions, marks = course
    result = judge(session_ids=sessions, marks=marks).result
    if any(not (mark.attended and mark.complied) for mark in marks.values()):
        assert result == Result.NOT_ON_THIS_COURSE
    elif set(marks) == set(sessions):
        assert result == Result.COMPLETED
    else:
        assert result == Result.STILL_POSSIBLE


@given(marked_courses(), st.randoms())
def test_the_order_of_marking_does_not_matter(course: tuple[list[UUID], dict[UUID, Outcome]], random: object) -> None:
    sessions, marks = course
    shuffled = list(marks.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(session_ids=sessions, marks=dict(shuffled)) == judge(session_ids=sessions, marks=marks)


@given(marked_courses(), st.sampled_from(FAILING))
def test_one_more_miss_never_completes_and_one_more_mark_never_undoes_a_miss(
    course: tuple[list[UUID], dict[UUID, Outcome]], code: str
) -> None:
    sessions, marks = course
    before = judge(session_ids=sessions, marks=marks).result
    for session in set(sessions) - set(marks):
        missed = judge(session_ids=sessions, marks={**marks, session: OUTCOMES[code]}).result
        came = judge(session_ids=sessions, marks={**marks, session: OUTCOMES["ATTC"]}).result
        assert missed == Result.NOT_ON_THIS_COURSE
        assert (came == Result.NOT_ON_THIS_COURSE) == (before == Result.NOT_ON_THIS_COURSE)


@pytest.mark.parametrize("code", COUNTING)
def test_sent_home_because_of_us_counts_as_being_there(code: str) -> None:
    first, second = uuid4(), uuid4()
    marks = {first: OUTCOMES["ATTC"], second: OUTCOMES[code]}
    assert judge(session_ids=[first, second], marks=marks).result == Result.COMPLETED


def test_the_reason_names_the_session_and_what_happened() -> None:
    first, second = uuid4(), uuid4()
    judgement = judge(session_ids=[first, second], marks={first: OUTCOMES["ATTC"], second: OUTCOMES["UAAB"]})
    assert judgement.why == "Session 2 of 2: Did not come, no reason known."


def test_marks_of_another_course_and_courses_without_sessions_are_refused() -> None:
    for sessions, marks in (([], {}), ([uuid4()], {uuid4(): OUTCOMES["ATTC"]})):
        with pytest.raises(ValueError, match="their own course"):
            judge(session_ids=sessions, marks=marks)
