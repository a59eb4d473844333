"""A place from hold to confirmed, through the services; the card company's network is left out."""

import time
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from bench.report import Figure
from bench.world import World
from courses.enums import BookingState
from courses.models import Booking, Course
from courses.services.booking import HOLD, confirm_place, hold_place
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.models import Requirement
from payments.services.charges import charge_booking, mark_paid

BY = Actor.system("bench")
N = 120


def measure_bookings(world: World) -> list[Figure]:
    """Whole bookings a second on one connection, beside an ORM transaction that only takes the place and stores the row."""
    waiting = iter(world.buyers)
    floor = _rate(lambda: _bare(world.course, next(waiting)))
    ours = _rate(lambda: _whole(world.course, next(waiting)))
    with CaptureQueriesContext(connection) as hold:
        booking = hold_place(course=world.course, requirement=next(waiting), by=BY, at=clock.now())
    with CaptureQueriesContext(connection) as rest:
        _pay(booking)
    return [
        Figure("bookings confirmed, one connection", ours, "per s", floor, ">= 25"),
        Figure("hold: queries", len(hold), "SQL", 4, "<= 12"),
        Figure("whole booking: queries", len(hold) + len(rest), "SQL", 4, "<= 40"),
    ]


def _rate(one: Callable[[], None]) -> float:
    started = time.perf_counter()
    for _ in range(N):
        one()
    return N / (time.perf_counter() - started)


def _bare(course: Course, requirement: Requirement) -> None:
    at = clock.now()
    with transaction.atomic():
        Course.objects.filter(pk=course.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1)
        Booking.objects.create(
            state=BookingState.HELD, course=course, requirement=requirement, price_pence=course.price_pence, held_at=at,
            held_until=at + HOLD,
        )  # fmt: skip


def _whole(course: Course, requirement: Requirement) -> None:
    _pay(hold_place(course=course, requirement=requirement, by=BY, at=clock.now()))


def _pay(booking: Booking) -> None:
    at = clock.now()
    charge = charge_booking(booking=booking, by=BY, at=at)
    with transaction.atomic():
        mark_paid(charge=charge, by=BY, at=at)
        confirm_place(booking_id=booking.pk, by=BY, at=at)
