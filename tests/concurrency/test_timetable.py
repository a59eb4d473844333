"""Two who write to the timetable at once: real threads, real connections, real commits."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from courses.models import Course, Session, SessionTemplate
from courses.services.scheduling import create_course
from diversion.core import clock
from diversion.core.actor import Actor
from tests.concurrency.test_last_place import at_once
from tests.factories import make_course, make_programme, make_provider, make_room, make_trainer, make_venue

pytestmark = pytest.mark.usefixtures("committed_db")
BY = Actor.system("tests")
TIMES = 8


def outcomes(jobs: list[Callable[[], Any]]) -> Counter[str]:
    return Counter(result.split("(")[0] for result in at_once(jobs))


def test_a_trainer_put_on_eight_sessions_at_once_teaches_one() -> None:
    """Straight to the table, so that the trigger alone stands in the way; without its lock several get through."""
    programme = make_programme()
    provider = make_provider(programme)
    trainer = make_trainer(provider)
    sessions = [make_course(programme, provider=provider).sessions.get() for _ in range(TIMES)]
    assert outcomes([partial(session.trainers.add, trainer) for session in sessions]) == {
        "yes": 1,
        "error: IntegrityError": TIMES - 1,
    }
    assert trainer.sessions.count() == 1


def test_a_room_given_to_eight_courses_at_once_holds_one() -> None:
    programme = make_programme()
    provider = make_provider(programme)
    room = make_room(make_venue(provider))
    courses = [make_course(programme, provider=provider, venue=room.venue) for _ in range(TIMES)]
    give = [partial(Course.objects.filter(pk=course.pk).update, room=room) for course in courses]
    assert outcomes(give) == {"yes": 1, "error: IntegrityError": TIMES - 1}
    assert room.courses.count() == 1


def test_a_session_moved_as_a_trainer_is_put_on_it_never_clashes() -> None:
    """Each alone is fine: the one must wait for the other, and then look again."""
    programme = make_programme()
    provider = make_provider(programme)
    for _ in range(10):
        busy, other = (make_course(programme, provider=provider, sessions=n) for n in (2, 1))
        taught = busy.sessions.get(position=2)
        trainer = make_trainer(provider, taught)
        session = other.sessions.get()
        times = {"starts_at": taught.starts_at, "ends_at": taught.ends_at}
        results = outcomes([
            partial(Session.objects.filter(pk=session.pk).update, **times), partial(session.trainers.add, trainer)
        ])  # fmt: skip
        assert results == {"yes": 1, "error: IntegrityError": 1}


def test_a_new_session_as_its_course_gets_a_room_never_clashes() -> None:
    programme = make_programme()
    provider = make_provider(programme)
    room = make_room(make_venue(provider))
    busy = make_course(programme, provider=provider, venue=room.venue, room=room, sessions=2).sessions.get(position=2)
    for _ in range(10):
        course = make_course(programme, provider=provider, venue=room.venue, starts_in=timedelta(days=70))
        times = {"starts_at": busy.starts_at, "ends_at": busy.ends_at}
        results = outcomes([
            partial(Session.objects.create, course=course, position=2, title="x", **times),
            partial(Course.objects.filter(pk=course.pk).update, room=room),
        ])  # fmt: skip
        assert results == {"yes": 1, "error: IntegrityError": 1}
        Course.objects.filter(pk=course.pk).update(room=None)


def test_the_same_course_drafted_eight_times_at_once_is_refused_in_words() -> None:
    programme = make_programme()
    SessionTemplate.objects.create(programme=programme, position=1, title="Part 1", minutes=180)
    provider = make_provider(programme)
    trainer, room = make_trainer(provider), make_room(make_venue(provider))
    at = clock.now()
    make = partial(
        create_course, provider=provider, programme=programme, venue=room.venue, room=room, language="en-gb", capacity=12,
        price_pence=9250, first_starts_at=clock.london(clock.today() + timedelta(days=20), 10), trainers=[trainer], by=BY,
        at=at,
    )  # fmt: skip
    results = outcomes([make] * TIMES)
    assert results["yes"] == 1
    assert set(results) <= {"yes", "RoomIsTaken", "TrainerIsTaken"}
    assert Course.objects.count() == 1


def test_a_shared_trainer_of_two_providers_is_refused_in_words() -> None:
    """Providers do not wait for each other: the database decides, and its answer becomes a sentence."""
    programme = make_programme()
    SessionTemplate.objects.create(programme=programme, position=1, title="Part 1", minutes=180)
    one, two = make_provider(programme), make_provider(programme)
    trainer = make_trainer(one)
    starts = clock.london(clock.today() + timedelta(days=20), 10)

    def put(provider: Any) -> None:
        from courses.services.clashes import refusing_clashes

        course = make_course(programme, provider=provider)
        session = course.sessions.get()
        with transaction.atomic(), refusing_clashes():
            Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=3))
            session.trainers.add(trainer)

    assert outcomes([partial(put, one), partial(put, two)]) == {"yes": 1, "TrainerIsTaken": 1}
