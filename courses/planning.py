"""Planning a run of courses. Pure: days, times and what is closed or taken in; courses as they would be, and what was skipped, out."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diversion.core import clock
from diversion.core.errors import Refusal

Needs = Mapping[int, Set[UUID]]
"""Whom and what a course's sessions occupy, by position: trainers and the room, by key."""

WEEK = timedelta(weeks=1)
MOST_COURSES = 52
MOST_WEEKS_SKIPPED = 12
"""So many weeks in a row without a day to meet, and nobody plans there."""


class NoDayToMeet(Refusal):
    sentence = _("There is no day to meet for 12 weeks in a row. Choose another day or other trainers.")
    field = "first_on"


class Why(StrEnum):
    HOLIDAY = "bank holiday"
    AWAY = "trainer away"


class Reason(NamedTuple):
    """Why nobody meets on a day: a bank holiday's name, or that of the trainer who is away."""

    why: Why
    name: str


class Taken(NamedTuple):
    """A time at which a trainer or a room, by its key, is occupied."""

    starts_at: datetime
    ends_at: datetime
    who: UUID


class Lesson(NamedTuple):
    """One of a programme's sessions, in its order."""

    position: int
    title: str
    minutes: int


class Meeting(NamedTuple):
    """A session with its times."""

    position: int
    title: str
    starts_at: datetime
    ends_at: datetime


class Skip(NamedTuple):
    """A day that a plan went past, and why."""

    day: date
    reason: Reason


@dataclass(frozen=True)
class Planned:
    """A course as it would be. `clashes` are the sessions, by position, at which somebody or something is occupied."""

    meetings: tuple[Meeting, ...]
    skipped: tuple[Skip, ...] = ()
    clashes: tuple[tuple[int, UUID], ...] = ()


class Slot(NamedTuple):
    """A weekday, Monday being 0, and a London time: when a course meets, week after week."""

    weekday: int
    at_time: time


@dataclass(frozen=True)
class Pattern:
    """When courses begin: in each slot, every so many weeks from a day on, so often in all or until a day.

    A course keeps to the slot that it began in: a slot more is more courses, not a course that meets twice a week.
    """

    lessons: Sequence[Lesson]
    first_on: date
    slots: Sequence[Slot]
    every_weeks: int = 1
    count: int | None = None
    until: date | None = None

    def starts(self) -> Iterator[tuple[date, Slot]]:
        """Every day and slot in which a course might begin, in order, without end. A slot named twice is one."""
        within = sorted({((each.weekday - self.first_on.weekday()) % 7, each) for each in self.slots})
        for n in itertools.count():
            for days, slot in within:
                yield self.first_on + n * self.every_weeks * WEEK + timedelta(days=days), slot


@dataclass(frozen=True)
class Plan:
    """Courses in order. `skipped` are the days on which none begins."""

    courses: tuple[Planned, ...]
    skipped: tuple[Skip, ...] = ()


def plan_run(pattern: Pattern, *, closed: Mapping[date, Reason]) -> Plan:
    """A course at each start whose day is open, at most 52; its later sessions a week apart, each on the next open one.

    A start whose day is closed makes no course and is told of; it does not count. The London time is the same whatever the
    clocks do.

    :raises NoDayToMeet: a slot falls on closed days more than 12 times in a row, or a session's next open day is more than
        12 weeks away.
    """
    courses: list[Planned] = []
    skipped: list[Skip] = []
    in_a_row = dict.fromkeys(pattern.slots, 0)
    most = min(pattern.count or MOST_COURSES, MOST_COURSES)
    for day, slot in pattern.starts():
        if len(courses) == most or (pattern.until is not None and day > pattern.until):
            break
        if day not in closed:
            courses.append(plan_course(pattern.lessons, day, slot.at_time, closed=closed))
            in_a_row[slot] = 0
            continue
        if Skip(day, closed[day]) not in skipped[-1:]:
            skipped.append(Skip(day, closed[day]))
        in_a_row[slot] += 1
        if in_a_row[slot] > MOST_WEEKS_SKIPPED:
            raise NoDayToMeet()
    return Plan(tuple(courses), tuple(skipped))


def plan_course(lessons: Sequence[Lesson], first_on: date, at_time: time, *, closed: Mapping[date, Reason]) -> Planned:
    """The sessions of one course: weekly, past the days that are closed.

    :raises NoDayToMeet: the next open day is more than 12 weeks away.
    """
    meetings: list[Meeting] = []
    skipped: list[Skip] = []
    day = first_on
    for lesson in lessons:
        for _week in range(MOST_WEEKS_SKIPPED + 1):
            if day not in closed:
                break
            skipped.append(Skip(day, closed[day]))
            day += WEEK
        else:
            raise NoDayToMeet()
        starts_at = clock.london(day, at_time.hour, at_time.minute)
        meetings.append(Meeting(lesson.position, lesson.title, starts_at, starts_at + timedelta(minutes=lesson.minutes)))
        day += WEEK
    return Planned(tuple(meetings), tuple(skipped))


def shift_course(meetings: Sequence[Meeting], *, weeks: int, closed: Mapping[date, Reason]) -> Planned:
    """A course again so many weeks later, by the London clock. A closed day pushes its session, and those after it, on by weeks.

    :raises NoDayToMeet: the next open day is more than 12 weeks away.
    """
    shifted: list[Meeting] = []
    skipped: list[Skip] = []
    pushed = 0
    for meeting in meetings:
        for _week in range(MOST_WEEKS_SKIPPED + 1):
            starts_at = weeks_later(meeting.starts_at, weeks + pushed)
            day = clock.day_of(starts_at)
            if day not in closed:
                break
            skipped.append(Skip(day, closed[day]))
            pushed += 1
        else:
            raise NoDayToMeet()
        ends_at = starts_at + (meeting.ends_at - meeting.starts_at)
        shifted.append(meeting._replace(starts_at=starts_at, ends_at=ends_at))
    return Planned(tuple(shifted), tuple(skipped))


def weeks_later(moment: datetime, weeks: int) -> datetime:
    """The same London time so many weeks later."""
    local = clock.london_wall(moment)
    return clock.london(local.date() + weeks * WEEK, local.hour, local.minute)


def clashes_of(meetings: Iterable[Meeting], taken: Sequence[Taken]) -> tuple[tuple[int, UUID], ...]:
    """Which sessions, by position, fall into a time at which whom they need is occupied. Times may touch."""
    return tuple(
        sorted({
            (meeting.position, each.who)
            for meeting in meetings
            for each in taken
            if each.starts_at < meeting.ends_at and each.ends_at > meeting.starts_at
        })
    )  # fmt: skip


def mark_clashes(courses: Sequence[tuple[Planned, Needs]], taken: Sequence[Taken]) -> list[Planned]:
    """Courses with their clashes: with what is already there, and with the courses before them in the plan."""
    found: list[Planned] = []
    known = list(taken)
    for planned, needs in courses:
        clashes = [
            clash
            for meeting in planned.meetings
            for clash in clashes_of([meeting], [each for each in known if each.who in needs[meeting.position]])
        ]
        found.append(replace(planned, clashes=tuple(clashes)))
        known += [
            Taken(meeting.starts_at, meeting.ends_at, who)
            for meeting in planned.meetings
            for who in sorted(needs[meeting.position])
        ]
    return found
