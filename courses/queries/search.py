"""Which courses a person can still choose: one question, answered the same at one open course and at twenty thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from courses.fitting import meeting_the_needs, seats_for
from courses.models import Course, Session
from courses.offer_time import BEFORE_THE_COURSE, TO_ANSWER
from courses.part import Part
from courses.policies import must_end_before
from courses.queries.progress import part_to_book
from courses.querysets import CourseQuerySet
from diversion.core import clock
from diversion.core.paging import UncountedPage, uncounted_page
from diversion.core.places import distance_miles, locate
from diversion.referrals.models import Requirement

ONLINE, IN_PERSON = "online", "in-person"
WEEKDAY, EVENING_OR_WEEKEND = "weekday", "evening-or-weekend"
EVENING, WEEKEND = "evening", "weekend"
SATURDAY = 6
"""As the database numbers the days of a week."""
A_PAGE = 10
BEST = 3
FULL_SHOWN = 5
PAGES = 20
"""Nobody pages further than this."""


@dataclass(frozen=True)
class Criteria:
    """What the person asked for; an empty value asks for nothing. `near` is a town's name or the start of a postcode."""

    near: str = ""
    how: str = ""
    language: str = ""
    when: str = ""
    starts_from: date | None = None
    ends_by: date | None = None
    step_free: bool = False


def courses_that_fit(*, requirement: Requirement, criteria: Criteria, at: datetime) -> CourseQuerySet:
    """Courses of the programme that take bookings, of every provider, with a place left, not begun, whose last session ends in time (rule 2).

    Only those that meet the person's needs (`fitting`). Nearest first when the place is known, courses online last; else soonest
    first. Each has `session_count`, `begins_at`, `finishes_at` and, when the place is known, `miles` (None online).
    Who goes on after a miss finds courses that are still to come to the session that they lack (rule 17).
    """
    courses = _that_would_serve(requirement, criteria, part_to_book(requirement, at=at), starting_after=at)
    courses = courses.with_places_left(at=at, seats=seats_for(requirement.referral.participant))
    return _nearest_or_soonest(courses, criteria)


def full_courses(*, requirement: Requirement, criteria: Criteria, at: datetime) -> CourseQuerySet:
    """The first few courses that would fit as well if they had a place, with time enough left for one to become free.

    Nobody waits for a course that has begun.
    """
    in_time = at + BEFORE_THE_COURSE + TO_ANSWER
    courses = _that_would_serve(requirement, criteria, part_to_book(requirement, at=at), starting_after=in_time)
    courses = courses.filter(first_starts_at__gt=in_time)
    courses = courses.without_places_left(at=at, seats=seats_for(requirement.referral.participant))
    nearest: CourseQuerySet = _nearest_or_soonest(courses, criteria)[:FULL_SHOWN]
    return nearest


def open_courses(requirement: Requirement, part: Part, *, starting_after: datetime) -> CourseQuerySet:
    """Courses of the programme that meet the person's needs and take bookings, whose part is still to come, full or not.

    Each has `begins_at` and `finishes_at`, the part's own.
    """
    taking: CourseQuerySet = Course.objects.taking_bookings().filter(programme=requirement.programme_id)
    courses = meeting_the_needs(taking, requirement)
    if part.positions is None:
        courses = courses.annotate(begins_at=F("first_starts_at"), finishes_at=F("last_ends_at"))
    else:
        sessions = Session.objects.filter(course=OuterRef("pk")).order_by()
        first, last = (sessions.filter(position=each) for each in (part.positions[0], part.positions[-1]))
        courses = courses.filter(last_ends_at__gt=starting_after).annotate(
            begins_at=Subquery(first.values("starts_at")), finishes_at=Subquery(last.values("ends_at"))
        )
    if part.until:
        courses = courses.filter(begins_at__lt=clock.end_of(part.until))
    to_come: CourseQuerySet = courses.filter(begins_at__gt=starting_after)
    return to_come


def _that_would_serve(
    requirement: Requirement, criteria: Criteria, part: Part, *, starting_after: datetime
) -> CourseQuerySet:
    sessions = Session.objects.filter(course=OuterRef("pk")).order_by().values("course").annotate(n=Count("pk")).values("n")
    courses: CourseQuerySet = (
        open_courses(requirement, part, starting_after=starting_after)
        .filter(_wanted(criteria), finishes_at__lt=must_end_before(requirement))
        .annotate(session_count=Subquery(sessions))
        .select_related("venue")
    )
    return courses


def _nearest_or_soonest(courses: CourseQuerySet, criteria: Criteria) -> CourseQuerySet:
    here = locate(criteria.near) if criteria.near else None
    if here is None:
        return courses.order_by("begins_at", "pk")
    courses = courses.annotate(miles=distance_miles("venue__latitude", "venue__longitude", here))
    return courses.order_by(F("miles").asc(nulls_last=True), "begins_at", "pk")


def best_alternatives(requirement: Requirement, *, at: datetime) -> Sequence[Any]:
    """The three soonest courses that the person could still take; near them first is what the search is for."""
    return list(courses_that_fit(requirement=requirement, criteria=Criteria(), at=at)[:BEST])


def as_cards(courses: CourseQuerySet) -> CourseQuerySet:
    """Only what a course in a list of courses found shows (`presentation.found_lines`)."""
    its_own = "public_id", "price_pence", "language", "evening_or_weekend", "single_sex", "first_starts_at"
    cards: CourseQuerySet = courses.only(*its_own, "venue__name", "venue__address", "venue__step_free")
    return cards


def page_of_courses(courses: CourseQuerySet, number: str | None) -> UncountedPage:
    """Ten courses found; nothing is counted, so that a page costs the same however many courses are open."""
    return uncounted_page(courses, number, size=A_PAGE, most=PAGES)


def _wanted(criteria: Criteria) -> Q:
    wanted = Q()
    if criteria.how:
        wanted &= Q(venue__isnull=criteria.how == ONLINE)
    if criteria.language:
        wanted &= Q(language=criteria.language)
    if criteria.when:
        wanted &= Q(evening_or_weekend=criteria.when != WEEKDAY)
    if criteria.when in {EVENING, WEEKEND}:
        at_the_weekend = Q(begins_at__iso_week_day__gte=SATURDAY)
        wanted &= at_the_weekend if criteria.when == WEEKEND else ~at_the_weekend
    if criteria.starts_from:
        wanted &= Q(begins_at__gte=clock.start_of(criteria.starts_from))
    if criteria.ends_by:
        wanted &= Q(finishes_at__lt=clock.end_of(criteria.ends_by))
    if criteria.step_free:
        wanted &= Q(venue__isnull=True) | Q(venue__step_free=True)
    return wanted
