"""The pages of a search: nothing is counted, and an address that was bent shows a page all the same."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Course
from courses.queries import search
from diversion.referrals.models import Requirement
from tests.factories import make_course, make_requirement

pytestmark = pytest.mark.django_db
FIND = "/my/courses/"


@pytest.fixture
def shown(client: Client) -> Callable[[str], list[Course]]:
    """Of twelve courses, two of them to a page, those on the page with that number, and whether there is one before and after."""
    requirement: Requirement = make_requirement()
    course = make_course(requirement.programme)
    for _ in range(11):
        make_course(requirement.programme, provider=course.provider)
    client.force_login(requirement.referral.participant.user)

    def get(number: str) -> list[Course]:
        page = client.get(FIND, {"page": number, "full": "1"}).context["page"]
        return [page.number, page.has_previous, page.has_next, *page.object_list]

    return get


@pytest.fixture(autouse=True)
def _two_to_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "A_PAGE", 2)
    monkeypatch.setattr(search, "PAGES", 5)


def test_each_page_follows_the_one_before_it(shown: Callable[[str], list[Course]]) -> None:
    soonest = list(Course.objects.order_by("first_starts_at", "pk"))
    assert shown("1") == [1, False, True, *soonest[:2]]
    assert shown("2") == [2, True, True, *soonest[2:4]]
    assert shown("5") == [5, True, False, *soonest[8:10]]


@pytest.mark.parametrize("number", ["0", "-1", "6", "99999999999999999999", "two", "²", "1.5", ""])
def test_where_there_is_no_such_page_it_is_the_first(shown: Callable[[str], list[Course]], number: str) -> None:
    assert shown(number) == shown("1")


def test_a_page_that_is_empty_by_now_is_the_first(shown: Callable[[str], list[Course]]) -> None:
    first = shown("1")[3:]
    Course.objects.exclude(pk__in=[course.pk for course in first]).update(state="closed")
    assert shown("3") == [1, False, False, *first]


def test_the_last_page_leads_back_and_the_first_leads_on(client: Client, shown: Callable[[str], list[Course]]) -> None:
    shown("1")
    first, last = (client.get(FIND, {"page": number}).content.decode() for number in "15")
    assert ['rel="next"' in first, 'rel="prev"' in first] == [True, False]
    assert ['rel="next"' in last, 'rel="prev"' in last] == [False, True]


def test_a_page_of_courses_is_one_query(client: Client, shown: Callable[[str], list[Course]]) -> None:
    shown("1")
    with CaptureQueriesContext(connection) as made:
        client.get(FIND)
    assert len([each for each in made.captured_queries if 'FROM "courses_course"' in each["sql"]]) == 1
