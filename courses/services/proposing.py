"""What a provider would like to schedule, worked out against what is there: shown before it is made, and worked out again as it is."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.licensing import Lack
from courses.models import Course, Provider, Room, Venue
from courses.planning import (
    MOST_COURSES,
    MOST_WEEKS_SKIPPED,
    Meeting,
    Pattern,
    Planned,
    Skip,
    Slot,
    mark_clashes,
    plan_run,
    shift_course,
    weeks_later,
)
from courses.queries.licences import lacks_of_plans
from courses.queries.occupied import days_closed, occupied
from courses.services.allowed import check_allowed
from courses.services.scheduling import NoSessionPlan, StartsInThePast, lessons_of
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.referrals.models import Programme


class NothingToPlan(Refusal):
    sentence = _("No course can start on these days.")


class TooManyCourses(Refusal):
    sentence = _("These are more than 52 courses. Choose fewer days.")


@dataclass(frozen=True)
class Proposal:
    """A course as it would be made, with what stands in its way. `trainers` by the session's position."""

    programme: Programme
    venue: Venue | None
    room: Room | None
    language: str
    capacity: int
    price_pence: int
    flexible_pence: int | None
    single_sex: bool
    trainers: Mapping[int, Sequence[User]]
    planned: Planned
    lacks: Sequence[Lack] = ()
    joining_link: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.planned.clashes and not self.lacks

    @property
    def needs(self) -> dict[int, set[UUID]]:
        room = {self.room.pk} if self.room else set()
        return {position: {each.pk for each in trainers} | room for position, trainers in self.trainers.items()}


@dataclass(frozen=True)
class Proposals:
    """A whole plan: its courses, and the days on which none begins."""

    courses: Sequence[Proposal]
    skipped: Sequence[Skip] = ()

    @property
    def is_sound(self) -> bool:
        return all(each.is_sound for each in self.courses)

    @property
    def fingerprint(self) -> str:
        """Tells a plan from another: who meets where and when."""
        told = [
            (str(each.programme.pk), str(each.room and each.room.pk), meeting.starts_at.isoformat(),
             sorted(str(trainer.pk) for trainer in each.trainers[meeting.position]))
            for each in self.courses
            for meeting in each.planned.meetings
        ]  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()


class Wanted(Protocol):
    """Something that can be planned for a provider."""

    def propose(self, provider: Provider, *, at: datetime) -> Proposals: ...


@dataclass(frozen=True)
class RunWanted:
    """Courses alike, one after the other: in the weekly slot of the first day, and in others `also`."""

    programme: Programme
    venue: Venue | None
    room: Room | None
    language: str
    capacity: int
    price_pence: int
    single_sex: bool
    trainers: Sequence[User]
    first_on: date
    at_time: time
    every_weeks: int
    count: int | None
    until: date | None
    also: Sequence[Slot] = ()
    flexible_pence: int | None = None

    def propose(self, provider: Provider, *, at: datetime) -> Proposals:
        """:raises StartsInThePast, NoSessionPlan, NoDayToMeet: as their sentences say. See `_weighed` for the rest."""
        lessons = lessons_of(self.programme)
        slots = [Slot(self.first_on.weekday(), self.at_time), *self.also]
        pattern = Pattern(lessons, self.first_on, slots, self.every_weeks, self.count, self.until)
        day, slot = next(pattern.starts())
        if clock.london(day, slot.at_time.hour, slot.at_time.minute) <= at:
            raise StartsInThePast()
        if not lessons:
            raise NoSessionPlan()
        weeks = 1 + self.every_weeks * (MOST_COURSES + MOST_WEEKS_SKIPPED) + len(lessons) * (1 + MOST_WEEKS_SKIPPED)
        last = self.first_on + timedelta(weeks=weeks)
        closed = days_closed(venue=self.venue, trainers=self.trainers, first=self.first_on, last=last)
        plan = plan_run(pattern, closed=closed)
        courses = [self._of(planned) for planned in plan.courses]
        return _weighed(provider, courses, plan.skipped)

    def _of(self, planned: Planned) -> Proposal:
        return Proposal(
            programme=self.programme, venue=self.venue, room=self.room, language=self.language, capacity=self.capacity,
            price_pence=self.price_pence, flexible_pence=self.flexible_pence, single_sex=self.single_sex, planned=planned,
            trainers={each.position: self.trainers for each in planned.meetings},
        )  # fmt: skip


