"""Twenty thousand open courses: the search reads an index, never the whole table."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from courses.models import Course
from courses.queries.search import Criteria, courses_that_fit, full_courses
from courses.queries.waiting import courses_to_offer
from diversion.core import clock
from diversion.referrals.models import Requirement
from tests.conftest import wipe
from tests.factories import make_course, make_programme, make_requirement, make_wait

COURSES = 20_000
PROGRAMMES = 6


@pytest.fixture(scope="module")
def requirement(django_db_setup: None, django_db_blocker: Any) -> Iterator[Requirement]:
    """Made once for the file, as it takes a while. Wiped afterwards."""
    with django_db_blocker.unblock():
        try:
            yield country()
        finally:
            connections["default"].close()
            wipe()


def country() -> Requirement:
    """Twenty thousand courses of six programmes over a year at sixty venues, two in seven full; and somebody who needs one."""
    requirement = make_requirement()
    programmes = [requirement.programme, *(make_programme() for _ in range(PROGRAMMES - 1))]
    course = make_course(requirement.programme)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO courses_venue (id, public_id, provider_id, name, address, postcode, latitude, longitude, step_free, access_words, nation,
                parking, hearing_loop, accessible_toilet, quiet_room, transport_words)
            SELECT gen_random_uuid(), 'v' || n, provider_id, name, address, postcode, 50 + n * 0.13, -4 + n * 0.07, n %% 2 = 0, '', nation,
                parking, hearing_loop, accessible_toilet, quiet_room, transport_words
            FROM courses_venue, generate_series(1, 60) n WHERE courses_venue.id = %s
            """,
            [course.venue_id],
        )
        cursor.execute(
            """
            INSERT INTO courses_course (id, public_id, state, provider_id, programme_id, venue_id, language, single_sex,
                                        capacity, taken, price_pence, first_starts_at, last_ends_at, evening_or_weekend)
            SELECT gen_random_uuid(), 'c' || n, 'published', provider_id, (%s::uuid[])[n %% %s + 1],
                   CASE WHEN n %% 4 > 0 THEN (SELECT id FROM courses_venue WHERE public_id = 'v' || (n %% 60 + 1)) END,
                   'en-gb', false, 10, CASE WHEN n %% 7 < 2 THEN 10 ELSE 4 END, 8500,
                   now() + n * interval '26 minutes' + interval '1 hour', now() + n * interval '26 minutes' + interval '4 hours', n %% 5 = 0
            FROM courses_course, generate_series(1, %s) n WHERE courses_course.id = %s
            """,
            [[programme.pk for programme in programmes], PROGRAMMES, COURSES, course.pk],
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE courses_course, courses_venue, courses_booking, courses_session")
    return requirement


def whole_table_reads(plan: dict[str, Any]) -> list[str]:
    """The tables that a plan reads from end to end."""
    below = [name for part in plan.get("Plans", []) for name in whole_table_reads(part)]
    return [plan["Relation Name"], *below] if plan["Node Type"] == "Seq Scan" else below


@pytest.mark.parametrize("near", ["", "Manchester"])
def test_the_search_reads_no_large_table_from_end_to_end(requirement: Requirement, near: str) -> None:
    at = clock.now()
    page = courses_that_fit(requirement=requirement, criteria=Criteria(near=near), at=at)[:10]
    plan = json.loads(page.explain(format="json", analyze=True))[0]
    print(near or "soonest", plan["Execution Time"], "ms")
    assert "courses_course" not in whole_table_reads(plan["Plan"])
    assert Course.objects.count() > COURSES
    assert len(page) == 10


def plan_of(rows: Any) -> list[str]:
    """What the database reads from end to end for these rows."""
    return whole_table_reads(json.loads(rows.explain(format="json", analyze=True))[0]["Plan"])


@pytest.mark.parametrize(
    "asked",
    [
        {"starts_from": clock.today() + timedelta(days=30), "ends_by": clock.today() + timedelta(days=60)},
        {"when": "weekend", "near": "M14"},
        {"how": "online", "language": "en-gb"},
    ],
)
def test_with_filters_and_for_full_courses_it_reads_no_large_table_either(
    requirement: Requirement, asked: dict[str, Any]
) -> None:
    common = {"requirement": requirement, "criteria": Criteria(**asked), "at": clock.now()}
    found, full = courses_that_fit(**common)[:10], full_courses(**common)
    assert ["courses_course" in plan_of(rows) for rows in (found, full)] == [False, False]
    assert [len(found), len(full)] == [10, 5]


def test_nor_does_the_minute_that_offers_free_places(requirement: Requirement) -> None:
    make_wait(None, requirement)
    make_wait(None, make_requirement(), online_ok=True, latitude=53.48, longitude=-2.24, miles=20)
    assert "courses_course" not in plan_of(courses_to_offer(at=clock.now())[:200])
