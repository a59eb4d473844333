"""A person joins a waiting list, and leaves it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import WaitingState
from courses.fitting import knowing_needs, meets_the_needs
from courses.lifecycle import STILL_WAITING
from courses.models import Booking, Course, WaitingEntry
from courses.models.waiting import Area
from courses.policies import CourseIsNotOpen, NothingToBook, check_can_book
from courses.queries.progress import part_to_book
from courses.queries.search import Criteria, courses_that_fit
from courses.queries.waiting import courses_in_reach, time_to_answer
from courses.services.booking import AlreadyHasAPlace, release_hold
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import RequirementState, TaskKind
from diversion.referrals.models import Referral, Requirement
from diversion.referrals.services.tasks import raise_task

MOST_LISTS = 5
DATE_IS_NEAR = timedelta(days=28)
NOTHING_FITS = _("On a waiting list. No course with a place ends by the date.")


class CourseHasPlaces(Refusal):
    sentence = _("This course has a place. You can book it now.")


class PlacesAreFree(Refusal):
    sentence = _("There are courses like that with places. Choose one of them.")


class StartsTooSoon(Refusal):
    sentence = _("This course starts too soon for a waiting list. Choose another course.")


class OfferIsMade(Refusal):
    sentence = _("A place has just become free for you. Look at it before you leave the list.")


class TooManyLists(Refusal):
    sentence = _("You are on 5 waiting lists. Leave one of them first.")


@transaction.atomic
def join_for_course(*, course: Course, requirement: Requirement, by: Actor, at: datetime) -> WaitingEntry:
    """Wait for a place on a full course. Joining again changes nothing.

    :raises NothingToBook, CourseIsNotOpen, CourseHasBegun, CourseEndsTooLate: see `policies.check_can_book`; a course that does not
        meet the person's needs reads as one that is not open (rule 15).
    :raises StartsTooSoon: there would be no time to answer an offer.
    :raises CourseHasPlaces: it is not full for them.
    :raises AlreadyHasAPlace: they hold or have a place.
    :raises TooManyLists: they wait for five things already.
    """
    requirement = _lock(requirement)
    check_can_book(course=course, requirement=requirement, part=part_to_book(requirement, at=at), at=at)
    if not meets_the_needs(course, requirement):
        raise CourseIsNotOpen()
    if time_to_answer(course, requirement, at=at) is None:
        raise StartsTooSoon()
    known: WaitingEntry | None = WaitingEntry.objects.still_waiting().filter(requirement=requirement, course=course).first()
    if known:
        return known
    if courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).filter(pk=course.pk).exists():
        raise CourseHasPlaces()
    return _join(WaitingEntry(requirement=requirement, course=course, joined_at=at), by=by, at=at)


@transaction.atomic
def join_for_any(*, area: Area | None, online_ok: bool, requirement: Requirement, by: Actor, at: datetime) -> WaitingEntry:
    """Wait for any course in an area, online, or either; at least one of them is given. Joining again with other wishes changes them
    and keeps the person's turn.

    :raises NothingToBook: the requirement is not in progress.
    :raises PlacesAreFree: there is such a course with a place.
    :raises AlreadyHasAPlace: they hold or have a place.
    :raises TooManyLists: they wait for five things already.
    """
    requirement = _lock(requirement)
    if requirement.state != RequirementState.IN_PROGRESS:
        raise NothingToBook()
    if courses_in_reach(requirement=requirement, area=area, online_ok=online_ok, at=at).exists():
        raise PlacesAreFree()
    entry = WaitingEntry(requirement=requirement, online_ok=online_ok, joined_at=at)
    if area:
        entry.place, entry.latitude, entry.longitude = area.place.name, area.place.latitude, area.place.longitude
        entry.miles = area.miles
    waits = WaitingEntry.objects.still_waiting().filter(requirement=requirement, course=None)
    known: WaitingEntry | None = waits.select_for_update(no_key=True).first()
    if known is None:
        return _join(entry, by=by, at=at)
    if known.state == WaitingState.OFFERED:
        raise AlreadyHasAPlace()
    for name in ("place", "latitude", "longitude", "miles", "online_ok"):
        setattr(known, name, getattr(entry, name))
    known.save(update_fields=["place", "latitude", "longitude", "miles", "online_ok"])
    record_change(action="waiting.changed", subject=known, by=by, at=at, case_id=requirement.referral_id)
    return known


@transaction.atomic
def leave_list(*, entry: WaitingEntry, by: Actor, at: datetime) -> WaitingEntry:
    """The person waits no longer; an offered place goes to the next. Doing it again changes nothing.

    :raises PlaceIsPaidFor: they took the place.
    :raises HoldIsOver: the offer ended a moment ago.
    :raises OfferIsMade: a place was offered while they pressed the button.
    """
    seen: WaitingEntry = WaitingEntry.objects.select_related("booking").get(pk=entry.pk)
    if seen.state == WaitingState.OFFERED and seen.booking:
        release_hold(booking=seen.booking, by=by, at=at)
    referral_id = _lock(seen.requirement).referral_id
    mine: WaitingEntry = WaitingEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry.pk)
    if mine.state in STILL_WAITING:
        if mine.state != seen.state:
            raise OfferIsMade()
        move(mine, to=WaitingState.LEFT, by=by, at=at, case_id=referral_id, changes={"ended_at": at})
    return mine


@transaction.atomic
def forget_waits(*, referral: Referral, by: Actor, at: datetime) -> None:
    """Somebody who came by themselves leaves (R14): they wait no longer, and no row says near which place they wanted to go."""
    waits = WaitingEntry.objects.select_for_update(no_key=True).filter(requirement__referral=referral)
    for entry in waits:
        entry.place, entry.latitude, entry.longitude, entry.miles = "", None, None, None
        entry.online_ok = entry.course_id is None
        entry.save(update_fields=["place", "latitude", "longitude", "miles", "online_ok"])
        if entry.state in STILL_WAITING:
            move(entry, to=WaitingState.LEFT, by=by, at=at, case_id=referral.pk, changes={"ended_at": at})


def _join(entry: WaitingEntry, *, by: Actor, at: datetime) -> WaitingEntry:
    """A person who waits while nothing else fits and their date is near is on the officer's list: a wait does not move a date."""
    requirement = entry.requirement
    if Booking.objects.live().filter(requirement=requirement).exists():
        raise AlreadyHasAPlace()
    if WaitingEntry.objects.still_waiting().filter(requirement=requirement).count() >= MOST_LISTS:
        raise TooManyLists()
    begin(entry, state=WaitingState.JOINED, by=by, at=at, case_id=requirement.referral_id)
    raise_if_nothing_fits(requirement, at=at)
    return entry


def raise_if_nothing_fits(requirement: Requirement, *, at: datetime) -> None:
    """Ask the officer to look where the date is within four weeks and no course in the country could be booked for it."""
    near = requirement.complete_by - clock.day_of(at) <= DATE_IS_NEAR
    if near and not courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).exists():
        raise_task(
            referral=requirement.referral, kind=TaskKind.NO_COURSE_FITS, subject_id=requirement.pk,
            by=Actor.system("waiting-list"), at=at, detail=str(NOTHING_FITS),
        )  # fmt: skip


def _lock(requirement: Requirement) -> Requirement:
    rows = Requirement.objects.select_for_update(no_key=True, of=("self",))
    locked: Requirement = knowing_needs(rows).get(pk=requirement.pk)
    return locked
