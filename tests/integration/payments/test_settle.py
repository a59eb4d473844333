"""What becomes of an attempt, whatever order the news comes in (rule 12)."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import release_hold
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import CaseTask, Requirement
from payments.enums import AttemptState, ChargeState, RefundCause, RefundState
from payments.gateway import PageOrder, connect
from payments.models import Charge, PaymentAttempt, Refund, StripeEvent
from payments.services.notices import handle_notice, handle_waiting
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.contract.standin_process import DECLINED, StandIn
from tests.factories import make_referral, make_requirement
from tests.integration.payments.bank import BY, attempt_for, body_of, hold, lapse, money_state, send

pytestmark = pytest.mark.django_db


def paid(bank: StandIn, booking: Booking) -> PaymentAttempt:
    attempt = attempt_for(booking)
    assert bank.pay(attempt.stripe_session_id or "").status == 303
    return attempt


def settle(attempt: PaymentAttempt) -> None:
    settle_attempt(attempt_id=attempt.pk, at=clock.now())


def returned_in_bank(bank: StandIn) -> int:
    return sum(refund.amount for refund in bank.client().v1.refunds.list().data)


def test_paid_means_confirmed_with_a_receipt_and_the_person_is_told(bank: StandIn) -> None:
    booking = hold()
    attempt = paid(bank, booking)
    settle(attempt)
    booking.refresh_from_db()
    attempt.refresh_from_db()
    charge = Charge.objects.get()
    assert (booking.state, charge.state, attempt.state) == (BookingState.CONFIRMED, ChargeState.PAID, AttemptState.PAID)
    assert charge.receipt_number
    assert attempt.taken_pence == 8500
    assert booking.requirement.referral.__class__.objects.get().state == ReferralState.ACTIVE
    assert OutboxMessage.objects.filter(kind="payment-received", channel="email").count() == 1


def test_settled_again_nothing_changes(bank: StandIn) -> None:
    attempt = paid(bank, hold())
    settle(attempt)
    before = money_state()
    settle(attempt)
    assert money_state() == before


def test_a_declined_card_leaves_everything_as_it_was(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "", DECLINED)
    before = money_state()
    settle(attempt)
    assert money_state() == before


def test_over_and_unpaid_expires_and_the_charge_goes_with_the_hold(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    connect().expire_session(attempt.stripe_session_id or "")
    lapse(booking)
    settle(attempt)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED
    assert Charge.objects.get().state == ChargeState.CANCELLED


def test_paid_after_the_hold_lapsed_is_seated_again_when_a_place_is_free(bank: StandIn) -> None:
    booking = hold(capacity=1)
    attempt = paid(bank, booking)
    lapse(booking)
    settle(attempt)
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert booking.course.taken == 1
    assert Charge.objects.get().state == ChargeState.PAID
    assert not Refund.objects.exists()


def test_paid_after_the_hold_lapsed_and_the_place_was_taken_goes_back_in_full(bank: StandIn) -> None:
    booking = hold(capacity=1)
    attempt = paid(bank, booking)
    lapse(booking)
    rival = hold(course=booking.course, requirement=rival_of(booking))
    settle(attempt)
    pump_refunds(at=clock.now())
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    refund = Refund.objects.get()
    assert booking.state == BookingState.LAPSED
    assert (refund.state, refund.cause, refund.amount_pence) == (RefundState.DONE, RefundCause.HOLD_ENDED, 8500)
    assert Charge.objects.get(booking=booking).state == ChargeState.REFUNDED
    assert returned_in_bank(bank) == 8500
    assert (booking.course.taken, Booking.objects.get(pk=rival.pk).state) == (1, BookingState.HELD)
    task = CaseTask.objects.get(kind=TaskKind.PAYMENT_RETURNED)
    assert "not the person's failing" in task.detail
    assert set(OutboxMessage.objects.values_list("kind", flat=True)) == {"payment-returned"}


def rival_of(booking: Booking) -> Requirement:
    return make_requirement(make_referral(ReferralState.ACCEPTED, scheme=booking.requirement.referral.scheme))


def test_paid_for_a_place_given_up_meanwhile_goes_back(bank: StandIn) -> None:
    booking = hold()
    attempt = paid(bank, booking)
    release_hold(booking=booking, by=BY, at=clock.now())
    settle(attempt)
    pump_refunds(at=clock.now())
    assert returned_in_bank(bank) == 8500
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED_BY_PARTICIPANT


def test_news_of_payment_after_news_of_expiry_still_counts(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.EXPIRED)
    bank.pay(attempt.stripe_session_id or "")
    settle(attempt)
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def forged_page(attempt: PaymentAttempt, **changes: Any) -> str:
    """A page at the card company that is not what we asked for."""
    at = clock.now() + timedelta(minutes=31)
    asked = {"key": "x", "reference": attempt.public_id, "amount_pence": 8500, "descriptor": "BOOKINGS", "expires_at": at}
    urls = {"paid_url": "http://testserver/", "left_url": "http://testserver/"}
    page = connect().create_session(PageOrder(**{**asked, **urls, **changes}))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(stripe_session_id=page.id)
    return page.id


@pytest.mark.parametrize("change", [{"amount_pence": 100}, {"amount_pence": 9000}, {"reference": "somebody-else"}])
def test_a_payment_that_is_not_what_was_asked_confirms_nothing_and_goes_back(bank: StandIn, change: Any) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(forged_page(attempt, **change))
    settle(attempt)
    pump_refunds(at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD
    assert Charge.objects.get().state == ChargeState.OWED
    assert Refund.objects.get().cause == RefundCause.NOT_AS_ASKED
    assert returned_in_bank(bank) == change.get("amount_pence", 8500)
    assert CaseTask.objects.filter(kind=TaskKind.PAYMENT_RETURNED).count() == 1


def test_paid_twice_the_second_goes_back_and_the_place_stays(bank: StandIn) -> None:
    booking = hold()
    first = attempt_for(booking)
    session = first.stripe_session_id or ""
    PaymentAttempt.objects.filter(pk=first.pk).update(state=AttemptState.EXPIRED)
    second = PaymentAttempt.objects.create(
        charge=first.charge, number=2, amount_pence=8500, reserved_at=clock.now(), expires_at=clock.now(), state="open"
    )
    bank.pay(forged_page(second, key="second"))
    bank.pay(session)
    settle(second)
    settle(first)
    pump_refunds(at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert Charge.objects.get().state == ChargeState.PAID
    refund = Refund.objects.get()
    assert (refund.attempt_id, refund.cause, refund.state) == (first.pk, RefundCause.PAID_TWICE, RefundState.DONE)
    assert returned_in_bank(bank) == 8500


STORY = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "charge.refunded",
    "charge.dispute.created",
)


def end_state() -> list[Any]:
    return [
        list(Booking.objects.values_list("state")),
        list(Charge.objects.values_list("state")),
        list(PaymentAttempt.objects.values_list("state")),
        list(Refund.objects.values_list("state", "cause", "amount_pence")),
        sorted(AuditEvent.objects.values_list("action", flat=True)),
        sorted(OutboxMessage.objects.values_list("kind", "channel")),
        StripeEvent.objects.filter(handled_at=None).count(),
    ]


@pytest.mark.parametrize("late", [False, True], ids=["in time", "place gone"])
def test_notices_in_any_order_with_repeats_come_to_the_same_end(bank: StandIn, late: bool) -> None:
    """All 120 orders of five notices, each with a repeat of its first: some of them lie about what happened."""
    booking = hold(capacity=1)
    attempt = paid(bank, booking)
    if late:
        lapse(booking)
        hold(course=booking.course, requirement=rival_of(booking))
    ends = []
    for order in itertools.permutations(STORY):
        start = transaction.savepoint()
        for n, kind in enumerate([*order, order[0]]):
            assert send(body_of(kind, attempt.stripe_session_id or "", event_id=f"evt_{kind}")) == 200
            if n % 2:
                handle_notice(event_id=f"evt_{kind}", at=clock.now())
        handle_waiting(at=clock.now())
        ends.append(end_state())
        transaction.savepoint_rollback(start)
    assert len(ends) == 120
    assert all(end == ends[0] for end in ends)
    assert (charge_states := ends[0][1]) == [("refund_due" if late else "paid",)], charge_states
    assert ends[0][6] == 0
