"""Checkout Sessions: what a caller may ask, and how one ends."""

import time

import pytest
import stripe

from tests.contract.orders import open_session, order
from tests.contract.standin_process import StandIn, eventually

HALF_HOUR, DAY = 30 * 60, 24 * 3600


def test_a_new_session_is_open_and_keeps_what_was_asked(either: stripe.StripeClient) -> None:
    session = open_session(either)
    assert session.id.startswith("cs_test_")
    assert (session.object, session.status, session.payment_status) == ("checkout.session", "open", "unpaid")
    assert (session.amount_total, session.currency, session.livemode) == (4500, "gbp", False)
    assert session.client_reference_id == "bkg_7Q2M"
    assert session.metadata is not None
    assert session.metadata["booking"] == "bkg_7Q2M"
    assert session.payment_intent is None, "made only when somebody tries to pay"
    assert session.url is not None
    assert f"/c/pay/{session.id}" in session.url
    again = either.v1.checkout.sessions.retrieve(session.id)
    assert (again.id, again.expires_at, again.success_url) == (session.id, session.expires_at, session.success_url)


def test_line_items_come_when_asked_for(either: stripe.StripeClient) -> None:
    session = open_session(either)
    assert not hasattr(session, "line_items")
    shown = either.v1.checkout.sessions.retrieve(session.id, params={"expand": ["line_items"]})
    assert shown.line_items is not None
    assert [(item.description, item.quantity, item.amount_total) for item in shown.line_items.data] == [
        ("Course place", 1, 4500)
    ]
    assert either.v1.checkout.sessions.line_items.list(session.id).data[0].description == "Course place"


def test_the_default_expiry_is_a_day(either: stripe.StripeClient) -> None:
    params = order()
    del params["expires_at"]
    session = either.v1.checkout.sessions.create(params=params)
    assert session.expires_at == session.created + DAY


@pytest.mark.parametrize("after", [HALF_HOUR - 60, DAY + 60, -60])
def test_expiry_outside_half_an_hour_and_a_day_is_refused(either: stripe.StripeClient, after: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(either, expires_at=int(time.time()) + after)
    assert refusal.value.http_status == 400
    assert refusal.value.param == "expires_at"


@pytest.mark.parametrize("after", [HALF_HOUR + 30, DAY - 30])
def test_expiry_just_inside_is_taken(either: stripe.StripeClient, after: int) -> None:
    moment = int(time.time()) + after
    assert open_session(either, expires_at=moment).expires_at == moment


def test_english_is_a_locale_and_welsh_is_not(either: stripe.StripeClient) -> None:
    assert open_session(either, locale="en").locale == "en"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(either, locale="cy")
    assert refusal.value.param == "locale"


def _priced(unit_amount: object, currency: str = "gbp", name: str = "Course place") -> dict[str, object]:
    price = {"currency": currency, "unit_amount": unit_amount, "product_data": {"name": name}}
    return {"line_items": [{"quantity": 1, "price_data": price}]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"success_url": "not an address"}, "url_invalid"),
        ({"no_such_parameter": "1"}, "parameter_unknown"),
        ({"mode": "subscribe"}, None),
        ({"line_items": []}, None),
        (_priced("many"), "parameter_invalid_integer"),
        (_priced(29), "amount_too_small"),
        (_priced(4500, currency="xxx"), None),
        (_priced(4500, name=""), "parameter_invalid_empty"),
        ({"metadata": {"key": "x" * 501}}, None),
        ({"client_reference_id": "x" * 201}, None),
        ({"payment_intent_data": {"statement_descriptor_suffix": "x" * 23}}, None),
    ],
)
def test_bad_parameters_are_refused(either: stripe.StripeClient, changes: dict[str, object], code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(either, **changes)
    assert refusal.value.http_status == 400
    if code:
        assert refusal.value.code == code


def test_success_address_is_needed(either: stripe.StripeClient) -> None:
    params = order()
    del params["success_url"]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        either.v1.checkout.sessions.create(params=params)
    assert refusal.value.code == "parameter_missing"


def test_an_open_session_can_be_expired_once(either: stripe.StripeClient) -> None:
    session = open_session(either)
    ended = either.v1.checkout.sessions.expire(session.id)
    assert (ended.status, ended.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        either.v1.checkout.sessions.expire(session.id)
    assert refusal.value.http_status == 400


def test_a_complete_session_cannot_be_expired(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        api.v1.checkout.sessions.expire(session.id)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_no_such_session_is_a_404(either: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        either.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_sessions_are_listed_newest_first_and_by_payment(standin: StandIn, api: stripe.StripeClient) -> None:
    first, second = open_session(api), open_session(api)
    assert [each.id for each in api.v1.checkout.sessions.list().data] == [second.id, first.id]
    standin.pay(first.id)
    intent = api.v1.checkout.sessions.retrieve(first.id).payment_intent
    found = api.v1.checkout.sessions.list(params={"payment_intent": str(intent)})
    assert [each.id for each in found.data] == [first.id]
    assert [each.id for each in api.v1.checkout.sessions.list(params={"status": "open"}).data] == [second.id]


def test_a_session_past_its_time_expires_by_itself(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.advance(32 * 60)
    assert api.v1.checkout.sessions.retrieve(session.id).status == "expired"
    found = api.v1.events.list(params={"types": ["checkout.session.expired"]}).data
    assert [event.data.object["id"] for event in found] == [session.id]


def test_expiry_needs_no_request_to_happen(standin: StandIn, api: stripe.StripeClient) -> None:
    """Only the control list is read here, and that expires nothing."""
    open_session(api)
    standin.advance(32 * 60)
    delivered = eventually(standin.deliveries)
    assert [each["type"] for each in delivered] == ["checkout.session.expired"]
