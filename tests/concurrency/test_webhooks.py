"""The same news many times at once, on real connections: one confirmation, one refund, one page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from courses.enums import BookingState
from courses.models import Booking
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from payments.enums import ChargeState, RefundCause, RefundState
from payments.models import Charge, PaymentAttempt, Refund, StripeEvent
from payments.services.checkout import open_checkout
from payments.services.notices import handle_notice
from payments.services.polling import poll_attempts
from payments.services.refund_pump import pump_refunds
from payments.services.refunds import request_refund
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.factories import make_referral, make_requirement
from tests.integration.payments.bank import (
    BY,
    attempt_for,
    bank,
    body_of,
    hold,
    lapse,
    send,
    standin_process,
)

__all__ = ["bank", "standin_process"]
pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]
TIMES = 50


def at_once(work: Callable[[int], Any], times: int = TIMES) -> list[Any]:
    """Do the work `times` times from a standing start, each on its own connection; what each answered."""
    gate = Barrier(times)

    def one(n: int) -> Any:
        gate.wait(timeout=30)
        try:
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def paid_attempt(bank: StandIn, **fields: Any) -> PaymentAttempt:
    attempt = attempt_for(hold(**fields))
    bank.pay(attempt.stripe_session_id or "")
    return attempt


def check_confirmed_once() -> None:
    booking = Booking.objects.get()
    booking.course.refresh_from_db()
    assert (booking.state, booking.course.taken) == (BookingState.CONFIRMED, 1)
    assert Charge.objects.get().state == ChargeState.PAID
    for action in ("booking.confirmed", "charge.paid", "payment attempt.paid", "referral.active"):
        assert AuditEvent.objects.filter(action=action).count() == 1, action
    for kind in ("payment-received", "booking-confirmed"):
        assert OutboxMessage.objects.filter(kind=kind, channel="email").count() == 1, kind
    assert not Refund.objects.exists()


def test_the_same_notice_50_times_at_once_confirms_once(bank: StandIn) -> None:
    attempt = paid_attempt(bank)
    body = body_of("checkout.session.completed", attempt.stripe_session_id or "", event_id="evt_same")

    def deliver(_: int) -> int:
        status = send(body)
        handle_notice(event_id="evt_same", at=clock.now())
        return status

    assert at_once(deliver) == [200] * TIMES
    assert StripeEvent.objects.count() == 1
    check_confirmed_once()


def test_notices_the_poller_and_the_person_at_once_confirm_once(bank: StandIn) -> None:
    attempt = paid_attempt(bank)
    booking = Booking.objects.get()
    later = clock.now() + (attempt.expires_at - attempt.reserved_at) / 2

    def each(n: int) -> None:
        if n % 3 == 0:
            settle_attempt(attempt_id=attempt.pk, at=clock.now())
        elif n % 3 == 1:
            poll_attempts(at=later)
        else:
            Client().get(f"/my/bookings/{booking.public_id}/paid/")

    at_once(each, 30)
    check_confirmed_once()


@pytest.mark.parametrize("round_", range(5))
def test_a_late_payment_and_a_rival_for_the_last_place_never_both_get_it(bank: StandIn, round_: int) -> None:
    """Whoever wins, the place is sold once and the other keeps no money in the till."""
    attempt = paid_attempt(bank, capacity=1)
    booking = Booking.objects.get()
    lapse(booking)
    scheme = booking.requirement.referral.scheme
    rivals = [make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme)) for _ in range(4)]

    def race(n: int) -> str:
        if n == 4:
            settle_attempt(attempt_id=attempt.pk, at=clock.now())
            return "paid"
        try:
            hold(course=booking.course, requirement=rivals[n])
        except Exception as refusal:
            return type(refusal).__name__
        return "held"

    answers = at_once(race, 5)
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    assert booking.course.taken == 1
    seated = booking.state == BookingState.CONFIRMED
    assert answers.count("held") == (0 if seated else 1)
    assert answers.count("CourseIsFull") == (4 if seated else 3)
    pump_refunds(at=clock.now())
    assert [r.amount for r in bank.client().v1.refunds.list().data] == ([] if seated else [8500])
    assert Charge.objects.get().state == (ChargeState.PAID if seated else ChargeState.REFUNDED)


def test_a_refund_asked_50_times_at_once_by_50_pumps_goes_back_once(bank: StandIn) -> None:
    attempt = paid_attempt(bank)
    settle_attempt(attempt_id=attempt.pk, at=clock.now())

    def ask(_: int) -> Any:
        cause = RefundCause.PROVIDER_CANCELLED
        asked = request_refund(attempt=attempt, cause=cause, amount=1000, by=BY, at=clock.now())
        pump_refunds(at=clock.now())
        return asked.pk

    assert len(set(at_once(ask))) == 1
    refund = Refund.objects.get()
    assert (refund.state, refund.tries) == (RefundState.DONE, 1)
    assert [r.amount for r in bank.client().v1.refunds.list().data] == [1000]
    assert Charge.objects.get().state == ChargeState.PART_REFUNDED
    assert OutboxMessage.objects.filter(kind="payment-returned", channel="email").count() == 1


def test_the_pay_button_20_times_at_once_opens_one_page(bank: StandIn) -> None:
    booking = hold()

    def press(_: int) -> str:
        try:
            return open_checkout(booking=booking, by=BY, at=clock.now())
        except Exception as refusal:
            return type(refusal).__name__

    answers = set(at_once(press, 20)) - {"GatewayIsDown"}
    assert answers == {f"{bank.base_url}/c/pay/{PaymentAttempt.objects.get().stripe_session_id}"}
    assert len(bank.client().v1.checkout.sessions.list().data) == 1