@dataclass(frozen=True)
class TermWanted:
    """The courses that begin between two days, again so many weeks later: same places, prices and trainers who still work here."""

    first_on: date
    last_on: date
    weeks: int

    def propose(self, provider: Provider, *, at: datetime) -> Proposals:
        """:raises StartsInThePast, NoDayToMeet, TooManyCourses: as their sentences say. See `_weighed` for the rest."""
        begun = Course.objects.filter(
            provider=provider, first_starts_at__gte=clock.start_of(self.first_on),
            first_starts_at__lt=clock.end_of(self.last_on),
        )  # fmt: skip
        term = begun.exclude(state=CourseState.CANCELLED).order_by("first_starts_at", "pk")
        courses = list(term.select_related("programme", "venue", "room").prefetch_related("sessions__trainers"))
        if len(courses) > MOST_COURSES:
            raise TooManyCourses()
        if courses and weeks_later(courses[0].first_starts_at, self.weeks) <= at:
            raise StartsInThePast(field="weeks")
        employed = set(
            Membership.objects.live().filter(organisation=provider.organisation_id, role=Role.TRAINER)
            .values_list("user", flat=True)
        )  # fmt: skip
        return _weighed(provider, [self._later(course, employed) for course in courses], ())

    def _later(self, course: Course, employed: set[UUID]) -> Proposal:
        sessions = list(course.sessions.all())
        trainers = {each.position: [who for who in each.trainers.all() if who.pk in employed] for each in sessions}
        everybody = list({who.pk: who for teaching in trainers.values() for who in teaching}.values())
        first = clock.day_of(course.first_starts_at) + timedelta(weeks=self.weeks)
        last = clock.day_of(course.last_ends_at) + timedelta(weeks=self.weeks + MOST_WEEKS_SKIPPED * (len(sessions) + 1))
        meetings = [Meeting(each.position, each.title, each.starts_at, each.ends_at) for each in sessions]
        closed = days_closed(venue=course.venue, trainers=everybody, first=first, last=last)
        return Proposal(
            programme=course.programme, venue=course.venue, room=course.room, language=course.language,
            capacity=course.capacity, price_pence=course.price_pence, flexible_pence=course.flexible_pence,
            single_sex=course.single_sex, trainers=trainers,
            planned=shift_course(meetings, weeks=self.weeks, closed=closed),
            joining_link=sessions[0].joining_link if sessions else "",
        )  # fmt: skip


def _weighed(provider: Provider, courses: Sequence[Proposal], skipped: Sequence[Skip]) -> Proposals:
    """With clashes and with what licences do not cover.

    :raises NothingToPlan: no course, or one without a session.
    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: a programme has no such courses.
    """
    if not courses or not all(each.planned.meetings for each in courses):
        raise NothingToPlan()
    for each in courses:
        check_allowed(each.programme, online=each.venue is None, single_sex=each.single_sex)
    meetings = [meeting for each in courses for meeting in each.planned.meetings]
    taken = occupied(
        trainers={who.pk for each in courses for teaching in each.trainers.values() for who in teaching},
        rooms={each.room.pk for each in courses if each.room},
        first=min(each.starts_at for each in meetings),
        last=max(each.ends_at for each in meetings),
    )
    marked = mark_clashes([(each.planned, each.needs) for each in courses], taken)
    lacks = lacks_of_plans(provider, [
        (each.programme, [(m.starts_at, m.ends_at, each.trainers[m.position]) for m in each.planned.meetings])
        for each in courses
    ])  # fmt: skip
    weighed = [
        replace(each, planned=planned, lacks=missing if any(each.trainers.values()) else ())
        for each, planned, missing in zip(courses, marked, lacks, strict=True)
    ]
    return Proposals(weighed, skipped)
