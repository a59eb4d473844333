"""What `make bench` measures on can still be made, and its pages still open: a bench that rots says nothing."""

import pytest
from django.test import Client

from bench.bookings import measure_bookings
from bench.world import World, make_world
from courses.models import Course
from tests.integration.signed_in import sign_in


@pytest.fixture
def world(committed_db: None) -> World:
    return make_world(cases=12, buyers=6, open_courses=84)


def test_the_world_of_the_bench_is_made_and_its_pages_open(world: World) -> None:
    open_courses = Course.objects.filter(public_id__regex=r"^c[0-9]+$")
    assert open_courses.count() == 84
    assert open_courses.filter(venue=None).count() == 21
    assert open_courses.filter(programme=world.course.programme).count() == 14
    for path, user in [
        ("/my/courses/", world.participant),
        ("/agency/cases/", world.officer),
        (f"/provider/sessions/{world.register.public_id}/register/", world.trainer),
    ]:
        assert sign_in(Client(), user).get(path).status_code == 200, path


def test_whole_bookings_are_measured(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.bookings.N", 2)
    assert [figure.name for figure in measure_bookings(world)] == [
        "bookings confirmed, one connection",
        "hold: queries",
        "whole booking: queries",
    ]
