"""The officer sees that the person of a case waits for a place, and nothing of anybody else who waits."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.enums import WaitingState as W
from courses.models.waiting import Area
from courses.presentation import wait_title
from courses.queries.waiting import waits_on_case
from courses.services.waiting import join_for_any, leave_list
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.moments import moment_words
from diversion.core.places import locate
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral, Requirement
from tests.factories import (
    make_agency,
    make_booking,
    make_course,
    make_full_course,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
    make_wait,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
HOUR = timedelta(hours=1)


@pytest.fixture
def officer() -> User:
    return make_user(Role.CASE_OFFICER)


@pytest.fixture
def requirement(officer: User) -> Requirement:
    scheme = make_scheme(officer.membership.organisation)  # type: ignore[union-attr]
    return make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer))


def waits_shown(reader: User, referral: Referral) -> list[dict[str, str]]:
    answer = sign_in(Client(), reader).get(reverse("case-show", args=[referral.public_id]))
    assert answer.status_code == 200, answer
    waits: list[dict[str, str]] = answer.context["waits"]
    assert ("Waiting lists" in answer.content.decode()) == bool(waits)
    return waits


def test_the_case_says_for_what_and_since_when_and_nothing_of_others_in_line(
    officer: User, requirement: Requirement
) -> None:
    course, at = make_full_course(requirement.programme), clock.now()
    make_wait(course, joined_at=at - HOUR)
    entry = make_wait(course, requirement, joined_at=at)
    assert waits_shown(officer, requirement.referral) == [
        {"key": wait_title(entry), "value": f"On the list since {moment_words(at)}."}
    ]


def test_a_wait_near_a_place_names_the_place(officer: User, requirement: Requirement) -> None:
    place = locate("Wigan")
    assert place is not None
    join_for_any(area=Area(place, 20), online_ok=True, requirement=requirement, by=BY, at=clock.now())
    assert [row["key"] for row in waits_shown(officer, requirement.referral)] == [
        "Any course within 20 miles of Wigan, or online"
    ]


@pytest.mark.parametrize(
    ("ends_in", "words"),
    [
        (HOUR, "A place is kept for them until {}."),
        (-HOUR, "A place was kept for them until {}. It goes to the next in line."),
    ],
)
def test_an_offer_says_until_when(officer: User, requirement: Requirement, ends_in: timedelta, words: str) -> None:
    course, at = make_course(requirement.programme), clock.now()
    held = {"held_at": at - 4 * HOUR, "held_until": at + ends_in}
    booking = make_booking(course, requirement, BookingState.HELD, **held)
    make_wait(course, requirement, state=W.OFFERED, booking=booking, offered_at=at - 4 * HOUR, joined_at=at - 5 * HOUR)
    until = moment_words(booking.held_until)
    assert [row["value"] for row in waits_shown(officer, requirement.referral)] == [
        f"On the list since {moment_words(at - 5 * HOUR)}. {words.format(until)}"
    ]


def test_who_left_waits_no_longer_and_the_timeline_says_both(officer: User, requirement: Requirement) -> None:
    entry = join_for_any(area=None, online_ok=True, requirement=requirement, by=BY, at=clock.now())
    leave_list(entry=entry, by=BY, at=clock.now())
    assert waits_shown(officer, requirement.referral) == []
    page = sign_in(Client(), officer).get(reverse("case-show", args=[requirement.referral.public_id])).content.decode()
    assert ["Joined a waiting list" in page, "Left a waiting list" in page] == [True, True]


def test_whoever_does_not_see_the_case_reads_no_wait(officer: User, requirement: Requirement) -> None:
    entry = make_wait(make_full_course(requirement.programme), requirement)
    referral = requirement.referral
    colleague = make_user(Role.CASE_OFFICER, officer.membership.organisation)  # type: ignore[union-attr]
    foreign = make_user(Role.CASE_OFFICER, make_agency())
    assert [list(waits_on_case(referral, reader=each)) for each in (officer, colleague, foreign)] == [[entry], [entry], []]
    Referral.objects.filter(pk=referral.pk).update(restricted=True)
    assert [list(waits_on_case(referral, reader=each)) for each in (officer, colleague)] == [[entry], []]
    answer = sign_in(Client(), colleague).get(reverse("case-show", args=[referral.public_id]))
    assert answer.status_code == 404
