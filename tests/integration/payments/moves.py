"""Places that are paid for, and others to move to."""

from datetime import datetime, timedelta
from typing import Any

import pgtrigger

from courses.enums import BookingState
from courses.models import Booking, Course
from diversion.compliance.invariants import broken
from diversion.core import clock
from diversion.referrals.models import SchemeVersion
from payments.models import Charge
from payments.services.moving import move_place
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.factories import make_course
from tests.integration.payments.bank import BY, attempt_for, hold


def paid_place(bank: StandIn, **fields: Any) -> Booking:
    """A place that was paid for by card: £85, in two weeks, unless the fields say otherwise."""
    booking = hold(**fields)
    pay(bank, booking)
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    return booking


def pay(bank: StandIn, booking: Booking, *, at: datetime | None = None) -> None:
    attempt = attempt_for(booking, at=at)
    assert bank.pay(attempt.stripe_session_id or "").status == 303
    settle_attempt(attempt_id=attempt.pk, at=at or clock.now())


def another(booking: Booking, **fields: Any) -> Course:
    """Another course of the same programme, in three weeks."""
    in_three_weeks = clock.london(clock.today() + timedelta(weeks=3), 10) - clock.now()
    return make_course(booking.course.programme, **{"starts_in": in_three_weeks, **fields})


def move_to(booking: Booking, course: Course, *, at: datetime | None = None) -> Booking:
    """Somebody asked to move: the new booking, held or confirmed."""
    move_place(booking=booking, course=course, by=BY, at=at or clock.now())
    return Booking.objects.get(supersedes=booking, course=course)


def standing_of(*bookings: Booking) -> list[tuple[str, str]]:
    """The state of each booking and of its charge."""
    return [(Booking.objects.get(pk=booking.pk).state, Charge.objects.get(booking=booking).state) for booking in bookings]


def change_version(version: SchemeVersion | None, **fields: int) -> None:
    """A published version is fixed: the trigger is put to sleep for the test."""
    assert version is not None
    with pgtrigger.ignore("referrals.SchemeVersion:published_is_fixed"):
        SchemeVersion.objects.filter(pk=version.pk).update(**fields)


def broken_money() -> dict[str, list[str]]:
    """The broken invariants, but for the trail of cases that a factory put into their state."""
    return {rule: rows for rule, rows in broken().items() if rule != "every state has its audit row"}


def seats(*courses: Course) -> list[int]:
    return [Course.objects.get(pk=course.pk).taken for course in courses]
