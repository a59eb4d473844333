"""The trainer's pages."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.enums import BookingState, CourseState
from courses.models import Attendance, Session
from courses.services.booking import hold_place
from diversion.accounts.enums import Role
from diversion.audit.models import AccessEvent
from diversion.core import clock
from tests.factories import make_course, make_participant, make_session, make_trainer, make_user
from tests.integration.register.registers import first_session, make_running_course, seat, trainer_of, typed
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def running():
    """A session under way with two people, its trainer signed in."""
    course = make_running_course(people=2)
    session = first_session(course)
    return session, list(course.bookings.order_by("pk")), sign_in(Client(), trainer_of(session))


def url(session: Session, name: str = "register-mark") -> str:
    return reverse(name, args=[session.public_id])


def test_everyone_attended_in_one_post(running):
    session, bookings, client = running
    answer = client.post(url(session), typed(*bookings))
    assert (answer.status_code, answer["Location"]) == (303, url(session, "register-show"))
    assert set(Attendance.objects.values_list("outcome", "identity_seen")) == {("ATTC", "passport")}
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "Attended" in page.content.decode()


def test_own_marks_win_over_everyone_else(running):
    session, (one, two), client = running
    k1, k2 = one.public_id, two.public_id
    fields = {
        f"outcome-{k1}": "REFL", f"late-{k1}": "25", f"identity-{k1}": "driving-licence",
        f"identity-{k2}": "known", f"late-{k2}": "3",
    }  # fmt: skip
    assert client.post(url(session), typed(one, two, **fields)).status_code == 303
    rows = {mark.booking_id: (mark.outcome, mark.identity_seen, mark.minutes_late) for mark in Attendance.objects.all()}
    assert rows == {one.pk: ("REFL", "driving-licence", 25), two.pk: ("ATTC", "known", 3)}


def test_who_did_not_come_showed_nothing_whatever_everyone_else_showed(running):
    session, (one, two), client = running
    client.post(url(session), typed(one, two, **{f"outcome-{one.public_id}": "UAAB"}))
    assert Attendance.objects.get(booking=one).identity_seen == "not-seen"


def test_sending_twice_shows_what_was_sent_the_first_time(running):
    session, (one, two), client = running
    client.post(url(session), typed(one, two))
    again = client.post(url(session), typed(one, two, **{f"outcome-{one.public_id}": "UAAB"}))
    assert (again.status_code, again["Location"]) == (303, url(session, "register-show"))
    assert Attendance.objects.filter(outcome="ATTC").count() == 2
    assert client.get(url(session))["Location"] == url(session, "register-show")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sure": ""}, "Tick the box to say that this is what happened"),
        ({"identity": ""}, "Choose what 2 people showed to prove who they are"),
        ({"everyone_else": ""}, "Say what happened with Sam E"),
        ({"everyone_else": "", "outcome": "ATTC", "identity": ""}, "Choose what Sam E"),
        ({"outcome": "REFL"}, "Say how many minutes late Sam E"),
        ({"outcome": "UAAB", "late": "5"}, "did not come: leave the minutes late empty"),
        ({"outcome": "UAAB", "seen": "passport"}, "did not come: leave the identity empty"),
        ({"outcome": "REFL", "late": "1400"}, "cannot have come later than now"),
        ({"outcome": "REFL", "late": "soon"}, "Minutes must be a whole number"),
        ({"outcome": "REFL", "late": "-3"}, "Minutes must be a whole number"),
        ({"outcome": "AAME"}, "Choose one of the outcomes shown"),
    ],
)
def test_what_is_wrong_is_said_beside_the_line_and_nothing_is_lost(running, fields, words):
    session, (one, two), client = running
    key = one.public_id
    names = {"outcome": f"outcome-{key}", "late": f"late-{key}", "seen": f"identity-{key}"}
    other = {f"outcome-{two.public_id}": "AFTC", f"identity-{two.public_id}": "known"} if "identity" not in fields else {}
    answer = client.post(url(session), typed(one, two, **{names.get(k, k): v for k, v in fields.items()}, **other))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) >= 2  # in the summary and beside the field
    assert "<title>Error: Register" in page
    if other:
        assert f'value="AFTC" aria-describedby="id_outcome-{two.public_id}_2_hint" checked' in page.replace(
            "_4_hint", "_2_hint"
        )
        assert '<option value="known" selected>' in page
    if fields.get("late"):
        assert f'value="{fields["late"]}"' in page
    assert not Attendance.objects.exists()


def test_nobody_is_marked_by_everyone_else_who_was_not_on_the_page(running):
    session, (one, two), client = running
    answer = client.post(url(session), typed(one, two, shown=[one]))
    assert answer.status_code == 422
    assert "Say what happened with Sam E" in answer.content.decode()
    assert not Attendance.objects.exists()


def test_a_full_room_left_unmarked_is_one_sentence_not_thirty():
    course = make_running_course(people=30)
    session = first_session(course)
    client = sign_in(Client(), trainer_of(session))
    page = client.post(url(session), typed(*course.bookings.all(), everyone_else="", sure="")).content.decode()
    assert page.count("30 people are not marked") == 2
    assert "Say what happened with" not in page


def test_the_register_shows_first_name_and_initial_and_needs_and_nothing_else(running):
    session, _, client = running
    participant = make_participant(given_names="Olwen Mair", family_name="Pritchard", needs=["bsl"], needs_notes="private")
    seat(session.course, participant=participant)
    page = client.get(url(session)).content.decode()
    assert "Olwen P" in page
    assert "British Sign Language" in page
    for hidden in ("Pritchard", "Mair", "private", participant.email, "1990"):
        assert hidden not in page


def test_two_who_read_alike_are_told_apart():
    course = make_running_course(people=0)
    bookings = [seat(course, participant=make_participant(family_name=name)) for name in ("Evans", "Ellis")]
    session = first_session(course)
    client = sign_in(Client(), trainer_of(session))
    pages = [client.get(url(session)), client.get(reverse("concern-raise", args=[session.public_id]))]
    client.post(url(session), typed(*bookings))
    pages.append(client.get(reverse("register-show", args=[session.public_id])))
    for booking in bookings:
        name = f"Sam E ({booking.requirement.referral.reference[-4:]})"
        assert [name in page.content.decode() for page in pages] == [True] * 3


def test_reading_a_register_is_recorded_once_with_everybody_on_it(running):
    session, bookings, client = running
    client.get(url(session))
    event = AccessEvent.objects.get(route="register-mark")
    assert set(event.participants) == {booking.requirement.referral.participant_id for booking in bookings}
    client.post(url(session), typed(*bookings))
    client.get(url(session, "register-show"))
    assert set(AccessEvent.objects.get(route="register-show").participants) == set(event.participants)


def test_before_it_opens_the_page_names_nobody_and_takes_nothing():
    course = make_running_course(started=-timedelta(minutes=40))
    session = first_session(course)
    client = sign_in(Client(), trainer_of(session))
    for answer in (client.get(url(session)), client.post(url(session), typed(*course.bookings.all()))):
        assert "The register opens on" in answer.content.decode()
        assert "Sam" not in answer.content.decode()
    assert not Attendance.objects.exists()
    assert not AccessEvent.objects.exists()


def test_between_opening_and_start_it_can_be_filled_in_but_not_sent():
    course = make_running_course(started=-timedelta(minutes=20))
    session = first_session(course)
    client = sign_in(Client(), trainer_of(session))
    assert "Send it after the session starts" in client.get(url(session)).content.decode()
    answer = client.post(url(session), typed(*course.bookings.all()))
    assert (answer.status_code, Attendance.objects.count()) == (422, 0)
    assert "The session starts on" in answer.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.TRAINER, Role.PROVIDER_ADMINISTRATOR}])
def test_other_roles_do_not_find_the_register(running, role):
    session, bookings, _ = running
    client = sign_in(Client(), make_user(role))
    for name in ("register-mark", "register-show"):
        assert client.get(url(session, name)).status_code == 404
        assert client.post(url(session, name), typed(*bookings)).status_code == 404
    assert client.get(reverse("session-list")).status_code == 404


def test_a_trainer_of_another_session_and_another_providers_people_do_not_find_it(running):
    session, bookings, _ = running
    provider = session.course.provider
    elsewhere = make_running_course()
    strangers = [
        make_trainer(provider, make_session(session.course, 2, session.starts_at)),
        trainer_of(first_session(elsewhere)),
        make_user(Role.PROVIDER_ADMINISTRATOR, elsewhere.provider.organisation),
    ]
    for stranger in strangers:
        client = sign_in(Client(), stranger)
        assert client.get(url(session)).status_code == 404
        assert client.post(url(session), typed(*bookings)).status_code == 404
    assert not Attendance.objects.exists()


def test_an_administrator_may_mark_any_register_of_the_provider(running):
    session, bookings, _ = running
    client = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, session.course.provider.organisation))
    assert client.post(url(session), typed(*bookings)).status_code == 303


def test_a_cancelled_course_has_no_register(running):
    session, _, client = running
    type(session.course).objects.filter(pk=session.course_id).update(state=CourseState.CANCELLED)
    assert client.get(url(session)).status_code == 404


@pytest.mark.parametrize("address", ["%00", "x" * 300, "no-such"])
def test_a_strange_address_is_not_found(running, address):
    assert running[2].get(f"/provider/sessions/{address}/register/").status_code == 404


@time_machine.travel(clock.london(clock.today(), 12))
def test_the_list_puts_what_is_late_first_then_today_then_next_then_sent():
    now = clock.now()
    course = make_course(starts_in=timedelta(days=1))
    Session.objects.all().delete()
    hours = {"late": -30, "today": 1, "next": 20, "sent": -26}
    made = {word: make_session(course, n, now + timedelta(hours=h)) for n, (word, h) in enumerate(hours.items(), 1)}
    trainer = make_trainer(course.provider, *made.values())
    Session.objects.filter(pk=made["sent"].pk).update(register_submitted_at=now, register_submitted_by=trainer)
    page = sign_in(Client(), trainer).get(reverse("session-list")).content.decode()
    places = [page.index(session.public_id) for session in made.values()]
    assert places == sorted(places)
    headings = ["Register still to send", "Today’s sessions", "Next", "Sent"]
    assert [page.index(words) for words in headings] == sorted(page.index(words) for words in headings)


def test_a_trainer_sees_their_own_sessions_and_an_administrator_the_providers(running):
    session, _, client = running
    other = make_running_course()
    colleague = make_running_course()
    type(colleague).objects.filter(pk=colleague.pk).update(provider=session.course.provider)
    for user, seen in (
        (None, [1, 0, 0]),
        (make_user(Role.PROVIDER_ADMINISTRATOR, session.course.provider.organisation), [1, 1, 0]),
    ):
        page = (sign_in(Client(), user) if user else client).get(reverse("session-list")).content.decode()
        sessions = [session, first_session(colleague), first_session(other)]
        assert [page.count(each.public_id) for each in sessions] == seen


def test_nothing_to_show_says_what_to_do():
    page = sign_in(Client(), make_user(Role.TRAINER)).get(reverse("session-list")).content.decode()
    assert "No sessions to show" in page


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_register_costs_the_same_for_one_and_for_thirty():
    costs = []
    for people in (1, 30):
        course = make_running_course(people=people)
        session = first_session(course)
        client = sign_in(Client(), trainer_of(session))
        costs.append(queries(client, url(session)))
        client.post(url(session), typed(*course.bookings.all()))
        costs.append(queries(client, url(session, "register-show")))
    assert costs[0] == costs[2]
    assert costs[1] == costs[3]


def test_the_list_costs_the_same_for_one_and_for_thirty_and_comes_in_pages():
    costs = []
    for number in (1, 30):
        course = make_course(starts_in=timedelta(hours=2))
        first = first_session(course)
        # Nobody teaches two at once: a minute each, one after the other.
        times = [first.ends_at + timedelta(minutes=n) for n in range(2, number + 1)]
        extra = [make_session(course, n, at, ends_at=at + timedelta(minutes=1)) for n, at in enumerate(times, start=2)]
        client = sign_in(Client(), make_trainer(course.provider, first, *extra))
        costs.append(queries(client, reverse("session-list")))
        assert client.get(reverse("session-list")).content.decode().count("app-sessions__item") == min(number, 25)
    assert costs[0] == costs[1]


def test_a_held_place_is_not_on_the_register():
    course = make_running_course(started=-timedelta(minutes=10))
    requirement = seat(make_running_course()).requirement
    requirement.bookings.all().update(state=BookingState.CANCELLED_BY_AGENCY)
    type(requirement).objects.filter(pk=requirement.pk).update(programme=course.programme)
    requirement.refresh_from_db()
    trainer = trainer_of(first_session(course))
    hold_place(course=course, requirement=requirement, by=trainer.as_actor(), at=clock.now())
    page = sign_in(Client(), trainer).get(url(first_session(course))).content.decode()
    assert page.count("app-line__name") == 1
