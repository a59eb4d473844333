"""Before a provider cancels a course the page says what follows, and for how many nothing else would be in time."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course
from courses.queries.unreachable import people_out_of_reach
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.referrals.enums import Need
from diversion.referrals.models import Requirement
from tests.factories import make_booking, make_course, make_needing, make_user
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
IN_FOUR_WEEKS = timedelta(weeks=4)


def finish_by(requirement: Requirement, day: int) -> Requirement:
    requirement.book_by, requirement.complete_by = clock.today(), clock.today() + timedelta(days=day)
    requirement.save(update_fields=["book_by", "complete_by"])
    return requirement


def people(course: Course, *days: int, needs: tuple[str, ...] = ()) -> None:
    """With a place on the course, and so many days left to finish."""
    for day in days:
        make_booking(course, finish_by(make_needing(course.programme, *needs), day))


def administrator(course: Course) -> Client:
    return sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation))


def words(client: Client, course: Course) -> str:
    page = client.get(reverse("course-cancel", args=[course.public_id])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_those_whose_date_comes_before_every_other_course_are_counted() -> None:
    course = make_course()
    people(course, 20, 21, 60)
    make_course(course.programme, starts_in=IN_FOUR_WEEKS)
    assert people_out_of_reach(course, at=clock.now()) == 2
    assert "For 2 of them no other course with a place ends by their date." in words(administrator(course), course)


def test_with_another_course_in_time_for_all_it_says_so() -> None:
    course = make_course()
    people(course, 60)
    make_course(course.programme, starts_in=IN_FOUR_WEEKS)
    assert "For each of them there is another course with a place" in words(administrator(course), course)


def test_where_nobody_has_a_place_nobody_is_spoken_of() -> None:
    course = make_course()
    said = words(administrator(course), course)
    assert "Nobody has a place, and nobody is told." in said
    assert "of them" not in said


def test_a_course_that_does_not_meet_their_needs_is_no_other_course() -> None:
    course = make_course(single_sex=True)
    people(course, 60, needs=(Need.SINGLE_SEX,))
    people(course, 60)
    make_course(course.programme, starts_in=IN_FOUR_WEEKS)
    assert people_out_of_reach(course, at=clock.now()) == 1


def test_a_full_course_is_no_other_course() -> None:
    course = make_course()
    people(course, 60)
    make_course(course.programme, starts_in=IN_FOUR_WEEKS, capacity=1, taken=1)
    assert people_out_of_reach(course, at=clock.now()) == 1


def test_the_page_asks_as_much_for_a_full_room_as_for_one_person() -> None:
    course = make_course(capacity=30)
    client = administrator(course)
    asked = []
    for more in (1, 20):
        people(course, *[60] * more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            words(client, course)
        asked.append(len(queries))
    assert asked[0] == asked[1]
