"""The way to the card company's page."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import extend_hold, release_hold
from diversion.core import clock
from diversion.referrals.enums import ReferralState
from payments.enums import AttemptState, ChargeState
from payments.gateway import GatewayIsDown, GatewayRefused, connect
from payments.models import Charge, PaymentAttempt
from payments.policies import TimeToPayIsOver, can_pay
from payments.services.checkout import open_checkout
from payments.services.polling import cancel_unpaid, poll_attempts
from tests.contract.standin_process import StandIn
from tests.factories import make_programme, make_provider, make_referral, make_requirement, make_scheme
from tests.integration.payments.bank import BY, attempt_for, hold

pytestmark = pytest.mark.django_db


def created(bank: StandIn) -> list[dict[str, str]]:
    return [each for each in bank.requests() if each["method"] == "POST" and each["path"] == "/v1/checkout/sessions"]


def test_the_page_is_opened_and_the_place_outlasts_it(bank: StandIn) -> None:
    at = clock.now()
    booking = hold(at=at)
    url = open_checkout(booking=booking, by=BY, at=at)
    attempt = PaymentAttempt.objects.get()
    assert url == f"{bank.base_url}/c/pay/{attempt.stripe_session_id}"
    assert (attempt.state, attempt.number, attempt.amount_pence) == (AttemptState.OPEN, 1, 8500)
    booking.refresh_from_db()
    assert booking.held_until == attempt.expires_at + timedelta(minutes=5)
    assert booking.state == BookingState.HELD


def test_asked_again_it_is_the_same_page(bank: StandIn) -> None:
    booking = hold()
    first = open_checkout(booking=booking, by=BY, at=clock.now())
    assert open_checkout(booking=booking, by=BY, at=clock.now()) == first
    assert PaymentAttempt.objects.count() == 1
    assert len(created(bank)) == 1


def test_the_card_company_learns_an_opaque_id_and_nothing_else(bank: StandIn) -> None:
    programme = make_programme(name="ZQX-SUBJECT", neutral_name="ZQX-NEUTRAL", code="ZQX1")
    scheme = make_scheme(programme=programme)
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme))
    provider = make_provider(programme, statement_descriptor="BOOKINGS UK")
    booking = hold(requirement=requirement, provider=provider)
    attempt = attempt_for(booking)
    (sent,) = created(bank)
    fields = dict(parse_qsl(sent["body"]))
    participant = requirement.referral.participant
    words = " ".join([*fields.values(), *map(str, sent["headers"].values())])
    for secret in (
        "ZQX",
        participant.family_name,
        participant.email,
        str(booking.pk),
        str(participant.pk),
        requirement.referral.reference,
    ):
        assert secret not in words
    assert fields.pop("expires_at").isdigit()
    assert fields == {
        "mode": "payment",
        "allowed_payment_method_types[0]": "card",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "gbp",
        "line_items[0][price_data][unit_amount]": "8500",
        "line_items[0][price_data][product_data][name]": "Booking",
        "client_reference_id": attempt.public_id,
        "metadata[reference]": attempt.public_id,
        "payment_intent_data[metadata][reference]": attempt.public_id,
        "payment_intent_data[statement_descriptor_suffix]": "BOOKINGS UK",
        "success_url": f"http://testserver/my/bookings/{booking.public_id}/paid/",
        "cancel_url": f"http://testserver/my/bookings/{booking.public_id}/pay/",
        "locale": "auto",
    }
    assert sent["headers"]["Idempotency-Key"] == f"attempt:{attempt.pk}"


def test_a_page_made_but_never_written_down_is_found_again(bank: StandIn) -> None:
    """The answer is lost on the way, as when the worker dies: asked again, it is the same page."""
    booking = hold()
    bank.drop_next(calls=2, path="/checkout/sessions")
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=clock.now())
    assert PaymentAttempt.objects.get().state == AttemptState.RESERVED
    url = open_checkout(booking=booking, by=BY, at=clock.now())
    assert PaymentAttempt.objects.get().state == AttemptState.OPEN
    assert len(bank.client().v1.checkout.sessions.list().data) == 1
    assert url.endswith(str(PaymentAttempt.objects.get().stripe_session_id))


def test_the_poller_finds_the_lost_page_too(bank: StandIn) -> None:
    booking = hold()
    bank.drop_next(calls=2, path="/checkout/sessions")
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=clock.now())
    poll_attempts(at=clock.now() + timedelta(minutes=2, seconds=1))
    assert PaymentAttempt.objects.get().state == AttemptState.OPEN
    booking.refresh_from_db()
    assert booking.hold_extended


def test_a_page_that_was_never_made_is_given_up_and_another_is_opened(bank: StandIn) -> None:
    """Made so late, it would be open for less than the card company's half hour: it refuses, and a new attempt is made."""
    then = clock.now() - timedelta(minutes=4)
    booking = hold(at=then)
    bank.drop_next(calls=2, apply=False)
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=then)
    open_checkout(booking=booking, by=BY, at=clock.now())
    states = PaymentAttempt.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, AttemptState.EXPIRED), (2, AttemptState.OPEN)]


