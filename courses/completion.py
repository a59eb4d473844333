"""Whether somebody has completed a course: the one definition. Pure: sessions and outcomes in, a judgement out.

Nothing here looks at a clock, so nobody fails because time passed (rule 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext

from courses.outcomes import Outcome


class Result(StrEnum):
    COMPLETED = "completed"
    STILL_POSSIBLE = "still possible"
    NOT_ON_THIS_COURSE = "not on this course"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`why` is a sentence for the officer."""

    result: Result
    why: str


def judge(*, session_ids: Sequence[UUID], marks: Mapping[UUID, Outcome]) -> Judgement:
    """Completed when every session was attended and complied with; decided by the two axes alone (rule 4).

    `session_ids` are the course's, in order; `marks` the outcomes that count so far. Being sent home because of the provider
    is attended and complied with. One session that does not count ends it on this course, whatever the others say: what
    follows is an officer's decision, not this function's.

    :raises ValueError: a course without sessions, or a mark for a session that is not the course's.
    """
    if not session_ids or not set(marks) <= set(session_ids):
        raise ValueError("marks are judged against the sessions of their own course")
    total = len(session_ids)
    for number, session_id in enumerate(session_ids, start=1):
        outcome = marks.get(session_id)
        if outcome and not outcome.counts:
            why = gettext("Session %(number)s of %(total)s: %(words)s.")
            return Judgement(Result.NOT_ON_THIS_COURSE, why % {"number": number, "total": total, "words": outcome.words})
    if len(marks) == total:
        return Judgement(Result.COMPLETED, gettext("Every session was attended."))
    why = gettext("%(done)s of %(total)s sessions are marked.") % {"done": len(marks), "total": total}
    return Judgement(Result.STILL_POSSIBLE, why)
