"""A register that does not come: chased after a day, an alarm after three, each once; what comes late is seen to be late."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Session
from courses.services import chasing
from courses.services.register import submit_register
from courses.tasks import chase_registers
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask
from tests.factories import make_booking, make_requirement, make_user, make_volunteer
from tests.integration.register.registers import first_session, make_running_course, mark, seat, trainer_of
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def late(days: int, *, people: int = 2) -> tuple[Session, Any, Any]:
    """A session that ended so many days and a minute ago; its trainer and its provider's administrator."""
    course = make_running_course(people=people, started=days * DAY + timedelta(hours=3, minutes=1))
    session = first_session(course)
    return session, trainer_of(session), make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)


def told(kind: str) -> list[tuple[Any, Any]]:
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("subject_id", "recipient_id"))


def test_after_a_day_the_trainers_and_administrators_hear_of_it_once() -> None:
    session, trainer, admin = late(1)
    soon = session.ends_at + DAY - timedelta(seconds=1)
    chase_registers(soon)
    assert told("register-due") == []
    for minutes in (0, 1, 60):
        chase_registers(clock.now() + timedelta(minutes=minutes))
    assert told("register-due") == sorted([(session.pk, trainer.pk), (session.pk, admin.pk)])
    assert told("register-overdue") == []
    assert not CaseTask.objects.exists()


def test_after_three_days_the_administrators_and_each_persons_officer_are_alarmed_once() -> None:
    session, _, admin = late(3)
    other, _, _ = late(3, people=1)
    volunteer = make_booking(session.course, make_requirement(make_volunteer()))
    chase_registers(clock.now())
    chase_registers(clock.now() + timedelta(minutes=1))
    assert (session.pk, admin.pk) in told("register-overdue")
    assert OutboxMessage.objects.filter(kind="register-overdue").count() == 2
    asked = CaseTask.objects.filter(kind=TaskKind.REGISTER_LATE).values_list("subject_id", "referral_id")
    expected = [
        (each.pk, booking.requirement.referral_id)
        for each in (session, other)
        for booking in each.course.bookings.exclude(pk=volunteer.pk)
    ]
    assert sorted(asked) == sorted(expected)
    assert "It does not count against the person" in CaseTask.objects.first().detail


def test_a_provider_whom_nobody_works_for_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chasing, "AT_ONCE", 1)
    make_running_course(started=4 * DAY)
    session, _, admin = late(3)
    for _minute in range(60):
        chase_registers(clock.now())
    assert told("register-overdue") == [(session.pk, admin.pk)]


def test_a_task_that_was_dealt_with_is_not_raised_again() -> None:
    late(3, people=1)
    chase_registers(clock.now())
    CaseTask.objects.update(done_at=clock.now())
    chase_registers(clock.now() + timedelta(minutes=1))
    assert CaseTask.objects.count() == 1


def test_nothing_is_asked_once_the_register_is_in_and_what_was_asked_is_answered() -> None:
    session, trainer, admin = late(3)
    chase_registers(clock.now())
    message = MESSAGES["register-overdue"]
    assert message.context(subject_id=session.pk, recipient_id=admin.pk, at=clock.now()) is not None
    marks = [mark(booking) for booking in session.course.bookings.all()]
    submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    assert message.context(subject_id=session.pk, recipient_id=admin.pk, at=clock.now()) is None
    assert not CaseTask.objects.filter(kind=TaskKind.REGISTER_LATE, done_at=None).exists()
    OutboxMessage.objects.all().delete()
    chase_registers(clock.now())
    assert not OutboxMessage.objects.exists()


def test_the_minute_asks_the_same_number_of_questions_whatever_is_late() -> None:
    counts = []
    for people in (1, 3):
        for _ in range(people):
            late(3, people=people)
        chase_registers(clock.now())
        with CaptureQueriesContext(
            connection,
        ) as minute:
            chase_registers(clock.now() + timedelta(minutes=1))
        assert not [each["sql"] for each in minute if each["sql"].startswith("INSERT")]  # nothing is told over again
        counts.append(len(minute))
    assert counts[0] == counts[1]


def test_late_marking_is_seen_on_the_register_and_in_the_officers_timeline() -> None:
    session, trainer, _ = late(2, people=1)
    prompt = first_session(make_running_course(people=0))
    seat(prompt.course)
    for each in (session, prompt):
        marks = [mark(booking) for booking in each.course.bookings.all()]
        submit_register(session=each, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    pages = [
        sign_in(Client(), trainer_of(each)).get(reverse("register-show", args=[each.public_id])).content.decode()
        for each in (session, prompt)
    ]
    assert ["Sent late" in page for page in pages] == [True, False]
    cases = [each.course.bookings.get().requirement.referral for each in (session, prompt)]
    pages = [
        sign_in(Client(), case.officer).get(reverse("case-show", args=[case.public_id])).content.decode() for case in cases
    ]
    assert ["Recorded on " in page for page in pages] == [True, False]
