"""The card company in tests: the stand-in process, its payer, and its signed notices."""

import itertools
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.test import Client

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import hold_place, lapse_holds
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Requirement
from payments.models import Charge, PaymentAttempt, Refund, StripeEvent
from payments.services.checkout import open_checkout
from tests.contract.standin_process import API_KEY, StandIn
from tests.factories import make_course, make_referral, make_requirement

BY = Actor.system("test")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def standin_process(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One stand-in for all tests of payments. It sends no notices by itself: tests send what they mean to."""
    with StandIn(tmp_path_factory.mktemp("bank")) as standin:
        yield standin


@pytest.fixture
def bank(standin_process: StandIn, settings: Any) -> StandIn:
    """The empty stand-in, with the settings pointing at it."""
    standin_process.reset()
    settings.STRIPE_API_BASE = standin_process.base_url
    settings.STRIPE_SECRET_KEY = API_KEY
    return standin_process


def hold(
    *, at: datetime | None = None, requirement: Requirement | None = None, course: Any = None, **fields: Any
) -> Booking:
    """A place held through the service, by somebody whose referral is accepted."""
    requirement = requirement or make_requirement(make_referral(ReferralState.ACCEPTED))
    course = course or make_course(requirement.programme, **fields)
    return hold_place(course=course, requirement=requirement, by=BY, at=at or clock.now())


def person_of(booking: Booking) -> User:
    user = booking.requirement.referral.participant.user
    assert user is not None
    return user


def attempt_for(booking: Booking, *, at: datetime | None = None) -> PaymentAttempt:
    """Somebody went to the card company's page: the attempt it was opened for."""
    open_checkout(booking=booking, by=BY, at=at or clock.now())
    return PaymentAttempt.objects.filter(charge__booking=booking).latest("number")


def lapse(booking: Booking) -> None:
    """The hold ran out and was tidied, as the minute does."""
    Booking.objects.filter(pk=booking.pk).update(
        held_until=clock.now() - timedelta(seconds=1), held_at=clock.now() - timedelta(hours=1)
    )
    lapse_holds(at=clock.now())
    assert Booking.objects.get(pk=booking.pk).state == BookingState.LAPSED


def body_of(kind: str, object_id: str, *, event_id: str = "", **changes: Any) -> bytes:
    """A notice as the card company writes it."""
    event = {
        "id": event_id or f"evt_{next(_numbers)}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": object_id}},
        **changes,
    }
    return json.dumps(event).encode()


def signed(body: bytes, *, ago: int = 0, secret: str = "") -> str:
    """The signature of a body, made `ago` seconds before now."""
    secret = secret or settings.STRIPE_WEBHOOK_SECRET
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()) - ago)


def send(body: bytes, signature: str | None = None, *, client: Client | None = None) -> int:
    """Post a notice to our address; the status of the answer."""
    headers = {"Stripe-Signature": signed(body) if signature is None else signature}
    answer = (client or Client()).post("/webhooks/stripe/", body, content_type="application/json", headers=headers)
    return answer.status_code


def money_state() -> list[Any]:
    """Everything a notice could have changed."""
    return [
        sorted(Booking.objects.values_list("pk", "state")),
        sorted(Charge.objects.values_list("pk", "state")),
        sorted(PaymentAttempt.objects.values_list("pk", "state")),
        sorted(Refund.objects.values_list("pk", "state")),
        StripeEvent.objects.count(),
        AuditEvent.objects.count(),
        OutboxMessage.objects.count(),
    ]
