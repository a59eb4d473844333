"""Money on its way back: exactly once, whatever breaks."""

from datetime import timedelta

import pytest

from diversion.core import clock
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask
from payments.enums import ChargeState, RefundCause, RefundState
from payments.models import Charge, PaymentAttempt, Refund
from payments.services.refund_pump import LEASE, _claim, pump_refunds
from payments.services.refunds import MoreThanWasPaid, request_refund
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.integration.payments.bank import BY, attempt_for, hold

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def attempt(bank: StandIn) -> PaymentAttempt:
    """A payment of 85 pounds that settled its charge."""
    attempt = attempt_for(hold())
    bank.pay(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    attempt.refresh_from_db()
    return attempt


def ask(attempt: PaymentAttempt, amount: int = 8500, cause: RefundCause = RefundCause.PROVIDER_CANCELLED) -> Refund:
    return request_refund(attempt=attempt, cause=cause, amount=amount, by=BY, at=clock.now())


def in_bank(bank: StandIn) -> list[int]:
    return [refund.amount for refund in bank.client().v1.refunds.list().data]


def charge_state() -> str:
    return str(Charge.objects.get().state)


def test_a_refund_goes_back_in_full(bank: StandIn, attempt: PaymentAttempt) -> None:
    ask(attempt)
    assert charge_state() == ChargeState.REFUND_DUE
    assert in_bank(bank) == [], "nothing is asked inside the transaction"
    assert pump_refunds(at=clock.now()) == 1
    assert in_bank(bank) == [8500]
    assert (Refund.objects.get().state, charge_state()) == (RefundState.DONE, ChargeState.REFUNDED)
    assert pump_refunds(at=clock.now() + HOUR) == 0


def test_parts_go_back_until_there_is_nothing_left(bank: StandIn, attempt: PaymentAttempt) -> None:
    ask(attempt, 4000)
    pump_refunds(at=clock.now())
    assert charge_state() == ChargeState.PART_REFUNDED
    ask(attempt, 4500, RefundCause.AGENCY_WITHDREW)
    pump_refunds(at=clock.now())
    assert charge_state() == ChargeState.REFUNDED
    assert in_bank(bank) == [4500, 4000]


def test_the_same_cause_is_asked_once(bank: StandIn, attempt: PaymentAttempt) -> None:
    assert ask(attempt, 4000).pk == ask(attempt, 4000).pk
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -1, 4501, 8501])
def test_never_more_than_was_paid_less_what_is_on_its_way(bank: StandIn, attempt: PaymentAttempt, amount: int) -> None:
    ask(attempt, 4000)
    with pytest.raises(MoreThanWasPaid):
        ask(attempt, amount, RefundCause.AGENCY_WITHDREW)
    assert Refund.objects.count() == 1


def test_nothing_taken_nothing_returned(bank: StandIn) -> None:
    attempt = attempt_for(hold())
    with pytest.raises(MoreThanWasPaid):
        ask(attempt)


def test_a_worker_killed_after_the_card_company_did_it_returns_the_money_once(
    bank: StandIn, attempt: PaymentAttempt
) -> None:
    """The refund is made and the answer never recorded: as after a kill -9 between the call and the commit."""
    ask(attempt)
    refund = _claim(at=clock.now())
    assert refund is not None
    bank.client().v1.refunds.create(
        params={
            "payment_intent": attempt.stripe_payment_intent_id or "",
            "amount": 8500,
            "metadata": {"row": str(refund.pk)},
        },
        options={"idempotency_key": "pruned-since"},
    )
    assert pump_refunds(at=clock.now()) == 0, "its lease still runs"
    assert pump_refunds(at=clock.now() + LEASE + timedelta(seconds=1)) == 1
    assert in_bank(bank) == [8500]
    assert (Refund.objects.get().state, charge_state()) == (RefundState.DONE, ChargeState.REFUNDED)


def test_a_part_is_not_returned_twice_after_the_key_was_forgotten(bank: StandIn, attempt: PaymentAttempt) -> None:
    """Of a part, the card company would give back a second one: only the look before asking prevents it."""
    ask(attempt, 1000)
    bank.drop_next(calls=2, path="/refunds")
    assert pump_refunds(at=clock.now()) == 0
    assert in_bank(bank) == [1000]
    bank.advance(25 * 3600)
    assert pump_refunds(at=clock.now() + 25 * HOUR) == 1
    assert in_bank(bank) == [1000]
    assert (Refund.objects.get().state, charge_state()) == (RefundState.DONE, ChargeState.PART_REFUNDED)


def test_while_it_is_down_the_refund_waits_with_a_growing_pause(bank: StandIn, attempt: PaymentAttempt) -> None:
    at = clock.now()
    ask(attempt)
    bank.fail_next(calls=2, status=503, path="/refunds")
    assert pump_refunds(at=at) == 0
    assert pump_refunds(at=at + timedelta(minutes=1)) == 0
    assert Refund.objects.get().state == RefundState.REQUESTED
    assert pump_refunds(at=at + timedelta(minutes=3)) == 1
    assert in_bank(bank) == [8500]


def test_a_failure_kept_under_the_key_is_passed_by_another_key(bank: StandIn, attempt: PaymentAttempt) -> None:
    ask(attempt)
    bank.fail_next(status=500, keep=True, path="/refunds")
    at = clock.now()
    for hours in range(8):
        pump_refunds(at=at + hours * HOUR)
    assert in_bank(bank) == [8500]
    assert Refund.objects.get().state == RefundState.DONE


def test_refused_for_good_a_person_must_look(bank: StandIn, attempt: PaymentAttempt) -> None:
    ask(attempt)
    bank.client().v1.refunds.create(params={"payment_intent": attempt.stripe_payment_intent_id or ""})
    pump_refunds(at=clock.now())
    assert (Refund.objects.get().state, charge_state()) == (RefundState.FAILED, ChargeState.PAID)
    assert "return it another way" in CaseTask.objects.get(kind=TaskKind.PAYMENT_RETURNED).detail
