"""Trainers who mark at the same moment, on real connections: nobody's mark is lost, nobody's is overwritten unseen."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from courses.drafts import NOTHING, Draft, Values
from courses.models import Attendance, Booking, DraftMark
from courses.services.drafts import keep_marks
from courses.services.register import submit_register
from diversion.core import clock
from tests.concurrency.test_last_place import at_once
from tests.integration.register.registers import first_session, make_running_course, mark, trainer_of

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
ROUNDS = range(4)
MISSED, ATTENDED = Values("UAAB"), Values("ATTC", "passport")


def keeping(bookings: list[Booking], values: Values) -> Callable[[], Any]:
    session = first_session(bookings[0].course)
    drafts = [Draft(booking.pk, values, NOTHING.token) for booking in bookings]
    return partial(keep_marks, session=session, drafts=drafts, user=trainer_of(session), at=clock.now())


@pytest.mark.parametrize("round_", ROUNDS)
def test_different_people_marked_at_once_are_all_kept(round_: int) -> None:
    bookings = list(make_running_course(people=8).bookings.order_by("pk"))
    halves = bookings[:4], bookings[4:]
    assert Counter(at_once([keeping(half, ATTENDED) for half in halves])) == {"yes": 2}
    assert set(DraftMark.objects.values_list("booking_id", flat=True)) == {booking.pk for booking in bookings}


@pytest.mark.parametrize("round_", ROUNDS)
def test_one_person_marked_differently_at_once_is_kept_once_and_the_other_hears_of_it(round_: int) -> None:
    bookings = list(make_running_course(people=1).bookings.all())
    heard: list[bool] = []

    def keep(job: Callable[[], Any]) -> None:
        heard.append(job().has_news)

    assert Counter(at_once([partial(keep, keeping(bookings, each)) for each in (MISSED, ATTENDED)])) == {"yes": 2}
    assert sorted(heard) == [False, True]
    assert DraftMark.objects.count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_marks_kept_as_the_register_is_sent_leave_nothing_behind(round_: int) -> None:
    bookings = list(make_running_course(people=3).bookings.order_by("pk"))
    session = first_session(bookings[0].course)
    trainer = trainer_of(session)
    marks = [mark(booking) for booking in bookings]
    send = partial(submit_register, session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    answers = Counter(at_once([send, keeping(bookings, MISSED), send, keeping(bookings, MISSED)]))
    assert answers["RegisterIsAlreadySubmitted"] >= 1
    assert set(answers) == {"yes", "RegisterIsAlreadySubmitted"}
    assert Counter(Attendance.objects.values_list("outcome", flat=True)) == {"ATTC": 3}
    assert not DraftMark.objects.exists()
