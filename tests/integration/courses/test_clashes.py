"""No trainer teaches, and no room holds, two sessions at once: told beside the field, and refused by the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from courses.enums import CourseState
from courses.models import Course, Provider, Room, Session, SessionTemplate, Venue
from courses.services.clashes import RoomIsElsewhere, RoomIsTaken, RoomIsTooSmall, TrainerIsTaken
from courses.services.scheduling import create_course
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Programme
from tests.factories import (
    make_course,
    make_programme,
    make_provider,
    make_room,
    make_trainer,
    make_user,
    make_venue,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
HOUR = timedelta(hours=1)


@pytest.fixture
def programme() -> Programme:
    programme = make_programme(name="Taught things")
    SessionTemplate.objects.create(programme=programme, position=1, title="Part 1", minutes=180)
    return programme


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def venue(provider: Provider) -> Venue:
    return make_venue(provider)


@pytest.fixture
def room(venue: Venue) -> Room:
    return make_room(venue)


def draft(provider: Provider, planned: Programme, venue: Venue, **fields: Any) -> Course:
    return create_course(
        **{
            "provider": provider,
            "programme": planned,
            "venue": venue,
            "language": "en-gb",
            "capacity": 12,
            "price_pence": 9250,
            "first_starts_at": clock.london(clock.today() + timedelta(days=20), 10),
            "trainers": [],
            "on_holidays": True,
            "by": BY,
            "at": clock.now(),
            **fields,
        }
    ).course


def refused_as(name: str, job: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        job()
    assert refusal.value.__cause__ is not None
    assert refusal.value.__cause__.diag.constraint_name == name  # type: ignore[attr-defined]


def beside(course: Course, *, later: timedelta = timedelta(0), **fields: Any) -> Course:
    """Another course of three hours, so much later, with whatever would clash."""
    starts_in = course.first_starts_at + later - clock.now()
    made = make_course(course.programme, provider=course.provider, venue=course.venue, starts_in=starts_in, **fields)
    # The factory rounds to whole seconds, and so would touch where it should not.
    made.sessions.update(starts_at=course.first_starts_at + later, ends_at=course.first_starts_at + later + 3 * HOUR)
    return made


def test_a_room_holds_one_session_at_a_time(programme: Programme, provider: Provider, venue: Venue, room: Room) -> None:
    first = make_course(programme, provider=provider, venue=venue, room=room)
    touching = beside(first, later=3 * HOUR)
    overlapping = beside(first, later=2 * HOUR)
    touching.room = overlapping.room = room
    touching.save()
    refused_as("courses_session_room_is_free", overlapping.save)
    session = touching.sessions.get()
    session.starts_at -= timedelta(minutes=1)
    refused_as("courses_session_room_is_free", session.save)
    clash = {
        "course": first,
        "position": 2,
        "title": "x",
        "starts_at": first.first_starts_at,
        "ends_at": first.last_ends_at,
    }
    refused_as("courses_session_room_is_free", lambda: Session.objects.create(**clash))


def test_a_trainer_teaches_one_session_at_a_time(programme: Programme, provider: Provider, venue: Venue) -> None:
    first = make_course(programme, provider=provider, venue=venue)
    trainer = make_trainer(provider, first.sessions.get())
    touching, overlapping = beside(first, later=3 * HOUR), beside(first, later=2 * HOUR)
    touching.sessions.get().trainers.add(trainer)
    refused_as("courses_session_trainer_is_free", lambda: overlapping.sessions.get().trainers.add(trainer))
    session = touching.sessions.get()
    session.starts_at -= timedelta(minutes=1)
    refused_as("courses_session_trainer_is_free", session.save)


def test_sessions_that_change_in_one_statement_may_change_places(
    programme: Programme, provider: Provider, venue: Venue, room: Room
) -> None:
    course = make_course(programme, provider=provider, venue=venue, room=room, sessions=2)
    make_trainer(provider, *course.sessions.all())
    one, two = course.sessions.all()
    one.starts_at, two.starts_at = two.starts_at, one.starts_at
    one.ends_at, two.ends_at = two.ends_at, one.ends_at
    Session.objects.bulk_update([one, two], ["starts_at", "ends_at"])
    assert list(course.sessions.order_by("starts_at")) == [two, one]


def test_a_cancelled_course_occupies_nobody(programme: Programme, provider: Provider, venue: Venue, room: Room) -> None:
    cancelled = make_course(programme, provider=provider, venue=venue, room=room, state=CourseState.CANCELLED)
    trainer = make_trainer(provider, cancelled.sessions.get())
    course = beside(cancelled, room=room)
    course.sessions.get().trainers.add(trainer)
    assert list(trainer.sessions.values_list("course__state", flat=True).order_by("course__state")) == [
        CourseState.CANCELLED,
        CourseState.PUBLISHED,
    ]


def test_a_course_fits_its_room(programme: Programme, provider: Provider, venue: Venue, room: Room) -> None:
    elsewhere = make_room(make_venue(provider))
    course = make_course(programme, provider=provider, venue=venue, room=room, capacity=12)
    course.capacity = 13
    refused_as("courses_course_fits_its_room", course.save)
    course.capacity, course.room = 12, elsewhere
    refused_as("courses_course_fits_its_room", course.save)
    room.capacity = 11
    refused_as("courses_room_holds_its_courses", room.save)
    Course.objects.filter(pk=course.pk).update(capacity=11)
    room.save()


@pytest.mark.parametrize(
    ("refusal", "words", "field"),
    [
        (TrainerIsTaken, "Tess already teaches on", "trainers"),
        (RoomIsTaken, "Room 1 is already used on", "room"),
    ],
)
def test_a_clash_is_told_with_whom_and_when(
    programme: Programme, provider: Provider, venue: Venue, room: Room, refusal: type[Refusal], words: str, field: str
) -> None:
    trainer = make_trainer(provider, name="Tess")
    draft(provider, programme, venue, room=room, trainers=[trainer])
    fields: dict[str, Any] = {"trainers": [trainer]} if refusal is TrainerIsTaken else {"room": room}
    with pytest.raises(refusal, match=words) as told:
        draft(provider, programme, venue, **fields)
    assert told.value.field == field
    assert Course.objects.count() == 1


def test_the_room_is_of_the_venue_and_large_enough(
    programme: Programme, provider: Provider, venue: Venue, room: Room
) -> None:
    with pytest.raises(RoomIsTooSmall, match="The room has 12 places"):
        draft(provider, programme, venue, room=room, capacity=13)
    for place in (None, make_venue(provider)):
        with pytest.raises(RoomIsElsewhere):
            draft(provider, programme, place, room=room)  # type: ignore[arg-type]
    assert draft(provider, programme, venue, room=room).room == room


def test_the_form_offers_ones_own_rooms_and_tells_a_clash_beside_the_field(
    client: Client, programme: Programme, provider: Provider, venue: Venue, room: Room
) -> None:
    make_room(make_venue(), name="Not theirs")
    trainer = make_trainer(provider, name="Tess")
    course = draft(provider, programme, venue, room=room)
    sign_in(client, administrator_of(provider))
    page = client.get("/provider/courses/new/").content.decode()
    assert ("Town hall: Room 1 (12 places)" in page, "Not theirs" in page) == (True, False)
    day = clock.day_of(course.first_starts_at)
    typed = {
        "programme": programme.public_id, "venue": venue.public_id, "room": room.public_id, "language": "en-gb",
        "capacity": "12", "price": "85", "first_on_day": day.day, "first_on_month": day.month, "first_on_year": day.year,
        "first_at": "12:59", "on_holidays": "on", "trainers": [str(trainer.pk)],
    }  # fmt: skip
    answer = client.post("/provider/courses/new/", typed)
    assert (answer.status_code, answer.context["form"].errors.get("room") is not None) == (422, True)
    assert "Room 1 is already used" in answer.content.decode()
    assert client.post("/provider/courses/new/", {**typed, "first_at": "13:00"}).status_code == 303


def administrator_of(provider: Provider) -> User:
    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
