"""A provider cancels a course of 24 people and the worker is killed half-way: everybody is seen to, and nobody twice."""

from collections import Counter
from threading import Thread
from typing import Any

from django.db import connection, transaction

from courses.enums import BookingState
from courses.models import Booking, Course, CourseCancellation, Replacement
from courses.services.replacing import cancel_course
from courses.tasks import begin_with_cancelled
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Requirement
from tests.factories import (
    make_booking,
    make_course,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.faults.workers import ticks_until
from tests.integration.payments.moves import broken_money
from tests.local.waiting import wait_until

PEOPLE, HALF_WAY = 24, 10


def seen_to() -> int:
    return Booking.objects.filter(state=BookingState.CANCELLED_BY_PROVIDER).count()


def test_a_worker_killed_half_way_leaves_nobody_behind(start_worker: Any) -> None:
    scheme = make_scheme(programme=make_programme())
    course = make_course(scheme.programme, capacity=PEOPLE, price_pence=0)
    people = [
        make_booking(course, make_requirement(make_referral(ReferralState.ACTIVE, scheme=scheme))) for _ in range(PEOPLE)
    ]
    make_course(scheme.programme, capacity=PEOPLE, price_pence=0)
    user = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)
    worker = start_worker(children=1)
    with transaction.atomic():
        # Somebody else is busy with the eleventh person, so that the worker is surely in the middle when it is killed.
        Requirement.objects.select_for_update().get(pk=people[HALF_WAY].requirement_id)
        cancel_in_another_connection(course, user)
        assert wait_until(lambda: seen_to() == HALF_WAY), seen_to()
        worker.kill()
    cancellation = CourseCancellation.objects.get()
    assert (seen_to(), cancellation.finished_at) == (HALF_WAY, None)
    start_worker()
    assert ticks_until(lambda: CourseCancellation.objects.exclude(finished_at=None).exists()), seen_to()
    assert seen_to() == Replacement.objects.count() == PEOPLE
    told = Counter(
        OutboxMessage.objects.filter(kind="course-cancelled", channel="email").values_list("recipient_id", flat=True)
    )
    assert (len(told), set(told.values())) == (PEOPLE, {1})
    assert Course.objects.get(pk=course.pk).taken == 0
    assert broken_money() == {}


def cancel_in_another_connection(course: Course, user: Any) -> None:
    """As the page does: it is committed, and a worker is woken."""

    def press() -> None:
        cancel_course(course=course, reason="Ill", user=user, by=user.as_actor(), at=clock.now())
        begin_with_cancelled.delay()
        connection.close()

    thread = Thread(target=press)
    thread.start()
    thread.join()
