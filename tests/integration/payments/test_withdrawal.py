"""Money that is on its way as the agency withdraws: whatever arrives afterwards goes back (R10, rule 12)."""

import pytest

from courses.enums import BookingState
from courses.models import Booking
from courses.services.withdrawal import cancel_for_agency, lock_cases
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ClosureReason
from diversion.referrals.models import CaseTask
from diversion.referrals.services.closure import close_referral
from payments.enums import AttemptState, ChargeState, RefundCause, RefundState
from payments.gateway import PageStatus, connect
from payments.models import Charge, PaymentAttempt, Refund
from payments.policies import TimeToPayIsOver
from payments.services.checkout import open_checkout
from payments.services.polling import LEFT_ALONE_FOR, poll_attempts
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from payments.services.withdrawal import settle_withdrawal
from tests.contract.standin_process import StandIn
from tests.integration.payments.bank import BY, attempt_for, hold, lapse

pytestmark = pytest.mark.django_db


def withdraw(booking: Booking) -> None:
    """The parts of a withdrawal that money has to do with, in the order of `compliance.services.closure`."""
    (referral,) = lock_cases(referral_ids={booking.requirement.referral_id})
    close_referral(referral=referral, reason=ClosureReason.CHARGED, note="", user=None, by=BY, at=clock.now())
    cancel_for_agency(referral=referral, by=BY, at=clock.now())
    settle_withdrawal(referral=referral, by=BY, at=clock.now())


def check_all_of_it_went_back(bank: StandIn, attempt: PaymentAttempt) -> None:
    pump_refunds(at=clock.now())
    refund = Refund.objects.get()
    assert (refund.cause, refund.state, refund.amount_pence) == (RefundCause.AGENCY_WITHDREW, RefundState.DONE, 8500)
    assert [each.amount for each in bank.client().v1.refunds.list().data] == [8500]
    assert Charge.objects.get().state == ChargeState.REFUNDED
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID


def test_a_page_that_was_open_already_and_is_paid_afterwards_gives_all_of_it_back(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    withdraw(booking)
    assert Charge.objects.get().state == ChargeState.CANCELLED
    bank.pay(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    assert (booking.state, booking.course.taken) == (BookingState.CANCELLED_BY_AGENCY, 0)
    check_all_of_it_went_back(bank, attempt)
    assert not CaseTask.objects.exists()  # nobody has to find another place
    assert "payment-received" not in OutboxMessage.objects.values_list("kind", flat=True)


def test_paid_for_a_hold_that_had_lapsed_before_the_case_ended_it_goes_back_too(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    lapse(booking)
    withdraw(booking)
    bank.pay(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.LAPSED
    check_all_of_it_went_back(bank, attempt)
    assert not CaseTask.objects.exists()


def test_paid_before_and_settled_before_it_goes_back_at_once(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    withdraw(booking)
    check_all_of_it_went_back(bank, attempt)


def test_a_page_that_is_still_open_is_ended_by_the_next_look(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    withdraw(booking)
    poll_attempts(at=clock.now() + LEFT_ALONE_FOR)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED
    assert connect().fetch_session(attempt.stripe_session_id or "").status == PageStatus.EXPIRED
    assert Charge.objects.get().state == ChargeState.CANCELLED
    with pytest.raises(TimeToPayIsOver):
        open_checkout(booking=booking, by=BY, at=clock.now())