def test_a_failure_that_the_card_company_replays_is_given_up_after_five_minutes(bank: StandIn) -> None:
    then = clock.now() - timedelta(minutes=6)
    booking = hold(at=then)
    bank.fail_next(status=500, keep=True, path="/checkout/sessions")
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=then)
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=clock.now())
    open_checkout(booking=booking, by=BY, at=clock.now())
    assert PaymentAttempt.objects.get(number=2).state == AttemptState.OPEN


def test_while_the_card_company_is_down_the_place_stays_as_it_was(bank: StandIn) -> None:
    booking = hold()
    bank.fail_next(calls=2, status=503)
    with pytest.raises(GatewayIsDown):
        open_checkout(booking=booking, by=BY, at=clock.now())
    after = Booking.objects.get(pk=booking.pk)
    assert (after.state, after.held_until, after.hold_extended) == (BookingState.HELD, booking.held_until, False)


def test_after_the_page_is_over_there_is_no_time_for_another(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    connect().expire_session(attempt.stripe_session_id or "")
    with pytest.raises(TimeToPayIsOver):
        open_checkout(booking=Booking.objects.get(pk=booking.pk), by=BY, at=clock.now())
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED


def test_who_has_paid_is_sent_to_what_our_rows_say(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    url = open_checkout(booking=booking, by=BY, at=clock.now())
    assert url == f"/my/bookings/{booking.public_id}/paid/"
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert len(created(bank)) == 1


@pytest.mark.parametrize("how", ["run out", "released"])
def test_a_place_not_kept_any_more_is_not_paid_for(bank: StandIn, how: str) -> None:
    at = clock.now()
    booking = hold(at=at)
    if how == "released":
        release_hold(booking=booking, by=BY, at=at)
    else:
        at = booking.held_until
    with pytest.raises(TimeToPayIsOver):
        open_checkout(booking=booking, by=BY, at=at)
    assert not can_pay(booking=Booking.objects.get(pk=booking.pk), at=at)
    assert not Charge.objects.exists()
    assert created(bank) == []


def test_a_hold_made_longer_for_another_reason_must_still_outlast_the_page(bank: StandIn) -> None:
    at = clock.now()
    booking = hold(at=at)
    extend_hold(booking=booking, until=at + timedelta(minutes=35), by=BY, at=at)
    with pytest.raises(TimeToPayIsOver):
        open_checkout(booking=booking, by=BY, at=at)


def test_a_place_that_costs_nothing_goes_through_the_same_door(bank: StandIn) -> None:
    booking = hold(price_pence=0)
    assert open_checkout(booking=booking, by=BY, at=clock.now()) == f"/my/bookings/{booking.public_id}/paid/"
    booking.refresh_from_db()
    charge = Charge.objects.get()
    assert (booking.state, charge.state, charge.amount_pence) == (BookingState.CONFIRMED, ChargeState.PAID, 0)
    assert created(bank) == []


def test_a_page_for_a_place_given_up_is_ended_and_nothing_is_owed(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    release_hold(booking=booking, by=BY, at=clock.now())
    later = clock.now() + timedelta(minutes=3)
    poll_attempts(at=later)
    cancel_unpaid(at=later)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED
    assert connect().fetch_session(attempt.stripe_session_id or "").status == "expired"
    assert Charge.objects.get().state == ChargeState.CANCELLED


def test_a_refusal_of_the_card_company_is_not_taken_for_its_being_down(bank: StandIn) -> None:
    with pytest.raises(GatewayRefused) as refusal:
        connect().fetch_session("cs_test_nothing")
    assert refusal.value.code == "resource_missing"
