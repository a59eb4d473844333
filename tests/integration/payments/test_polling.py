"""No notice ever arrives, and still everything comes out right."""

from datetime import timedelta

import pytest

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import lapse_holds
from diversion.core import clock
from diversion.notifications.models import Heartbeat
from diversion.notifications.ticks import JOBS
from payments.enums import AttemptState, ChargeState
from payments.models import Charge, PaymentAttempt, StripeEvent
from payments.services.notices import LISTED_UNTIL, handle_waiting, list_lost
from payments.services.polling import poll_attempts
from tests.contract.standin_process import StandIn
from tests.integration.payments.bank import attempt_for, hold

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


def test_the_poller_confirms_what_no_notice_told_of(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    assert not StripeEvent.objects.exists()
    assert poll_attempts(at=clock.now() + 3 * MINUTES) == 1
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_attempts_younger_than_two_minutes_are_left_alone(bank: StandIn) -> None:
    attempt_for(hold())
    assert poll_attempts(at=clock.now() + MINUTES) == 0


def test_a_hold_is_asked_about_before_it_lapses(bank: StandIn) -> None:
    """Paid in the last second, no notice: the minute in which the page is over comes before the hold's end."""
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    when = attempt.expires_at + MINUTES
    assert lapse_holds(at=when) == 0
    poll_attempts(at=when)
    lapse_holds(at=when + 5 * MINUTES)
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_a_page_left_alone_ends_with_nothing_owed(bank: StandIn) -> None:
    attempt = attempt_for(hold())
    bank.advance(32 * 60)
    when = clock.now() + 40 * MINUTES
    lapse_holds(at=when)
    JOBS["payments.attempts"](when)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED
    assert Charge.objects.get().state == ChargeState.CANCELLED


def test_one_attempt_that_the_card_company_does_not_know_stops_no_other(bank: StandIn) -> None:
    unknown = attempt_for(hold())
    PaymentAttempt.objects.filter(pk=unknown.pk).update(stripe_session_id="cs_test_of_another_account")
    attempt = attempt_for(hold())
    bank.pay(attempt.stripe_session_id or "")
    poll_attempts(at=clock.now() + 3 * MINUTES)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID


def test_lost_notices_are_listed_and_handled(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    assert list_lost(at=clock.now()) >= 1
    assert list_lost(at=clock.now()) == 0
    handle_waiting(at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_a_look_that_failed_is_made_again_over_the_same_stretch(bank: StandIn) -> None:
    long_ago = clock.now() - timedelta(days=4)
    Heartbeat.objects.create(name=LISTED_UNTIL, at=long_ago)
    attempt = attempt_for(hold())
    bank.pay(attempt.stripe_session_id or "")
    bank.fail_next(calls=2, status=500)
    JOBS["payments.notices"](clock.now())
    assert Heartbeat.objects.get(name=LISTED_UNTIL).at == long_ago
    JOBS["payments.notices"](clock.now())
    assert Booking.objects.get().state == BookingState.CONFIRMED
    assert Heartbeat.objects.get(name=LISTED_UNTIL).at > long_ago
