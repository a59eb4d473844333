"""Whether somebody has completed a programme: the one definition. Pure: a policy, sessions and marks in, a judgement out.

Nothing here looks at a clock, so nobody fails because time passed (rule 5).

* **All in order**: every session of one course. A miss ends it there, and an officer decides what follows.
* **Restart**: the same, but after a miss another course may be begun at its first session.
* **Catch-up**: each session once, on any course of the programme and in any order; what was missed is caught up elsewhere.
* **Rejoin**: each session in its order; after a miss another course is joined at the session that was missed, within some weeks.

Under the last two, what was attended on one course counts no more once the longest gap has passed before the next course.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext

from courses.outcomes import Outcome
from diversion.referrals.enums import CompletionPolicy


class Result(StrEnum):
    COMPLETED = "completed"
    STILL_POSSIBLE = "still possible"
    NOT_ON_THIS_COURSE = "not on this course"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a scheme's version says of misses. `longest_gap` is in weeks between two sessions that count; 0 means none."""

    kind: CompletionPolicy = CompletionPolicy.ALL_IN_ORDER
    rejoin_weeks: int = 0
    longest_gap: int = 0

    @property
    def counts_other_courses(self) -> bool:
        return self.kind in {CompletionPolicy.CATCH_UP, CompletionPolicy.REJOIN}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session of the course that is judged. Once its register is in, or where their place is not for it, who has no mark of it
    gets none any more.
    """

    session_id: UUID
    register_in: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What counts so far of one session, of this course or an earlier one: its place in the programme and its London day."""

    course_id: UUID
    session_id: UUID
    position: int
    held_on: date
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person may do after a miss without anybody's leave: join a course at `position`, for these `positions`.

    `until` is the last day on which that session may be, where the policy sets one.
    """

    position: int
    positions: tuple[int, ...]
    until: date | None = None

    @property
    def words(self) -> str:
        """For the officer: that no leave is needed, and until when."""
        if self.until is None:
            return gettext("They may join another course at session %(number)s.") % {"number": self.position}
        words = gettext("They may join another course at session %(number)s until %(day)s.")
        return words % {"number": self.position, "day": date_format(self.until, "j F Y")}


@dataclass(frozen=True, slots=True)
class Judgement:
    """`why` is a sentence for the officer; `missed` the place in the programme of what has to be made good, 0 for none.
    `completed_on` is the London day of the last session that it took.

    Without `next_step`, what follows a miss is the officer's alone to decide.
    """

    result: Result
    why: str
    missed: int = 0
    next_step: NextStep | None = None
    completed_on: date | None = None


def judge(*, policy: Policy, meetings: Sequence[Meeting], marks: Iterable[Mark]) -> Judgement:
    """Completed, still possible, or not on this course; decided by the two axes alone (rules 4 and 17).

    `meetings` are the course's, in order; `marks` those that count so far, of every course the person took for the same
    requirement. Being sent home because of the provider is attended and complied with. What was attended once is behind the
    person, whatever a later course says of that session.

    :raises ValueError: a course without sessions, or a mark for a session that has no place in it.
    """
    known = sorted(marks, key=lambda mark: (mark.held_on, mark.position, mark.session_id))
    total, places = len(meetings), range(1, len(meetings) + 1)
    if not meetings or any(mark.position not in places for mark in known):
        raise ValueError("marks are judged against the sessions of their programme")
    here = {mark.session_id: mark for mark in known if mark.session_id in {each.session_id for each in meetings}}
    done = _behind(policy, known if policy.counts_other_courses else list(here.values()))
    if len(done) == total:
        last = max(mark.held_on for mark in done.values())
        return Judgement(Result.COMPLETED, gettext("Every session was attended."), completed_on=last)
    to_come = {
        place
        for place, each in enumerate(meetings, start=1)
        if not (each.register_in or each.session_id in here)
        or (each.session_id in here and here[each.session_id].outcome.counts)
    }
    left = [place for place in places if place not in done]
    missed = [place for place in left if place not in to_come]
    possible = len(missed) < len(left) if policy.kind == CompletionPolicy.CATCH_UP else not missed
    result = Result.STILL_POSSIBLE if possible else Result.NOT_ON_THIS_COURSE
    if not missed:
        why = gettext("%(done)s of %(total)s sessions are behind the person.")
        return Judgement(result, why % {"done": len(done), "total": total})
    mark = here.get(meetings[missed[0] - 1].session_id)
    words = mark.outcome.words if mark else gettext("Not attended on this course")
    why = gettext("Session %(number)s of %(total)s: %(words)s.") % {"number": missed[0], "total": total, "words": words}
    since = mark.held_on if mark else max((each.held_on for each in known), default=None)
    counted = max((each.held_on for each in done.values()), default=None)
    return Judgement(result, why, missed[0], _next(policy, left, missed, total, since, counted))


def _behind(policy: Policy, marks: Sequence[Mark]) -> dict[int, Mark]:
    """What counts, by its place, as far as the policy lets it, of marks in the order of their days."""
    done: dict[int, Mark] = {}
    last: Mark | None = None
    for mark in marks:
        if not mark.outcome.counts or mark.position in done:
            continue
        if policy.counts_other_courses and last and _is_too_far(policy, last, mark):
            done = {}
        if policy.kind == CompletionPolicy.REJOIN and mark.position != len(done) + 1:
            continue
        done, last = {**done, mark.position: mark}, mark
    return done


def _is_too_far(policy: Policy, earlier: Mark, later: Mark) -> bool:
    """Between two courses. How far apart the sessions of one course are is the provider's doing."""
    gap = timedelta(weeks=policy.longest_gap)
    return bool(policy.longest_gap) and earlier.course_id != later.course_id and later.held_on - earlier.held_on > gap


def _next(
    policy: Policy, left: Sequence[int], missed: Sequence[int], total: int, since: date | None, counted: date | None
) -> NextStep | None:
    """After a miss: where the policy lets the person go on by themselves. The weeks to rejoin run from the miss (`since`), the
    longest gap from the last session that counts (`counted`), as in `_is_too_far`.
    """
    if policy.kind == CompletionPolicy.ALL_IN_ORDER:
        return None
    if policy.kind == CompletionPolicy.RESTART:
        return NextStep(1, tuple(range(1, total + 1)))
    rejoins = policy.kind == CompletionPolicy.REJOIN
    positions = tuple(left if rejoins else missed)
    weeks = [(since, policy.rejoin_weeks if rejoins else 0), (counted, policy.longest_gap)]
    until = min((day + timedelta(weeks=most) for day, most in weeks if day and most), default=None)
    return NextStep(positions[0], positions, until)
