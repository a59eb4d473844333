"""Paying at the checkout page: what the API shows afterwards."""

import pytest
import stripe

from tests.contract.orders import open_session
from tests.contract.standin_process import DECLINED, DISPUTED, NO_FUNDS, PAYS, THREE_D_SECURE, StandIn


def paid_intent(api: stripe.StripeClient, session_id: str) -> stripe.PaymentIntent:
    shown = api.v1.checkout.sessions.retrieve(session_id, params={"expand": ["payment_intent.latest_charge"]})
    assert isinstance(shown.payment_intent, stripe.PaymentIntent)
    return shown.payment_intent


def test_a_good_card_pays_and_goes_to_the_success_address(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    reply = standin.pay(session.id, PAYS)
    assert (reply.status, reply.location) == (303, f"http://127.0.0.1:8000/back?session={session.id}")
    done = api.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    intent = paid_intent(api, session.id)
    assert (intent.status, intent.amount, intent.amount_received) == ("succeeded", 4500, 4500)
    assert intent.metadata["booking"] == "bkg_7Q2M"
    assert intent.statement_descriptor_suffix == "BOOKING"
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.paid, charge.amount, charge.refunded) == (True, 4500, False)


def test_the_intent_itself_can_be_fetched_with_its_charge(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    plain = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert isinstance(plain, str)
    assert isinstance(api.v1.payment_intents.retrieve(plain).latest_charge, str)
    expanded = api.v1.payment_intents.retrieve(plain, params={"expand": ["latest_charge.balance_transaction"]})
    assert isinstance(expanded.latest_charge, stripe.Charge)
    assert isinstance(expanded.latest_charge.balance_transaction, stripe.BalanceTransaction)


@pytest.mark.parametrize(("card", "decline_code"), [(DECLINED, "generic_decline"), (NO_FUNDS, "insufficient_funds")])
def test_a_refused_card_leaves_the_session_open_for_another(
    standin: StandIn, api: stripe.StripeClient, card: str, decline_code: str
) -> None:
    session = open_session(api)
    reply = standin.pay(session.id, card)
    assert reply.location == f"/c/pay/{session.id}?declined={decline_code}"
    assert "There is a problem" in standin.get(reply.location).text
    intent = paid_intent(api, session.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == decline_code
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    standin.pay(session.id, PAYS)
    after = paid_intent(api, session.id)
    assert (after.id, after.status) == (intent.id, "succeeded")


def test_a_number_that_is_not_a_test_card_never_pays(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    assert standin.pay(session.id, "5555555555554444").location.endswith("?declined=test_mode_live_card")


def test_three_d_secure_approved(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    asked = standin.submit(f"/c/pay/{session.id}", number=THREE_D_SECURE, expiry="12/39", cvc="123")
    assert asked.location == f"/c/pay/{session.id}/verify"
    assert paid_intent(api, session.id).status == "requires_action"
    assert "Complete" in standin.get(asked.location).text
    assert standin.submit(asked.location, result="complete").location.startswith("http://127.0.0.1:8000/back")
    assert paid_intent(api, session.id).status == "succeeded"


def test_three_d_secure_failed_can_be_tried_again(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    reply = standin.pay(session.id, THREE_D_SECURE, approve=False)
    assert reply.location == f"/c/pay/{session.id}?declined=authentication"
    error = paid_intent(api, session.id).last_payment_error
    assert error is not None
    assert error.code == "payment_intent_authentication_failure"
    standin.pay(session.id, THREE_D_SECURE)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_pressing_pay_twice_takes_the_money_once(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    assert standin.pay(session.id).location == standin.pay(session.id).location
    assert len(api.v1.charges.list().data) == 1


def test_a_session_that_expires_during_approval_takes_nothing(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    asked = standin.submit(f"/c/pay/{session.id}", number=THREE_D_SECURE, expiry="12/39", cvc="123")
    standin.advance(32 * 60)
    assert "has expired" in standin.submit(asked.location, result="complete").text
    assert paid_intent(api, session.id).status == "canceled"


def test_a_disputed_payment_is_announced(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id, DISPUTED)
    (event,) = api.v1.events.list(params={"type": "charge.dispute.created"}).data
    assert event.data.object["payment_intent"] == paid_intent(api, session.id).id
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_payments_and_refunds_add_up_in_the_balance(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    intent = paid_intent(api, session.id)
    refund = api.v1.refunds.create(params={"payment_intent": intent.id, "amount": 1000})
    booked = api.v1.balance_transactions.list(params={"limit": 100}).data
    assert [(each.type, each.amount, each.fee, each.net) for each in booked] == [
        ("refund", -1000, 0, -1000),
        ("charge", 4500, 88, 4412),
    ]
    assert booked[0].source == refund.id
    only = api.v1.balance_transactions.list(params={"type": "charge"}).data
    assert [each.id for each in only] == [booked[1].id]
