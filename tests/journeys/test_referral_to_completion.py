"""The whole story, from the officer's first click to a certificate and a requirement met; and the roads beside it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, Course
from courses.tasks import lapse_run_out_holds
from diversion.compliance.invariants import broken
from diversion.core import clock
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask, Referral
from payments.models import PaymentAttempt
from payments.tasks import handle_event
from tests.contract.standin_process import StandIn
from tests.factories import make_course, make_trainer
from tests.integration.payments.bank import body_of, send
from tests.integration.referrals.browsers import sign_in
from tests.journeys.telling import go, referred_and_authorised, sent_to

pytestmark = pytest.mark.django_db


def booked_and_paid(bank: StandIn) -> tuple[Referral, Client, Course]:
    """Accepted, a course found and chosen, paid by card, confirmed by the card company's notice."""
    referral, phone = referred_and_authorised("offer-accept")
    course = make_course(referral.requirements.get().programme)
    assert reverse("course-check", args=[course.public_id]) in phone.get(reverse("course-find")).content.decode()
    held = phone.post(reverse("course-check", args=[course.public_id]))
    paying = phone.post(held["Location"])
    assert paying["Location"].startswith(bank.base_url)
    attempt = PaymentAttempt.objects.get()
    bank.pay(attempt.stripe_session_id or "")
    assert Booking.objects.get().state == BookingState.HELD, "the way back confirms nothing"
    body = body_of("checkout.session.completed", attempt.stripe_session_id or "", event_id="evt_paid")
    assert send(body) == 200
    handle_event(event_id="evt_paid")
    assert Booking.objects.get().state == BookingState.CONFIRMED
    return referral, phone, course


def mark_register(course: Course, **fields: Any) -> None:
    """The trainer sends the first session's register twenty minutes in."""
    session = course.sessions.get(position=1)
    trainer = make_trainer(course.provider, session)
    with time_machine.travel(session.starts_at + timedelta(minutes=20), tick=False):
        door = sign_in(Client(), trainer)
        register = reverse("register-mark", args=[session.public_id])
        page = door.get(register).content.decode()
        shown = re.findall(r'name="shown" value="(\w+)"', page)
        assert len(shown) == 1
        prefix = {f"{name.replace('ROW', shown[0])}": value for name, value in fields.items()}
        sure = {} if prefix else {"everyone_else": "on", "identity": "passport"}
        go(door, register, {"shown": shown, "sure": "on", **sure, **prefix})


def test_referral_to_completion(bank: StandIn) -> None:
    referral, phone, course = booked_and_paid(bank)
    mark_register(course)
    referral.refresh_from_db()
    requirement = referral.requirements.get()
    assert (referral.state, requirement.state) == (ReferralState.COMPLIED, RequirementState.MET)
    assert requirement.met_on == clock.day_of(course.last_ends_at)
    home = phone.get(reverse("my-home")).content.decode()
    certificate = re.search(r'href="(/my/certificates/(\w+)\.pdf)"', home)
    assert certificate
    assert phone.get(certificate[1]).content.startswith(b"%PDF")
    check = Client().get(reverse("certificate-check", args=[certificate[2]])).content.decode()
    assert "Sam" not in check
    desk = sign_in(Client(), referral.officer)
    case = desk.get(reverse("case-show", args=[referral.public_id])).content.decode()
    assert "Completed on" in case
    assert "Certificate issued" in case
    assert broken() == {}


def test_a_miss_leads_to_a_decision_and_never_to_a_breach(bank: StandIn) -> None:
    referral, phone, course = booked_and_paid(bank)
    mark_register(course, **{"outcome-ROW": "UAAB"})
    referral.refresh_from_db()
    requirement = referral.requirements.get()
    assert (referral.state, requirement.state) == (ReferralState.ACTIVE, RequirementState.IN_PROGRESS)
    task = CaseTask.objects.get(referral=referral, kind=TaskKind.NEEDS_DECISION)
    desk = sign_in(Client(), referral.officer)
    assert "Missed or not completed: needs a decision" in desk.get(reverse("case-list")).content.decode()
    go(desk, reverse("task-decide", args=[task.public_id]), {"outcome": "Was in hospital. May book again."})
    again = make_course(requirement.programme, starts_in=timedelta(days=30))
    assert phone.post(reverse("course-check", args=[again.public_id])).status_code == 303
    assert broken() == {}


def test_a_hold_that_lapses_frees_the_place_and_the_person_may_choose_again(bank: StandIn) -> None:
    referral, phone = referred_and_authorised("offer-accept")
    course = make_course(referral.requirements.get().programme, capacity=1)
    choose = reverse("course-check", args=[course.public_id])
    phone.post(choose)
    assert (
        f'href="{reverse("course-check", args=[course.public_id])}"'
        not in phone.get(reverse("course-find")).content.decode()
    )
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        lapse_run_out_holds(clock.now())
        assert Booking.objects.get().state == BookingState.LAPSED
        phone.force_login(referral.participant.user)  # type: ignore[union-attr, arg-type]
        assert choose in phone.get(reverse("course-find")).content.decode()
        assert phone.post(choose).status_code == 303
    assert sorted(Booking.objects.values_list("state", flat=True)) == [BookingState.HELD, BookingState.LAPSED]
    assert sent_to("sam.o@example.org")
    assert broken() == {}
