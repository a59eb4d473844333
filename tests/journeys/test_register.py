"""From a confirmed place to the register: what follows when somebody came, and when they did not."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, Certificate, Session
from courses.services.booking import confirm_place, hold_place
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.notifications.ticks import JOBS
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask, Requirement
from tests.factories import make_course, make_referral, make_requirement, make_scheme, make_trainer
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")


@pytest.fixture
def confirmed() -> tuple[Booking, Session, Client]:
    """A place held and confirmed two weeks before the session, and the session's trainer."""
    scheme = make_scheme()
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme))
    course = make_course(scheme.programme)
    held = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
    booking = confirm_place(booking_id=held.pk, by=BY, at=clock.now())
    session = course.sessions.get()
    return booking, session, make_trainer(course.provider, session)


def send_register(session: Session, trainer, booking: Booking, **fields: str) -> datetime:
    """Ten minutes after the start: Today, the register, everyone else attended unless marked, send."""
    at = session.starts_at + timedelta(minutes=10)
    with time_machine.travel(at):
        client = sign_in(Client(), trainer)
        address = reverse("register-mark", args=[session.public_id])
        assert address in client.get(reverse("session-list")).content.decode()
        assert booking.public_id in client.get(address).content.decode()
        everyone = {"shown": booking.public_id, "everyone_else": "on", "identity": "driving-licence", "sure": "on"}
        answer = client.post(address, {**everyone, **fields})
        assert answer.status_code == 303
        assert client.get(answer["Location"]).status_code == 200
    return at


def test_attended_to_certificate_that_anybody_may_check(confirmed):
    cache.clear()
    booking, session, trainer = confirmed
    at = send_register(session, trainer, booking)
    booking.refresh_from_db()
    requirement = Requirement.objects.get(pk=booking.requirement_id)
    assert (booking.state, requirement.state) == (BookingState.COMPLETED, RequirementState.MET)
    assert requirement.met_on == clock.day_of(session.ends_at)
    assert requirement.referral.state == ReferralState.COMPLIED
    certificate = Certificate.objects.get(booking=booking)
    with time_machine.travel(at):
        owner = sign_in(Client(), requirement.referral.participant.user)
        assert owner.get(reverse("certificate-download", args=[certificate.serial])).content.startswith(b"%PDF")
        checked = Client().get(reverse("certificate-check", args=[certificate.serial]))
        assert "This certificate is genuine" in checked.content.decode()
    message = OutboxMessage.objects.get(kind="certificate-ready", channel="email")
    told = MESSAGES[message.kind].context(subject_id=message.subject_id, recipient_id=message.recipient_id, at=at)
    assert told == {"link": "http://testserver" + reverse("my-home")}


def test_a_miss_needs_a_decision_and_no_timer_ever_makes_one(confirmed):
    booking, session, trainer = confirmed
    at = send_register(session, trainer, booking, **{f"outcome-{booking.public_id}": "UAAB"})
    requirement = Requirement.objects.get(pk=booking.requirement_id)
    task = CaseTask.objects.get(referral=requirement.referral, kind=TaskKind.NEEDS_DECISION)
    for days in (0, 1, 8, 15, 200):
        for job in JOBS.values():
            job(at + timedelta(days=days))
    booking.refresh_from_db()
    requirement.refresh_from_db()
    task.refresh_from_db()
    assert booking.state == BookingState.NOT_COMPLETED
    assert (requirement.state, requirement.referral.state) == (RequirementState.IN_PROGRESS, ReferralState.ACTIVE)
    assert task.done_at is None
    assert not AuditEvent.objects.filter(new_state__in=[RequirementState.NOT_MET, ReferralState.BREACHED]).exists()
    assert not Certificate.objects.exists()
    assert OutboxMessage.objects.filter(kind="session-missed", case_id=requirement.referral_id).exists()
