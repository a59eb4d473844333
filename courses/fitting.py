"""Which courses meet what a person needs, and how many seats they take: needs as they were told, never why (R13)."""

from collections.abc import Hashable

from django.db.models import Exists, OuterRef, Q, QuerySet

from courses.enums import BookingState
from courses.models import Booking, Course
from courses.querysets import BookingQuerySet, CourseQuerySet
from diversion.referrals.enums import Need
from diversion.referrals.keep_apart import anybody_to_keep_apart, people_to_keep_apart
from diversion.referrals.models import Participant, Requirement

INTERPRETED = frozenset({Need.INTERPRETER, Need.BSL})
"""Somebody comes along who needs a seat."""


def seats_for(participant: Participant | None) -> int:
    """How many seats a booking of theirs takes: two where an interpreter comes along."""
    return 2 if participant and INTERPRETED & set(participant.needs or []) else 1


def knowing_needs(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Loads what the rules of booking ask of a requirement: its person, whether there is anybody to keep them apart from, and
    whether they go on after a course that they did not complete (`queries.progress.part_to_book`).
    """
    missed = Booking.objects.filter(requirement=OuterRef("pk"), state=BookingState.NOT_COMPLETED)
    return requirements.select_related("referral__participant").annotate(
        keeps_apart=anybody_to_keep_apart("referral__participant"), goes_on=Exists(missed)
    )


def meeting_the_needs(courses: CourseQuerySet, requirement: Requirement) -> CourseQuerySet:
    """Leaves out courses that the person could not attend, and those where they would meet somebody they must not.

    Why a course is left out is not told by this, to them or to anybody: a course that is not shown looks like none (rule 15).
    """
    needs = _needs(requirement)
    if Need.STEP_FREE in needs:
        courses = courses.filter(Q(venue__isnull=True) | Q(venue__step_free=True))
    if Need.SINGLE_SEX in needs:
        courses = courses.filter(single_sex=True)
    others = _others_there(requirement)
    return courses if others is None else courses.exclude(Exists(others.filter(course=OuterRef("pk"))))


def meets_the_needs(course: Course, requirement: Requirement) -> bool:
    """The same of one course, which the caller holds locked."""
    needs = _needs(requirement)
    if Need.STEP_FREE in needs and course.venue and not course.venue.step_free:
        return False
    if Need.SINGLE_SEX in needs and not course.single_sex:
        return False
    others = _others_there(requirement)
    return others is None or not others.filter(course=course).exists()


def needs_key(requirement: Requirement) -> Hashable:
    """The same for requirements that the rules above cannot tell apart, so that a question is asked once for all of them."""
    alone = requirement.pk if getattr(requirement, "keeps_apart", True) else None
    needs = _needs(requirement)
    return frozenset(needs & {Need.STEP_FREE, Need.SINGLE_SEX}), bool(needs & INTERPRETED), alone


def _needs(requirement: Requirement) -> set[str]:
    participant = requirement.referral.participant
    return set(participant.needs or []) if participant else set()


def _others_there(requirement: Requirement) -> BookingQuerySet | None:
    participant = requirement.referral.participant
    if participant is None or not getattr(requirement, "keeps_apart", True):
        return None
    others = people_to_keep_apart(participant, path="requirement__referral__participant__")
    return None if others is None else Booking.objects.filter(others).live().order_by()
