"""The door for notices: who may come in, and that coming in twice is coming in once."""

import time
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.test import Client

from courses.enums import BookingState
from courses.models import Booking
from diversion.core import clock
from payments.models import StripeEvent
from payments.services.notices import handle_waiting
from tests.contract.standin_process import StandIn
from tests.integration.payments.bank import attempt_for, body_of, hold, money_state, send, signed

pytestmark = pytest.mark.django_db


def v0(body: bytes) -> str:
    return signed(body).replace("v1=", "v0=")


def t_changed(body: bytes) -> str:
    return signed(body, ago=400).replace(f"t={int(time.time()) - 400}", f"t={int(time.time())}")


# name: what is sent about a paid session -> (body, signature, the answer)
FORGED: dict[str, Any] = {
    "no signature": lambda b: (b, "", 400),
    "garbled signature": lambda b: (b, "t=,v1", 400),
    "wrong secret": lambda b: (b, signed(b, secret="whsec_other"), 400),
    "body changed after signing": lambda b: (b.replace(b"completed", b"expired"), signed(b), 400),
    "signed 301 s ago": lambda b: (b, signed(b, ago=302), 400),
    "signed 301 s ahead": lambda b: (b, signed(b, ago=-305), 400),
    "signed a day ahead": lambda b: (b, signed(b, ago=-86400), 400),
    "time changed after signing": lambda b: (b, t_changed(b), 400),
    "the old scheme": lambda b: (b, v0(b), 400),
    "not an event": lambda b: (b"[]", signed(b"[]"), 400),
    "not JSON": lambda b: (b"{", signed(b"{"), 400),
    "five megabytes": lambda b: (b + b" " * 5_000_000, signed(b), 413),
}


@pytest.fixture
def session(bank: StandIn) -> str:
    attempt = attempt_for(hold())
    bank.pay(attempt.stripe_session_id or "")
    return attempt.stripe_session_id or ""


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_notice_is_refused_and_changes_nothing(session: str, name: str) -> None:
    body, signature, status = FORGED[name](body_of("checkout.session.completed", session))
    before = money_state()
    started = time.perf_counter()
    assert send(body, signature) == status
    assert time.perf_counter() - started < 0.5
    handle_waiting(at=clock.now())
    assert money_state() == before


@pytest.mark.parametrize("change", [{"livemode": True}, {"account": "acct_other"}], ids=["live in test", "other account"])
def test_a_notice_of_another_mode_or_account_is_refused(session: str, change: dict[str, Any]) -> None:
    before = money_state()
    assert send(body_of("checkout.session.completed", session, **change)) == 400
    handle_waiting(at=clock.now())
    assert money_state() == before


def test_bytes_that_are_no_text_are_refused(session: str) -> None:
    assert send(b"\xff\xfe", "t=1,v1=00") == 400


def test_get_is_refused(session: str) -> None:
    assert Client().get("/webhooks/stripe/").status_code == 405


def test_a_genuine_notice_confirms(session: str) -> None:
    assert send(body_of("checkout.session.completed", session)) == 200
    assert Booking.objects.get().state == BookingState.HELD, "the answer does not wait for the work"
    handle_waiting(at=clock.now())
    assert Booking.objects.get().state == BookingState.CONFIRMED


def test_a_notice_just_within_five_minutes_is_taken(session: str) -> None:
    body = body_of("checkout.session.completed", session)
    assert send(body, signed(body, ago=295)) == 200
    assert send(body, signed(body, ago=-295)) == 200
    assert StripeEvent.objects.count() == 1


def test_the_same_notice_again_is_taken_in_once(session: str) -> None:
    body = body_of("checkout.session.completed", session)
    assert [send(body), send(body)] == [200, 200]
    handle_waiting(at=clock.now())
    before = money_state()
    assert send(body) == 200
    handle_waiting(at=clock.now())
    assert money_state() == before


def test_a_notice_that_says_paid_of_a_page_that_is_not_confirms_nothing(bank: StandIn) -> None:
    """Its signature is right and its words are wrong: the page itself is asked."""
    attempt = attempt_for(hold())
    data = {"object": {"id": attempt.stripe_session_id, "payment_status": "paid", "status": "complete"}}
    assert send(body_of("checkout.session.completed", attempt.stripe_session_id or "", data=data)) == 200
    handle_waiting(at=clock.now())
    assert Booking.objects.get().state == BookingState.HELD


def test_a_notice_of_a_booking_that_is_not_ours_is_noted_and_changes_nothing(session: str) -> None:
    before = money_state()
    assert send(body_of("checkout.session.completed", "cs_test_unknown")) == 200
    handle_waiting(at=clock.now())
    after = money_state()
    assert StripeEvent.objects.get().handled_at is not None
    assert (before[:4], before[5:]) == (after[:4], after[5:])


def test_a_notice_waits_in_the_table_while_the_card_company_is_down(bank: StandIn, session: str) -> None:
    send(body_of("checkout.session.completed", session))
    bank.fail_next(calls=2, status=500)
    handle_waiting(at=clock.now())
    event = StripeEvent.objects.get()
    assert (event.handled_at, event.tries) == (None, 0)
    handle_waiting(at=clock.now())
    assert Booking.objects.get().state == BookingState.CONFIRMED


def test_no_words_of_the_notice_are_kept(session: str) -> None:
    send(body_of("checkout.session.completed", session, data={"object": {"id": session, "customer_details": "ZQX"}}))
    row = StripeEvent.objects.values_list().get()
    assert "ZQX" not in str(row)


def test_the_sdk_alone_would_take_a_notice_from_tomorrow(session: str) -> None:
    """Shows that the check of ours is needed, and tells us when it is not any more."""
    body = body_of("checkout.session.completed", session)
    event = stripe.Webhook.construct_event(body, signed(body, ago=-86400), settings.STRIPE_WEBHOOK_SECRET)
    assert event.type == "checkout.session.completed"
