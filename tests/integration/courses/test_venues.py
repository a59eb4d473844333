"""Venues with access facts and rooms: kept by the provider's administrators, told to participants in plain words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Provider, Room, Venue
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.places import locate
from diversion.referrals.enums import ReferralState
from tests.factories import (
    make_booking,
    make_course,
    make_provider,
    make_referral,
    make_requirement,
    make_room,
    make_user,
    make_venue,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
VENUES = "/provider/venues/"
TYPED = {
    "name": "Mill Street Centre", "address": "10 Mill Street, Manchester", "postcode": "M4 6AB", "nation": "england-and-wales",
    "parking": "on", "quiet_room": "on", "access_words": "Ring the bell.", "transport_words": "Bus 42 stops outside.",
}  # fmt: skip


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def administrator(provider: Provider, client: Client) -> Client:
    return sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))


def test_a_venue_is_added_placed_by_its_postcode_and_changed(administrator: Client, provider: Provider) -> None:
    answer = administrator.post(f"{VENUES}new/", TYPED)
    venue = Venue.objects.get(provider=provider)
    assert (answer.status_code, answer["Location"]) == (303, f"{VENUES}{venue.public_id}/")
    manchester = locate("M4")
    assert manchester is not None
    assert (venue.latitude, venue.longitude) == (manchester.latitude, manchester.longitude)
    assert (venue.step_free, venue.parking, venue.quiet_room) == (False, True, True)
    page = administrator.get(answer["Location"]).content.decode()
    assert ("Parking, Quiet room" in page, "Bus 42 stops outside." in page) == (True, True)
    change = f"{VENUES}{venue.public_id}/change/"
    assert "Ring the bell." in administrator.get(change).content.decode()
    for _ in range(2):
        administrator.post(change, {**TYPED, "postcode": "LS1 6BY", "nation": "scotland"})
    event = AuditEvent.objects.get(subject_id=venue.pk, action="venue.changed")
    assert event.data == {"fields": ["latitude", "longitude", "nation", "postcode"]}


@pytest.mark.parametrize(
    ("broken", "words"),
    [({"postcode": "QQ9 9QQ"}, "Enter a full postcode"), ({"name": ""}, "Enter "), ({"nation": "mars"}, "not one of")],
)
def test_what_is_wrong_is_told_beside_the_field(administrator: Client, broken: dict[str, str], words: str) -> None:
    answer = administrator.post(f"{VENUES}new/", {**TYPED, **broken})
    assert (answer.status_code, words in answer.content.decode(), Venue.objects.count()) == (422, True, 0)


def test_rooms_are_added_and_keep_their_courses(administrator: Client, provider: Provider) -> None:
    venue = make_venue(provider)
    new = f"{VENUES}{venue.public_id}/rooms/new/"
    assert administrator.post(new, {"name": "Blue room", "capacity": "12"}).status_code == 303
    again = administrator.post(new, {"name": "Blue room", "capacity": "12"})
    assert (again.status_code, "already has a room of that name" in again.content.decode()) == (422, True)
    room = Room.objects.get(venue=venue)
    course = make_course(provider=provider, venue=venue, room=room, capacity=10)
    change = f"/provider/rooms/{room.public_id}/"
    refused = administrator.post(change, {"name": "Blue room", "capacity": "9"})
    assert (refused.status_code, "has 10 places" in refused.content.decode()) == (422, True)
    Course.objects.filter(pk=course.pk).update(
        first_starts_at=clock.now() - timedelta(days=2), last_ends_at=clock.now() - timedelta(days=1)
    )
    assert administrator.post(change, {"name": "Green room", "capacity": "9"}).status_code == 303
    room.refresh_from_db()
    assert (room.name, room.capacity) == ("Green room", 9)


def test_another_providers_venues_do_not_exist(administrator: Client) -> None:
    other = make_room(make_venue(name="Elsewhere"))
    assert "Elsewhere" not in administrator.get(VENUES).content.decode()
    for path in (f"{VENUES}{other.venue.public_id}/", f"{VENUES}{other.venue.public_id}/change/",
                 f"{VENUES}{other.venue.public_id}/rooms/new/", f"/provider/rooms/{other.public_id}/"):  # fmt: skip
        assert administrator.get(path).status_code == 404


@pytest.mark.parametrize("booked", [False, True])
def test_participants_read_how_to_get_there_and_in(client: Client, booked: bool) -> None:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    facts: dict[str, Any] = {
        "access_words": "Ring <the> bell.",
        "transport_words": "Bus 42 stops outside.",
        "hearing_loop": True,
    }
    provider = make_provider(requirement.programme)
    room = make_room(make_venue(provider, **facts), name="Blue room")
    course = make_course(requirement.programme, provider=provider, venue=room.venue, room=room)
    path = f"/my/courses/{course.public_id}/"
    if booked:
        path = f"/my/bookings/{make_booking(course, requirement).public_id}/"
    html = sign_in(client, requirement.referral.participant.user).get(path).content.decode()
    expected = ("Bus 42 stops outside.", "No steps, Hearing loop<br>Ring &lt;the&gt; bell.", "Blue room, Town hall")
    assert [words for words in expected if words not in html] == []
