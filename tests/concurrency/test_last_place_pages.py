"""Two hundred people press the same button for the last place, each in a browser of their own: one yes, 199 clear refusals, no fault."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from courses.models import Booking, Course
from courses.services.booking import CourseIsFull
from diversion.compliance.invariants import broken
from diversion.referrals.models import Requirement
from tests.concurrency.test_last_place import at_once, people, taken_and_live  # noqa: F401

WORDS = str(CourseIsFull.sentence)
pytestmark = pytest.mark.usefixtures("committed_db")


def told(client: Client) -> list[str]:
    """What the next page will say to them."""
    request = HttpRequest()
    request.COOKIES["messages"] = client.cookies["messages"].value
    return [str(message) for message in CookieStorage(request)]


def press(client: Client, course: Course, answers: list[tuple[Client, int, str]]) -> Callable[[], Any]:
    def pressed() -> bool:
        answer = client.post(reverse("course-check", args=[course.public_id]))
        answers.append((client, answer.status_code, answer.headers.get("Location", "")))
        return "/pay/" in answers[-1][2]

    return pressed


def test_two_hundred_browsers_for_the_last_place(people: Callable[[int], tuple[Course, list[Requirement]]]) -> None:  # noqa: F811
    course, wanting = people(200)
    clients = [Client(raise_request_exception=False) for _ in wanting]
    for client, requirement in zip(clients, wanting, strict=True):
        client.force_login(requirement.referral.participant.user)  # type: ignore[union-attr, arg-type]
    answers: list[tuple[Client, int, str]] = []
    pressed = Counter(at_once([press(client, course, answers) for client in clients]))
    assert pressed == {"yes": 1, "no": 199}
    assert {status for _, status, _ in answers} == {303}
    # The words wait in a cookie for the next page. One of the pages is looked at: two hundred say nothing more and take a minute.
    refused = [client for client, _, location in answers if "/pay/" not in location]
    assert [told(each) for each in refused] == [[WORDS]] * 199
    assert WORDS in refused[0].get(reverse("course-find")).content.decode()
    assert taken_and_live(course) == (1, 1)
    assert Booking.objects.count() == 1
    assert [rule for rule in broken() if "places" in rule] == []
