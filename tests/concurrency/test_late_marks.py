"""A first mark after the register was sent, given by several at once, or as an earlier mark is put right."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from courses.enums import BookingState, IdentitySeen, OutcomeCode
from courses.models import Attendance, Booking, Certificate
from courses.services.amendment import amend_mark, mark_afterwards
from courses.services.register import Mark, submit_register
from diversion.core import clock
from tests.concurrency.test_last_place import at_once
from tests.integration.register.registers import make_running_course, mark, trainer_of

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
ROUNDS = range(4)


@pytest.fixture
def left_out() -> Booking:
    """Marked as missing from the first session, so on no register of the second and last; both are sent."""
    booking: Booking = make_running_course(sessions=2, started=timedelta(days=8)).bookings.get()
    first, second = booking.course.sessions.order_by("position")
    for session, marks in (first, [mark(booking, "UAAB")]), (second, []):
        trainer = trainer_of(session)
        submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.NOT_COMPLETED
    return booking


def giving(booking: Booking, outcome: str) -> Callable[[], Any]:
    session = booking.course.sessions.get(position=2)
    trainer = trainer_of(session)
    new = Mark(booking.pk, OutcomeCode(outcome), IdentitySeen.PASSPORT)
    return partial(
        mark_afterwards, session=session, booking=booking, mark=new, reason="Sat at the back.", user=trainer,
        by=trainer.as_actor(), at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_three_who_give_it_at_once_one_does_and_the_others_are_told(left_out: Booking, round_: int) -> None:
    answers = Counter(at_once([giving(left_out, "ATTC"), giving(left_out, "AFTC"), giving(left_out, "ATTC")]))
    assert answers == {"yes": 1, "MarkWasAmended": 2}
    assert Attendance.objects.filter(session__position=2).count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_with_the_earlier_mark_put_right_meanwhile_the_course_is_completed_once(left_out: Booking, round_: int) -> None:
    seen = Attendance.objects.get(session__position=1)
    trainer = trainer_of(seen.session)
    amend = partial(
        amend_mark, seen=seen, mark=mark(left_out), reason="Mixed up.", user=trainer, by=trainer.as_actor(), at=clock.now()
    )
    assert at_once([giving(left_out, "ATTC"), amend]) == ["yes", "yes"]
    left_out.refresh_from_db()
    assert left_out.state == BookingState.COMPLETED
    assert Certificate.objects.filter(revoked_at=None).count() == Certificate.objects.count() == 1
