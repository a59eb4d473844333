"""A participant's waiting lists: from a full course, from "none fits", on their own page, and leaving."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.enums import WaitingState as W
from courses.models import Booking, Course, WaitingEntry
from courses.services.waiting_offers import sweep
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.models import Requirement
from tests.factories import make_course, make_full_course, make_needing, make_requirement, make_venue, make_wait

pytestmark = pytest.mark.django_db
ANY = "/my/waiting/any/"
RULE = "People who have no other course they could finish in time come first. After that, whoever joined first."
NOT_THE_DATE = "Being on a waiting list does not change the date you must finish by."


@pytest.fixture
def requirement() -> Requirement:
    return make_requirement()


@pytest.fixture
def me(requirement: Requirement, client: Client) -> Client:
    client.force_login(requirement.referral.participant.user)  # type: ignore[union-attr, arg-type]
    return client


@pytest.fixture
def full(requirement: Requirement) -> Course:
    return make_full_course(requirement.programme)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def join_url(course: Course) -> str:
    return reverse("waiting-join", args=[course.public_id])


def test_a_full_course_stands_apart_and_leads_to_its_list(me: Client, full: Course) -> None:
    answer = me.get("/my/courses/")
    assert (answer.context["cards"], [card["course"] for card in answer.context["full"]]) == ([], [full])
    assert join_url(full) in answer.content.decode()


def test_joining_says_the_rule_and_the_place_in_line_and_warns_of_the_date(
    me: Client, full: Course, requirement: Requirement
) -> None:
    make_wait(full, joined_at=clock.now() - timedelta(hours=1))
    html = page(me, join_url(full))
    assert [RULE in html, NOT_THE_DATE in html, "1 person is before you in line." in html] == [True, True, True]
    assert me.post(join_url(full)).status_code == 303
    me.post(join_url(full))
    entry = WaitingEntry.objects.get(requirement=requirement)
    home = page(me, "/my/")
    assert ["1 person is before you in line." in home, NOT_THE_DATE in home] == [True, True]
    assert reverse("waiting-leave", args=[entry.public_id]) in home


def test_a_course_with_a_place_leads_to_the_place(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme)
    assert me.post(join_url(course))["Location"] == reverse("course-check", args=[course.public_id])


def test_a_course_of_another_programme_has_no_list(me: Client) -> None:
    other = make_full_course(make_requirement().programme)
    assert [me.get(join_url(other)).status_code, me.post(join_url(other)).status_code] == [404, 404]


def test_a_course_that_is_not_for_them_is_not_shown_and_is_refused_without_a_reason(client: Client) -> None:
    requirement = make_needing(make_requirement().programme, "step-free")
    client.force_login(requirement.referral.participant.user)  # type: ignore[union-attr, arg-type]
    steps = make_full_course(requirement.programme, venue=make_venue(step_free=False))
    assert list(client.get("/my/courses/").context["full"]) == []
    answer = client.post(join_url(steps), follow=True)
    assert "You cannot book this course any more. Choose another course." in answer.content.decode()
    assert WaitingEntry.objects.count() == 0


def test_any_course_near_a_place(me: Client, requirement: Requirement) -> None:
    assert RULE in page(me, ANY)
    answer = me.post(ANY, {"place": "Leeds", "miles": "20", "online_ok": "on"})
    assert (answer.status_code, answer["Location"]) == (303, "/my/")
    assert "Any course within 20 miles of Leeds, or online" in page(me, "/my/")
    me.post(ANY, {"place": "", "miles": "20", "online_ok": "on"})
    assert "Any online course" in page(me, "/my/")
    assert WaitingEntry.objects.filter(requirement=requirement).count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"place": "Nowhere upon Nothing", "miles": "20"}, "place", "We do not know that place"),
        ({"place": "", "miles": "20"}, "place", "Enter a postcode or town, or say that online is fine"),
        ({"place": "Leeds", "miles": "7"}, "miles", "7 is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(me: Client, typed: dict[str, str], field: str, words: str) -> None:
    answer = me.post(ANY, typed)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert typed["place"] in answer.content.decode()


def test_courses_with_places_are_shown_instead(me: Client, requirement: Requirement) -> None:
    make_course(requirement.programme)
    answer = me.post(ANY, {"place": "Manchester", "miles": "20"}, follow=True)
    assert "There are courses like that with places. Choose one of them." in answer.content.decode()


def test_leaving_asks_first_and_twice_is_once(me: Client, full: Course, requirement: Requirement) -> None:
    entry = make_wait(full, requirement)
    url = reverse("waiting-leave", args=[entry.public_id])
    assert "Do you want to leave this waiting list?" in page(me, url)
    assert [me.post(url).status_code, me.post(url).status_code] == [303, 303]
    entry.refresh_from_db()
    assert entry.state == W.LEFT
    assert "You are waiting for a place" not in page(me, "/my/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_wait_does_not_exist(me: Client, method: str) -> None:
    theirs = make_wait(make_full_course(make_requirement().programme))
    assert getattr(me, method)(reverse("waiting-leave", args=[theirs.public_id])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == W.JOINED


def test_the_message_leads_to_the_place_and_names_nothing(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme, capacity=1)
    make_wait(course, requirement)
    sweep(at=clock.london(clock.today() + timedelta(days=1), 10))
    booking = Booking.objects.get(requirement=requirement, state=BookingState.HELD)
    message = OutboxMessage.objects.filter(kind="place-offered").first()
    assert message is not None
    context = MESSAGES["place-offered"].context(
        subject_id=message.subject_id, recipient_id=message.recipient_id, at=clock.now()
    )
    assert context is not None
    assert (context["until"], str(context["link"]).endswith(f"/my/bookings/{booking.public_id}/")) == (
        booking.held_until,
        True,
    )
    html = page(me, f"/my/bookings/{booking.public_id}/")
    assert "You waited for this place. Now it is yours to take." in html
    after = MESSAGES["place-offered"].context(
        subject_id=message.subject_id, recipient_id=message.recipient_id, at=booking.held_until
    )
    assert after is None
