"""Refunds: whole, in parts, and never too much."""

import pytest
import stripe

from tests.contract.orders import open_session
from tests.contract.standin_process import DECLINED, StandIn


@pytest.fixture
def intent_id(standin: StandIn, api: stripe.StripeClient) -> str:
    session = open_session(api)
    standin.pay(session.id)
    return str(api.v1.checkout.sessions.retrieve(session.id).payment_intent)


def charge_of(api: stripe.StripeClient, intent_id: str) -> stripe.Charge:
    charge = api.v1.payment_intents.retrieve(intent_id, params={"expand": ["latest_charge"]}).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def test_a_full_refund(api: stripe.StripeClient, intent_id: str) -> None:
    refund = api.v1.refunds.create(
        params={"payment_intent": intent_id, "reason": "requested_by_customer", "metadata": {"row": "ref_1"}}
    )
    assert refund.id.startswith("re_")
    assert (refund.amount, refund.currency, refund.status) == (4500, "gbp", "succeeded")
    assert (refund.reason, refund.payment_intent) == ("requested_by_customer", intent_id)
    charge = charge_of(api, intent_id)
    assert (charge.amount_refunded, charge.refunded) == (4500, True)
    again = api.v1.refunds.retrieve(refund.id)
    assert again.metadata is not None
    assert again.metadata["row"] == "ref_1"


def test_refunds_in_parts_up_to_the_whole(api: stripe.StripeClient, intent_id: str) -> None:
    parts = [api.v1.refunds.create(params={"payment_intent": intent_id, "amount": part}) for part in (1000, 3500)]
    charge = charge_of(api, intent_id)
    assert (charge.amount_refunded, charge.refunded) == (4500, True)
    listed = api.v1.refunds.list(params={"payment_intent": intent_id}).data
    assert [each.id for each in listed] == [parts[1].id, parts[0].id]
    assert api.v1.refunds.list(params={"payment_intent": "pi_other"}).data == []


def test_a_second_full_refund_is_refused(api: stripe.StripeClient, intent_id: str) -> None:
    api.v1.refunds.create(params={"payment_intent": intent_id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create(params={"payment_intent": intent_id})
    assert (refusal.value.http_status, refusal.value.code) == (400, "charge_already_refunded")


def test_more_than_is_left_is_refused(api: stripe.StripeClient, intent_id: str) -> None:
    api.v1.refunds.create(params={"payment_intent": intent_id, "amount": 4000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refusal:
        api.v1.refunds.create(params={"payment_intent": intent_id, "amount": 501})
    assert refusal.value.http_status == 400
    assert charge_of(api, intent_id).amount_refunded == 4000


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"payment_intent": "pi_nothing"}, 404),
        ({}, 400),
        ({"payment_intent": "pi_nothing", "reason": "changed_mind"}, 400),
    ],
)
def test_bad_refunds_are_refused(either: stripe.StripeClient, params: dict[str, str], status: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        either.v1.refunds.create(params=params)  # type: ignore[arg-type]
    assert refusal.value.http_status == status


def test_nothing_paid_nothing_refunded(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id, DECLINED)
    intent_id = str(api.v1.checkout.sessions.retrieve(session.id).payment_intent)
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        api.v1.refunds.create(params={"payment_intent": intent_id})


def test_a_refund_makes_three_events(api: stripe.StripeClient, intent_id: str) -> None:
    api.v1.refunds.create(params={"payment_intent": intent_id, "amount": 100})
    kinds = ["refund.created", "charge.refunded", "refund.updated"]
    found = api.v1.events.list(params={"types": kinds}).data
    assert [event.type for event in reversed(found)] == kinds
    (charge_event,) = [event for event in found if event.type == "charge.refunded"]
    assert charge_event.data.object["amount_refunded"] == 100
    assert charge_event.data.previous_attributes["amount_refunded"] == 0
