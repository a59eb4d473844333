"""Many at once for few places: real threads, real connections, real commits."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from courses.enums import BookingState
from courses.models import Booking, Course
from courses.services.booking import (
    confirm_place,
    hold_place,
    lapse_holds,
    release_hold,
)
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Requirement
from tests.factories import make_course, make_referral, make_requirement, make_scheme, make_user

pytestmark = pytest.mark.usefixtures("committed_db")
BY = Actor.system("tests")
HALF_AN_HOUR = timedelta(minutes=30)
CLIENTS = 200


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[str]:
    """Run every job in a thread and on a connection of its own, all let go at the same moment; what each came to."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            result = job()
            return "yes" if result is None or result else "no"
        except Refusal as refusal:
            return type(refusal).__name__ if refusal.sentence else "error: refused without a word"
        except Exception as error:
            return f"error: {error!r}"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def people() -> Callable[[int], tuple[Course, list[Requirement]]]:
    """A course with one place, and people who need it."""

    def make(n: int) -> tuple[Course, list[Requirement]]:
        scheme = make_scheme()
        officer = make_user("case-officer", scheme.agency)
        wanting = [make_requirement(make_referral("accepted", scheme=scheme, officer=officer)) for _ in range(n)]
        return make_course(scheme.programme, capacity=1), wanting

    return make


def hold(course: Course, requirement: Requirement, at: datetime) -> Callable[[], Booking]:
    return lambda: hold_place(course=course, requirement=requirement, by=BY, at=at)


def taken_and_live(course: Course) -> tuple[int, int]:
    return Course.objects.get(pk=course.pk).taken, Booking.objects.live().filter(course=course).count()


def test_two_hundred_for_the_last_place_one_yes_the_rest_told_clearly(people: Any) -> None:
    course, wanting = people(CLIENTS)
    at = clock.now()
    results = Counter(at_once([hold(course, requirement, at) for requirement in wanting]))
    assert results == {"yes": 1, "CourseIsFull": CLIENTS - 1}
    assert taken_and_live(course) == (1, 1)


def test_counting_and_then_inserting_oversells_and_the_check_refuses_what_slips_through(people: Any) -> None:
    """What the conditional UPDATE and the CHECK behind it are for: the obvious way of doing it, with and without the CHECK."""

    def count_then_insert(course: Course, requirement: Requirement, counted: threading.Barrier, *, check: bool) -> None:
        at = clock.now()
        with transaction.atomic():
            free = Booking.objects.live().filter(course=course).count() < course.capacity
            counted.wait(timeout=60)
            if free and check:
                Course.objects.filter(pk=course.pk).update(taken=F("taken") + 1)
            if free:
                Booking.objects.create(
                    state=BookingState.HELD, course=course, requirement=requirement, price_pence=0, held_at=at,
                    held_until=at + HALF_AN_HOUR,
                )  # fmt: skip

    outcomes = []
    for check in (False, True):
        course, wanting = people(8)
        counted = threading.Barrier(8)
        jobs = [partial(count_then_insert, course, requirement, counted, check=check) for requirement in wanting]
        results = Counter(result.split("(")[0] for result in at_once(jobs))
        outcomes.append((results, Booking.objects.live().filter(course=course).count()))
    assert outcomes == [({"yes": 8}, 8), ({"yes": 1, "error: IntegrityError": 7}, 1)]


def test_an_expired_hold_makes_way_for_one_of_many(people: Any) -> None:
    course, (first, *others) = people(21)
    at = clock.now()
    old = hold_place(course=course, requirement=first, by=BY, at=at)
    results = Counter(at_once([hold(course, requirement, at + HALF_AN_HOUR) for requirement in others]))
    assert results == {"yes": 1, "CourseIsFull": 19}
    assert taken_and_live(course) == (1, 1)
    assert AuditEvent.objects.filter(subject_id=old.pk, action="booking.lapsed").count() == 1


def test_a_double_click_many_times_over_is_one_booking(people: Any) -> None:
    course, (requirement,) = people(1)
    at = clock.now()
    assert Counter(at_once([hold(course, requirement, at)] * 20)) == {"yes": 20}
    assert Booking.objects.count() == 1
    assert taken_and_live(course) == (1, 1)


def test_one_person_at_many_courses_has_one_place(people: Any) -> None:
    _, (requirement,) = people(1)
    courses = [make_course(requirement.programme) for _ in range(10)]
    at = clock.now()
    results = Counter(at_once([hold(course, requirement, at) for course in courses]))
    assert results == {"yes": 1, "AlreadyHasAPlace": 9}
    assert sum(Course.objects.values_list("taken", flat=True)) == 1


def test_two_people_changing_places_with_run_out_holds_never_wait_for_each_other(people: Any) -> None:
    """Each leaves a run-out hold on the course that the other wants: locks in the order of keys, no deadlock."""
    first, (one, two) = people(2)
    second = make_course(first.programme, capacity=1)
    at = clock.now()
    for turn in range(1, 11):
        later = at + turn * 2 * HALF_AN_HOUR
        ours, theirs = (first, second) if turn % 2 else (second, first)
        results = at_once([hold(ours, one, later), hold(theirs, two, later)])
        assert set(results) <= {"yes", "CourseIsFull"}, results
        assert Booking.objects.live().count() == sum(Course.objects.values_list("taken", flat=True))


def test_a_hold_that_lapses_as_it_is_paid_ends_one_way_and_the_count_agrees(people: Any) -> None:
    """The tick, a rival and the payment meet on a hold that just ran out: whoever wins, one place, one holder."""
    for _ in range(10):
        course, (payer, rival) = people(2)
        at = clock.now()
        held = hold_place(course=course, requirement=payer, by=BY, at=at)
        late = at + HALF_AN_HOUR
        pay, tick, take = at_once([
            partial(confirm_place, booking_id=held.pk, by=BY, at=late),
            partial(lapse_holds, at=late),
            hold(course, rival, late),
        ])  # fmt: skip
        held.refresh_from_db()
        assert (pay, take) in {("yes", "CourseIsFull"), ("PlaceIsGone", "yes")}
        assert tick in {"yes", "no"}
        assert held.state == (BookingState.CONFIRMED if pay == "yes" else BookingState.LAPSED)
        assert taken_and_live(course) == (1, 1)


def test_confirming_fifty_times_at_once_confirms_once(people: Any) -> None:
    course, (requirement,) = people(1)
    at = clock.now()
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    assert Counter(at_once([partial(confirm_place, booking_id=held.pk, by=BY, at=at)] * 50)) == {"yes": 50}
    assert AuditEvent.objects.filter(subject_id=held.pk, action="booking.confirmed").count() == 1
    assert taken_and_live(course) == (1, 1)


def test_giving_up_and_lapsing_at_once_frees_one_place(people: Any) -> None:
    for _ in range(5):
        course, (requirement,) = people(1)
        Course.objects.filter(pk=course.pk).update(capacity=5, taken=3)
        at = clock.now()
        held = hold_place(course=course, requirement=requirement, by=BY, at=at)
        late = at + HALF_AN_HOUR
        at_once([partial(release_hold, booking=held, by=BY, at=late), partial(lapse_holds, at=late)] * 5)
        assert Course.objects.get(pk=course.pk).taken == 3
