"""A register and its amendments at the same moment, on real connections: one set of marks, one successor for each mark."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from courses.enums import BookingState, IdentitySeen, OutcomeCode
from courses.models import Attendance, Booking, Certificate
from courses.services.amendment import amend_mark
from courses.services.register import Mark, submit_register
from diversion.audit.models import AuditEvent
from diversion.core import clock
from tests.concurrency.test_last_place import at_once
from tests.integration.register.registers import first_session, make_running_course, mark, trainer_of

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
ROUNDS = range(4)


def sent(outcome: str, *, people: int = 1) -> list[Booking]:
    course = make_running_course(people=people)
    bookings = list(course.bookings.order_by("pk"))
    sending(bookings, outcome)()
    return bookings


def sending(bookings: list[Booking], outcome: str) -> Callable[[], Any]:
    session = first_session(bookings[0].course)
    trainer = trainer_of(session)
    marks = [mark(booking, outcome) for booking in bookings]
    return partial(submit_register, session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())


def amending(seen: Attendance, outcome: str) -> Callable[[], Any]:
    trainer = trainer_of(seen.session)
    new = Mark(seen.booking_id, OutcomeCode(outcome), IdentitySeen.PASSPORT)
    by = trainer.as_actor()
    return partial(amend_mark, seen=seen, mark=new, reason="Mixed up.", user=trainer, by=by, at=clock.now())


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_who_amend_one_mark_at_once_one_is_recorded_and_the_other_told(round_: int) -> None:
    (booking,) = sent("UAAB")
    seen = Attendance.objects.get()
    answers = Counter(at_once([amending(seen, "ATTC"), amending(seen, "AFTC"), amending(seen, "ATSS")]))
    assert answers == {"yes": 1, "MarkWasAmended": 2}
    assert Attendance.objects.filter(amends=seen).count() == 1
    assert AuditEvent.objects.filter(action="attendance.amended").count() == 1
    booking.refresh_from_db()
    standing = Certificate.objects.filter(revoked_at=None).count()
    assert (booking.state == BookingState.COMPLETED) == (standing == 1)


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_late_resend_as_somebody_amends_changes_nothing_and_is_told_so(round_: int) -> None:
    bookings = sent("ATTC", people=3)
    seen = Attendance.objects.get(booking=bookings[0])
    again = sending(bookings, "UAAB")
    answers = Counter(at_once([again, amending(seen, "UAAB"), again]))
    assert answers == {"yes": 1, "RegisterIsAlreadySubmitted": 2}
    assert Counter(Attendance.objects.that_count().values_list("outcome", flat=True)) == {"ATTC": 2, "UAAB": 1}
    assert Attendance.objects.count() == 4


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_people_of_one_course_amended_at_once_never_wait_for_each_other(round_: int) -> None:
    bookings = sent("UAAB", people=4)
    rows = [Attendance.objects.get(booking=booking) for booking in bookings]
    assert Counter(at_once([amending(row, "ATTC") for row in rows])) == {"yes": 4}
    assert Certificate.objects.count() == 4
