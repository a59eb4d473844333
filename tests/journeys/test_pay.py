"""From a held place to a receipt, with the notices that the card company itself signs."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking
from diversion.referrals.enums import ReferralState
from payments.models import PaymentAttempt, StripeEvent
from payments.tasks import handle_event
from tests.contract.standin_process import API_KEY, DECLINED, THREE_D_SECURE, StandIn, eventually
from tests.contract.webhook_sink import WebhookSink
from tests.factories import make_course, make_referral, make_requirement

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink() -> Iterator[WebhookSink]:
    listener = WebhookSink()
    yield listener
    listener.close()


@pytest.fixture
def company(tmp_path: Any, sink: WebhookSink, settings: Any) -> Iterator[StandIn]:
    with StandIn(tmp_path / "standin", sink.url, configured.STRIPE_WEBHOOK_SECRET) as standin:
        settings.STRIPE_API_BASE = standin.base_url
        settings.STRIPE_SECRET_KEY = API_KEY
        yield standin


def pass_on(sink: WebhookSink, client: Client, kind: str) -> None:
    """Hand our door what the card company sent, as it sent it, and let the worker do what it is woken for."""
    delivery = eventually(lambda: sink.of(kind))[0]
    headers = {"Stripe-Signature": delivery.signature}
    answer = client.post(reverse("stripe-webhook"), delivery.body, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    handle_event(event_id=delivery.event["id"])
    assert StripeEvent.objects.get(pk=delivery.event["id"]).handled_at is not None


def test_hold_declined_try_again_approve_confirmed_receipt(company: StandIn, sink: WebhookSink) -> None:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    course = make_course(requirement.programme)
    person = Client()
    person.force_login(requirement.referral.participant.user)

    held = person.post(reverse("course-check", args=[course.public_id]))
    booking = Booking.objects.get()
    start = reverse("checkout-start", args=[booking.public_id])
    assert (held.status_code, held["Location"]) == (303, start)
    assert "£85" in person.get(start).content.decode()

    gone = person.post(start)
    assert gone.status_code == 303
    assert gone["Location"].startswith(f"{company.base_url}/c/pay/")
    session = PaymentAttempt.objects.get().stripe_session_id or ""
    declined = company.pay(session, DECLINED)
    assert "declined" in declined.location
    assert person.post(start)["Location"] == gone["Location"], "trying again is the same page"

    back = company.pay(session, THREE_D_SECURE)
    assert back.location.endswith(reverse("checkout-return", args=[booking.public_id]))
    assert "We are checking your payment" in person.get(back.location.removeprefix("http://testserver")).content.decode()

    pass_on(sink, Client(enforce_csrf_checks=True), "checkout.session.completed")
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    shown = person.get(reverse("checkout-return", args=[booking.public_id]))
    assert shown["Location"] == reverse("booking-show", args=[booking.public_id])
    assert "Receipt number" in person.get(reverse("receipt-show", args=[booking.public_id])).content.decode()


def test_left_unpaid_the_page_ends_and_nothing_was_taken(company: StandIn, sink: WebhookSink) -> None:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    course = make_course(requirement.programme)
    person = Client()
    person.force_login(requirement.referral.participant.user)
    person.post(reverse("course-check", args=[course.public_id]))
    booking = Booking.objects.get()
    start = reverse("checkout-start", args=[booking.public_id])
    person.post(start)

    company.webhooks(sign_clock="real")
    company.advance(32 * 60)
    pass_on(sink, Client(), "checkout.session.expired")
    assert "Your time to pay has ended" in person.get(start).content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD
    given_up = person.post(reverse("booking-release", args=[booking.public_id]))
    assert given_up.status_code == 303
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED_BY_PARTICIPANT
