"""The last place, those who wait for it and those who never did: real threads, real connections, one holder."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from courses.enums import BookingState, WaitingState
from courses.models import Booking, Course, WaitingEntry
from courses.services.booking import confirm_place, hold_place, lapse_holds, release_hold
from courses.services.waiting import join_for_course, leave_list
from courses.services.waiting_offers import offer_places, sweep
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from tests.concurrency.test_last_place import BY, at_once, hold, people, taken_and_live  # noqa: F401
from tests.factories import make_wait

pytestmark = pytest.mark.usefixtures("committed_db")
AT = clock.london(clock.today() + timedelta(days=1), 10)
People = Callable[[int], tuple[Course, list[Any]]]


def test_two_hundred_bookers_and_the_offer_for_the_last_place(people: People) -> None:  # noqa: F811
    """The place is free, one person waits, the sweep and 200 who never waited come at once: it is theirs who waited."""
    course, (waits, *others) = people(201)
    entry = make_wait(course, waits, joined_at=AT)
    jobs = [hold(course, requirement, AT) for requirement in others]
    results = Counter(at_once([partial(sweep, at=AT), *jobs]))
    assert results["CourseIsFull"] == 200
    sweep(at=AT)  # where the bookers held the course, the offer came a minute later
    entry.refresh_from_db()
    assert entry.state == WaitingState.OFFERED
    assert entry.booking == Booking.objects.get()
    assert taken_and_live(course) == (1, 1)


def test_twenty_sweeps_at_once_make_one_offer_and_send_one_message(people: People) -> None:  # noqa: F811
    course, waiting = people(5)
    for n, requirement in enumerate(waiting):
        make_wait(course, requirement, joined_at=AT + timedelta(minutes=n))
    at_once([partial(offer_places, course_id=course.pk, at=AT)] * 20)
    offered = WaitingEntry.objects.get(state=WaitingState.OFFERED)
    assert offered.requirement == waiting[0]
    assert taken_and_live(course) == (1, 1)
    assert OutboxMessage.objects.filter(kind="place-offered").values("subject_id").distinct().count() == 1


def test_joining_many_times_at_once_is_one_wait(people: People) -> None:  # noqa: F811
    course, (requirement,) = people(1)
    Course.objects.filter(pk=course.pk).update(taken=1)
    join = partial(join_for_course, course=course, requirement=requirement, by=BY, at=AT)
    assert Counter(at_once([join] * 20)) == {"yes": 20}
    assert WaitingEntry.objects.count() == 1


def test_leaving_as_the_offer_is_made_never_leaves_a_place_for_nobody(people: People) -> None:  # noqa: F811
    for _ in range(10):
        course, (requirement, following) = people(2)
        entry = make_wait(course, requirement, joined_at=AT)
        make_wait(course, following, joined_at=AT + timedelta(minutes=1))
        left, _swept = at_once([partial(leave_list, entry=entry, by=BY, at=AT), partial(sweep, at=AT)])
        sweep(at=AT)
        entry.refresh_from_db()
        assert (left, entry.state) in {("yes", WaitingState.LEFT), ("OfferIsMade", WaitingState.OFFERED)}
        holder = requirement if entry.state == WaitingState.OFFERED else following
        assert Booking.objects.live().get(course=course).requirement == holder
        assert taken_and_live(course) == (1, 1)


def test_paying_giving_up_and_running_out_meet_on_an_offered_place(people: People) -> None:  # noqa: F811
    for _ in range(10):
        course, (requirement, following) = people(2)
        entry = make_wait(course, requirement, joined_at=AT)
        make_wait(course, following, joined_at=AT + timedelta(minutes=1))
        sweep(at=AT)
        entry.refresh_from_db()
        assert entry.booking is not None
        late = AT + timedelta(hours=4)
        jobs: list[Callable[[], Any]] = [
            partial(confirm_place, booking_id=entry.booking.pk, by=BY, at=late),
            partial(release_hold, booking=entry.booking, by=BY, at=late),
            partial(lapse_holds, at=late),
            partial(sweep, at=late),
        ]
        assert not [result for result in at_once(jobs) if result.startswith("error")]
        sweep(at=late)
        (live,) = Booking.objects.live().filter(course=course)
        entry.refresh_from_db()
        expected = WaitingState.TAKEN if live.requirement == requirement else {WaitingState.PASSED, WaitingState.LEFT}
        assert entry.state == expected or entry.state in expected
        assert (live.state == BookingState.CONFIRMED) == (live.requirement == requirement)
        assert taken_and_live(course) == (1, 1)


def test_whoever_waits_and_books_elsewhere_at_once_has_one_place(people: People) -> None:  # noqa: F811
    for _ in range(10):
        course, (requirement,) = people(1)
        elsewhere = people(0)[0]
        Course.objects.filter(pk=elsewhere.pk).update(programme=course.programme)
        make_wait(course, requirement, joined_at=AT)
        book = partial(hold_place, course=elsewhere, requirement=requirement, by=BY, at=AT)
        at_once([partial(sweep, at=AT), book])
        assert Booking.objects.live().filter(requirement=requirement).count() == 1
