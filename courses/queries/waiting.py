"""Whose turn it is: the line of a course, and where somebody stands in it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from courses.enums import BookingState, CourseState, WaitingState
from courses.fitting import knowing_needs, meets_the_needs, needs_key, seats_for
from courses.models import Booking, Course, WaitingEntry
from courses.models.waiting import Area
from courses.offer_time import OfferTime, offer_time
from courses.part import Part
from courses.policies import can_book, must_end_before
from courses.queries.progress import part_to_book
from courses.queries.search import Criteria, courses_that_fit, open_courses
from courses.querysets import CourseQuerySet
from courses.querysets_waiting import WaitingQuerySet
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.places import Place, distance_miles, miles_apart
from diversion.notifications.quiet import safe_hours
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Referral, Requirement

LOOKED_AT = 200
"""How many of a course's line are looked at, those who joined first: nobody behind them gets a place within the minute anyhow."""


GOES_ON = Exists(Booking.objects.filter(requirement=OuterRef("requirement"), state=BookingState.NOT_COMPLETED))
"""Whoever waits lacks a part of a course perhaps, which may be over long before the course is (rule 17)."""


class Waiter(NamedTuple):
    """Somebody who could be offered a place now: the seats they take, what they need of it, how long they would have, whether another course would do."""

    entry: WaitingEntry
    requirement: Requirement
    seats: int
    part: Part
    time: OfferTime
    has_another: bool


def the_line(course: Course, *, at: datetime) -> Sequence[Waiter]:
    """Everybody who could be offered a place on this course now, in the order in which they are asked.

    Those come first who have no other course that ends in time and has a place, in the whole country; then whoever joined first.
    Left out, without a word to anybody, is whom the course would not serve: its date, their needs, whom they must not meet (rule 15).
    """
    entries = list(_asking_for(course).order_by("joined_at", "pk")[:LOOKED_AT])
    if not entries:
        return []
    found = knowing_needs(Requirement.objects.filter(pk__in={entry.requirement_id for entry in entries}))
    requirements = {requirement.pk: requirement for requirement in found}
    soonest: dict[object, datetime | None] = {}
    line = []
    seen = set()
    for entry in entries:
        requirement = requirements[entry.requirement_id]
        time = time_to_answer(course, requirement, at=at)
        if requirement.pk in seen or time is None:
            continue
        part = part_to_book(requirement, at=at)
        if not _would_serve(course, requirement, part, at=at):
            continue
        seen.add(requirement.pk)
        key = needs_key(requirement), part
        if key not in soonest:
            soonest[key] = soonest_end_elsewhere(course, requirement, part, at=at)
        end = soonest[key]
        has_another = end is not None and end < must_end_before(requirement)
        line.append(Waiter(entry, requirement, seats_for(requirement.referral.participant), part, time, has_another))
    return sorted(line, key=lambda waiter: waiter.has_another)


def in_turn(line: Iterable[Waiter], *, free: int) -> Iterator[Waiter]:
    """Those for whom so many free seats are enough. Whoever needs more seats than there are keeps their turn and holds nobody up."""
    for waiter in line:
        if waiter.seats <= free:
            free -= waiter.seats
            yield waiter


def is_for_others(course: Course, requirement: Requirement, *, seats: int, at: datetime) -> bool:
    """True when the free seats of this course are for people who waited and come before this requirement, or too few are left over.

    The caller holds the course's row. Most courses have no line, and this asks one question.
    """
    line = the_line(course, at=at)
    if not line:
        return False
    free = seats_left(course, at=at)
    before = takewhile(lambda waiter: waiter.requirement.pk != requirement.pk, in_turn(line, free=free))
    return free - sum(waiter.seats for waiter in before) < seats


def seats_left(course: Course, *, at: datetime) -> int:
    """Free seats now; a hold that ran out is free."""
    counted = Course.objects.counting_places(at=at).get(pk=course.pk)
    return max(0, int(getattr(counted, "places_left", 0)))


def courses_to_offer(*, at: datetime) -> CourseQuerySet:
    """Open courses with a free seat that somebody waits for: the one place that hears of every seat, however it came to be free."""
    apart = miles_apart((F("latitude"), F("longitude")), (OuterRef("venue__latitude"), OuterRef("venue__longitude")))
    waits = WaitingEntry.objects.in_line().filter(
        _may_end_in_time(OuterRef("starts_on"), OuterRef("ends_on")), requirement__programme=OuterRef("programme")
    )
    here = waits.alias(apart=apart).filter(Q(course=OuterRef("pk")) | Q(course=None, apart__lte=F("miles")))
    online = waits.filter(course=None, online_ok=True)
    # Named one by one, so that the database goes by the index of the open courses of a programme.
    programmes = list(WaitingEntry.objects.in_line().values_list("requirement__programme", flat=True).distinct())
    courses: CourseQuerySet = (
        Course.objects.taking_bookings()
        .filter(programme__in=programmes)
        .alias(
            starts_on=TruncDate("first_starts_at", tzinfo=clock.LONDON),
            ends_on=TruncDate("last_ends_at", tzinfo=clock.LONDON),
        )
        .filter(Exists(here) | Q(venue=None) & Exists(online), first_starts_at__gt=at)
        .with_places_left(at=at)
    )
    return courses


