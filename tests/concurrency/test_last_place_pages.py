"""Two hundred people press the same button for the last place, each in a browser of their own: one yes, 199 clear refusals, no fault."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Booking, Course
from diversion.compliance.invariants import broken
from diversion.referrals.models import Requirement
from tests.concurrency.test_last_place import at_once, people, taken_and_live  # noqa: F401

pytestmark = pytest.mark.usefixtures("committed_db")


def press(client: Client, course: Course, outcomes: list[tuple[int, str]]) -> Callable[[], Any]:
    def pressed() -> bool:
        answer = client.post(reverse("course-check", args=[course.public_id]))
        shown = client.get(answer["Location"]).content.decode() if answer.status_code == 303 else ""
        outcomes.append((answer.status_code, shown))
        return "/pay/" in answer.headers.get("Location", "")

    return pressed


def test_two_hundred_browsers_for_the_last_place(people: Callable[[int], tuple[Course, list[Requirement]]]) -> None:  # noqa: F811
    course, wanting = people(200)
    clients = [Client(raise_request_exception=False) for _ in wanting]
    for client, requirement in zip(clients, wanting, strict=True):
        client.force_login(requirement.referral.participant.user)  # type: ignore[union-attr, arg-type]
    outcomes: list[tuple[int, str]] = []
    answers = Counter(at_once([press(client, course, outcomes) for client in clients]))
    assert answers == {"yes": 1, "no": 199}
    assert {status for status, _ in outcomes} == {303}
    assert sum("Somebody took the last place on this course" in shown for _, shown in outcomes) == 199
    assert taken_and_live(course) == (1, 1)
    assert Booking.objects.count() == 1
    assert [rule for rule in broken() if "places" in rule] == []
