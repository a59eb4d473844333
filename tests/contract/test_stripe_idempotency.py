"""Idempotency keys: the first answer stands."""

import threading
import uuid

import pytest
import stripe

from tests.contract.orders import open_session, order
from tests.contract.standin_process import API_KEY, StandIn, fetch


def test_same_key_and_parameters_give_the_same_session(either: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    first = either.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    second = either.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    assert first.id == second.id
    assert first.last_response is not None
    assert second.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"


def test_same_key_with_other_parameters_is_refused(either: stripe.StripeClient) -> None:
    key = uuid.uuid4().hex
    open_session(either, key)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refusal:
        open_session(either, key, client_reference_id="another")
    assert refusal.value.http_status == 400


def test_same_key_at_another_endpoint_is_refused(either: stripe.StripeClient) -> None:
    key = uuid.uuid4().hex
    open_session(either, key)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        either.v1.refunds.create(params={"payment_intent": "pi_x"}, options={"idempotency_key": key})


def test_refused_parameters_do_not_use_up_the_key(either: stripe.StripeClient) -> None:
    key = uuid.uuid4().hex
    with pytest.raises(stripe.InvalidRequestError):
        open_session(either, key, locale="cy")
    assert open_session(either, key).status == "open"


def test_a_paid_session_is_replayed_as_it_was_when_open(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    first = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    standin.pay(first.id)
    replayed = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    assert (replayed.id, replayed.status, replayed.url) == (first.id, "open", first.url)
    assert api.v1.checkout.sessions.retrieve(first.id).status == "complete"


def test_a_saved_500_is_replayed(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    standin.fail_next(path="/checkout/sessions", keep=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
        assert failure.value.http_status == 500
    assert api.v1.checkout.sessions.list().data == []
    assert open_session(api).status == "open", "another key is not affected"


def test_a_500_that_was_not_saved_goes_away(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    standin.fail_next()
    with pytest.raises(stripe.APIError):
        api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    assert api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key}).status == "open"


def test_a_refund_refusal_is_saved(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    params = {"payment_intent": str(api.v1.checkout.sessions.retrieve(session.id).payment_intent)}
    api.v1.refunds.create(params=params)  # type: ignore[arg-type]
    key, replays = uuid.uuid4().hex, []
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            api.v1.refunds.create(params=params, options={"idempotency_key": key})  # type: ignore[arg-type]
        replays.append((refusal.value.headers or {}).get("Idempotent-Replayed"))
    assert replays == [None, "true"]


def test_keys_are_forgotten_after_a_day(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    params = {"payment_intent": str(api.v1.checkout.sessions.retrieve(session.id).payment_intent), "amount": 100}
    key = uuid.uuid4().hex
    first = api.v1.refunds.create(params=params, options={"idempotency_key": key})  # type: ignore[arg-type]
    standin.advance(25 * 3600)
    second = api.v1.refunds.create(params=params, options={"idempotency_key": key})  # type: ignore[arg-type]
    assert first.id != second.id


def test_the_same_key_twice_at_once_is_a_conflict(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params, outcomes = uuid.uuid4().hex, order(), []
    standin.slow(0.5)

    def ask() -> None:
        try:
            outcomes.append(api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key}).status)
        except stripe.APIError as error:
            outcomes.append(str(error.http_status))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == ["409", "open"]
    assert len(api.v1.checkout.sessions.list().data) == 1


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer sk_live_1234567890", "Bearer nonsense", "Basic ?"])
def test_without_a_test_key_nothing_is_answered(standin: StandIn, header: str) -> None:
    reply = fetch(f"{standin.base_url}/v1/events", headers={"Authorization": header} if header else {})
    assert reply.status == 401
    assert '"type": "invalid_request_error"' in reply.text


def test_a_wrong_key_is_an_authentication_error(either: stripe.StripeClient) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        either.v1.events.list(options={"api_key": "sk_live_wrong0000000000000"})
    assert refusal.value.http_status == 401


def test_basic_authentication_works(standin: StandIn) -> None:
    import base64

    token = base64.b64encode(f"{API_KEY}:".encode()).decode()
    assert fetch(f"{standin.base_url}/v1/events", headers={"Authorization": f"Basic {token}"}).status == 200


def test_an_unknown_address_is_a_404_in_stripes_shape(standin: StandIn) -> None:
    reply = fetch(f"{standin.base_url}/v1/customers", headers={"Authorization": f"Bearer {API_KEY}"})
    assert (reply.status, "Unrecognized request URL" in reply.text) == (404, True)
