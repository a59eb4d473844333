"""When a venue's address or access changes: who has a place there is told, and who can no longer get in moves free (C3)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from courses.enums import BookingState, CourseState, MoveCause
from courses.models import Booking, Course, Venue
from courses.queries.calendar import calendar_of
from courses.services.moving import cause_of
from courses.services.venues import save_venue
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask
from tests.factories import (
    make_booking,
    make_course,
    make_needing,
    make_programme,
    make_provider,
    make_requirement,
    make_user,
    make_venue,
    make_volunteer,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
NOON = clock.london(clock.today(), 12)
HELD: dict[str, Any] = {"state": BookingState.HELD, "held_at": NOON, "held_until": NOON + timedelta(minutes=30)}
FACTS = (
    "name", "address", "postcode", "nation", "step_free", "parking", "hearing_loop", "accessible_toilet", "quiet_room",
    "access_words", "transport_words",
)  # fmt: skip


@pytest.fixture
def venue() -> Venue:
    return make_venue(make_provider(make_programme()))


@pytest.fixture
def course(venue: Venue) -> Course:
    programme = venue.provider.licences.get().programme
    return make_course(programme, provider=venue.provider, venue=venue, sessions=2)


def save(venue: Venue, *, at: datetime = NOON, **changes: Any) -> Venue:
    now = Venue.objects.get(pk=venue.pk)
    facts = {name: getattr(now, name) for name in FACTS}
    return save_venue(provider=venue.provider, venue=venue, facts={**facts, **changes}, by=BY, at=at)


def seated(course: Course, *needs: str, state: str = BookingState.CONFIRMED, **fields: Any) -> Booking:
    return make_booking(course, make_needing(course.programme, *needs), state, **fields)


def told(state: str = "queued") -> list[Any]:
    rows = OutboxMessage.objects.filter(kind="access-changed", channel="email", state=state)
    return sorted(rows.values_list("recipient_id", flat=True))


def person(booking: Booking) -> Any:
    return booking.requirement.referral.participant_id


@pytest.mark.parametrize(
    ("fact", "value", "are_told"),
    [
        ("address", "9 Side Street, Manchester", True),
        ("postcode", "M4 6AB", True),
        ("step_free", False, True),
        ("parking", True, True),
        ("hearing_loop", True, True),
        ("accessible_toilet", True, True),
        ("quiet_room", True, True),
        ("access_words", "Ring the bell.", True),
        ("transport_words", "Bus 42.", True),
        ("name", "The old town hall", False),
        ("nation", "scotland", False),
    ],
)
def test_a_change_of_address_or_access_is_told(venue: Venue, course: Course, fact: str, value: Any, are_told: bool) -> None:
    booking = seated(course)
    save(venue, **{fact: value})
    assert told() == ([person(booking)] if are_told else [])


@pytest.mark.parametrize(("fact", "value", "sequences"), [("address", "2 New Road", [1, 1]), ("parking", True, [0, 0])])
def test_calendar_entries_take_another_address_as_a_change(
    venue: Venue, course: Course, fact: str, value: Any, sequences: list[int]
) -> None:
    place = seated(course)
    save(venue, **{fact: value})
    entries = Calendar.from_ical(calendar_of(Booking.objects.in_full().get(pk=place.pk))).walk("VEVENT")
    assert [entry["sequence"] for entry in entries] == sequences
    assert all(("2 New Road" in entry["location"]) == (fact == "address") for entry in entries)


def test_told_once_for_each_change_and_by_day(venue: Venue, course: Course) -> None:
    booking = seated(course)
    night = clock.london(clock.today(), 22)
    save(venue, parking=True, at=night)
    save(venue, parking=True, at=night + timedelta(minutes=1))  # nothing is different
    row = OutboxMessage.objects.get(kind="access-changed", channel="email")
    assert row.due_at == clock.london(clock.today() + timedelta(days=1), 8)
    save(venue, quiet_room=True, at=night + timedelta(minutes=2))
    assert (told(), told("dropped")) == ([person(booking)], [person(booking)])  # the page shows both changes


def test_only_who_has_a_confirmed_place_on_a_course_there_that_is_not_over(venue: Venue, course: Course) -> None:
    mine = seated(course)
    seated(course, **HELD)
    seated(course, state=BookingState.CANCELLED_BY_PARTICIPANT)
    seated(make_course(course.programme, provider=venue.provider))
    behind = seated(course, positions=[1])
    course.sessions.filter(position=1).update(starts_at=NOON - timedelta(days=2), ends_at=NOON - timedelta(days=1))
    closed = make_course(course.programme, provider=venue.provider, venue=venue)
    seated(closed)
    Course.objects.filter(pk=closed.pk).update(state=CourseState.CLOSED)
    save(venue, parking=True)
    assert behind.ends_at < NOON
    assert told() == [person(mine)]


def test_dropped_when_they_have_no_place_by_then(venue: Venue, course: Course) -> None:
    booking = seated(course)
    asked: dict[str, Any] = {"subject_id": booking.pk, "recipient_id": person(booking)}
    assert MESSAGES["access-changed"].context(**asked, at=NOON) is not None
    assert MESSAGES["access-changed"].context(**asked, at=course.last_ends_at) is None
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CANCELLED_BY_PARTICIPANT)
    assert MESSAGES["access-changed"].context(**asked, at=NOON) is None


def test_who_needs_step_free_access_that_is_gone_goes_to_their_officer_and_moves_free(venue: Venue, course: Course) -> None:
    stuck, other = seated(course, "step-free"), seated(course)
    held = seated(course, "step-free", **HELD)
    save(venue, step_free=False)
    for booking in (stuck, held, other):
        booking.refresh_from_db()
    assert [cause_of(each) for each in (stuck, held, other)] == [
        MoveCause.PROVIDER, MoveCause.PROVIDER, MoveCause.PARTICIPANT,
    ]  # fmt: skip
    tasks = CaseTask.objects.filter(kind=TaskKind.SERVICE_FAILURE)
    assert set(tasks.values_list("subject_id", "referral_id")) == {
        (each.pk, each.requirement.referral_id) for each in (stuck, held)
    }
    assert "This is a failure of the service, not of the person" in tasks.get(subject_id=stuck.pk).detail
    assert set(AuditEvent.objects.filter(action="booking.access_lost").values_list("subject_id", flat=True)) == {
        stuck.pk, held.pk,
    }  # fmt: skip
    assert told() == sorted([person(stuck), person(other)])


@pytest.mark.parametrize("change", [{"parking": True}, {"step_free": True, "access_words": "There is a ramp."}])
def test_nobody_is_put_to_an_officer_while_it_is_step_free(venue: Venue, course: Course, change: dict[str, Any]) -> None:
    booking = seated(course, "step-free")
    save(venue, **change)
    booking.refresh_from_db()
    assert (booking.times_changed_at, CaseTask.objects.count()) == (None, 0)


@pytest.mark.parametrize(("change", "is_free"), [({"postcode": "M4 6AB"}, True), ({"address": "9 Side Street"}, False)])
def test_whose_venue_goes_to_another_district_moves_free(
    venue: Venue, course: Course, change: dict[str, Any], is_free: bool
) -> None:
    booking, held = seated(course), seated(course, **HELD)
    save(venue, **change)
    for each in (booking, held):
        each.refresh_from_db()
        assert (cause_of(each) == MoveCause.PROVIDER) == is_free
    noted = AuditEvent.objects.filter(action="booking.venue_moved").values_list("subject_id", flat=True)
    assert set(noted) == ({booking.pk, held.pk} if is_free else set())
    assert not CaseTask.objects.exists()


def test_a_volunteer_who_cannot_get_in_is_told_whom_to_phone(venue: Venue, course: Course) -> None:
    referral = make_volunteer()
    referral.participant.needs = ["step-free"]
    referral.participant.save()
    booking = make_booking(course, make_requirement(referral, programme=course.programme))
    save(venue, step_free=False)
    kinds = OutboxMessage.objects.filter(recipient_id=person(booking)).values_list("kind", flat=True)
    assert set(kinds) == {"access-changed", "please-phone"}
    assert CaseTask.objects.count() == 0


def test_a_full_venue_takes_as_many_statements_as_one_person(venue: Venue, course: Course) -> None:
    seated(course)
    save(venue, parking=True)
    with CaptureQueriesContext(connection) as one:
        save(venue, quiet_room=True)
    for _ in range(8):
        seated(course)
    save(venue, hearing_loop=True)
    with CaptureQueriesContext(connection) as nine:
        save(venue, accessible_toilet=True)
    assert len(nine) == len(one)


@pytest.fixture
def words(venue: Venue) -> Callable[[], str]:
    desk = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    return lambda: desk.get(reverse("venue-change", args=[venue.public_id])).content.decode()


def test_the_form_says_beforehand_how_many_are_told_and_not_who_needs_what(
    venue: Venue, course: Course, words: Callable[[], str]
) -> None:
    assert "on a course here" not in words()
    seated(course)
    assert "1 person has a place on a course here." in words()
    seated(course, "step-free")
    page = words()
    assert "2 people have a place on a course here." in page
    assert "whoever needs that may move to another course free" in page