def courses_in_reach(*, requirement: Requirement, area: Area | None, online_ok: bool, at: datetime) -> CourseQuerySet:
    """Of the courses that fit, those in an area, and those online where that will do."""
    reach = Q(venue=None) if online_ok else Q(pk=None)
    courses = courses_that_fit(requirement=requirement, criteria=Criteria(), at=at)
    if area:
        courses = courses.alias(apart=distance_miles("venue__latitude", "venue__longitude", area.place))
        reach |= Q(apart__lte=area.miles)
    return courses.filter(reach)


def waits_that_are_over(*, at: datetime) -> WaitingQuerySet:
    """Waits for something that can no longer come: the need is over, there is a place, the date or the course has gone."""
    placed = Booking.objects.filter(requirement=OuterRef("requirement"), state=BookingState.CONFIRMED)
    starts_on = TruncDate("course__first_starts_at", tzinfo=clock.LONDON)
    ends_on = TruncDate("course__last_ends_at", tzinfo=clock.LONDON)
    over = (
        ~Q(requirement__state=RequirementState.IN_PROGRESS)
        | Exists(placed)
        | Q(requirement__complete_by__lt=clock.day_of(at))
        | Q(course__isnull=False) & ~Q(course__state=CourseState.PUBLISHED)
        | Q(course__first_starts_at__lte=at)
        | Q(course__isnull=False) & ~_may_end_in_time(starts_on, ends_on)
    )
    waits: WaitingQuerySet = WaitingEntry.objects.filter(over, state=WaitingState.JOINED)
    return waits


def people_ahead(entry: WaitingEntry, *, at: datetime) -> int:
    """How many would be asked before this person, as the line stands now.

    On a course's list: those before them in its line. For any course: those who wait for any course of the same kind, near enough
    for one course to be in both their reach, and joined first.
    """
    if entry.course is not None:
        line = the_line(entry.course, at=at)
        ahead = [waiter.entry.pk for waiter in line]
        return ahead.index(entry.pk) if entry.pk in ahead else 0
    waits = WaitingEntry.objects.in_line().filter(
        course=None, requirement__programme=entry.requirement.programme_id, joined_at__lt=entry.joined_at
    )
    reach = Q(online_ok=True) if entry.online_ok else Q(pk=None)
    if area := entry.area:
        apart = distance_miles("latitude", "longitude", area.place)
        waits, reach = waits.alias(apart=apart), reach | Q(apart__lte=F("miles") + area.miles)
    return waits.filter(reach).count()


def people_before_newcomer(course: Course, requirement: Requirement, *, at: datetime) -> int:
    """How many would be asked before somebody who joins a course's list now."""
    line = the_line(course, at=at)
    end = soonest_end_elsewhere(course, requirement, part_to_book(requirement, at=at), at=at)
    has_another = end is not None and end < must_end_before(requirement)
    before = [waiter.requirement.pk for waiter in line if has_another or not waiter.has_another]
    return before.index(requirement.pk) if requirement.pk in before else len(before)


def my_waits(user: User) -> WaitingQuerySet:
    """What a person waits for, as their own page shows it."""
    waits: WaitingQuerySet = WaitingEntry.objects.visible_to(user).still_waiting()
    return waits.select_related("course__venue", "requirement").order_by("joined_at")


def waits_on_case(referral: Referral, *, reader: User) -> WaitingQuerySet:
    """What the person of a case waits for, or is offered now, as whoever sees the case reads it: one query, however many."""
    return my_waits(reader).filter(requirement__referral=referral).select_related("booking", "course__venue")


def _asking_for(course: Course) -> WaitingQuerySet:
    wanted = Q(course=course)
    waits = WaitingEntry.objects.in_line().filter(
        _may_end_in_time(clock.day_of(course.first_starts_at), clock.day_of(course.last_ends_at)),
        requirement__programme=course.programme_id,
    )
    if course.venue is None:
        return waits.filter(wanted | Q(course=None, online_ok=True))
    here = Place(course.venue.name, course.venue.latitude, course.venue.longitude)
    waits = waits.alias(apart=distance_miles("latitude", "longitude", here))
    return waits.filter(wanted | Q(course=None, apart__lte=F("miles")))


def _may_end_in_time(starts_on: Any, ends_on: Any) -> Q:
    """Leaves out waits that a course with these days cannot serve; of a part, `policies.check_can_book` has the last word."""
    return Q(requirement__complete_by__gte=ends_on) | Q(GOES_ON, requirement__complete_by__gte=starts_on)


def time_to_answer(course: Course, requirement: Requirement, *, at: datetime) -> OfferTime | None:
    """When this person would be told of a place on this course, and until when it is kept; None where there is no time left."""
    participant = requirement.referral.participant
    hours = safe_hours(participant.safe_contact) if participant else None
    return offer_time(at=at, course_starts_at=course.first_starts_at, hours=hours)


def _would_serve(course: Course, requirement: Requirement, part: Part, *, at: datetime) -> bool:
    return can_book(course=course, requirement=requirement, part=part, at=at) and meets_the_needs(course, requirement)


def soonest_end_elsewhere(course: Course, requirement: Requirement, part: Part, *, at: datetime) -> datetime | None:
    """When the first of all other open courses ends that have places for somebody with these needs."""
    others = open_courses(requirement, part, starting_after=at).exclude(pk=course.pk)
    ends = others.with_places_left(at=at, seats=seats_for(requirement.referral.participant)).order_by("finishes_at")
    return ends.values_list("finishes_at", flat=True).first()
