"""Webhooks: signed as Stripe signs, retried, and faulty on demand."""

import hmac
import re
import time
from hashlib import sha256

import pytest
import stripe

from tests.contract.orders import open_session
from tests.contract.standin_process import DECLINED, SECRET, StandIn, eventually
from tests.contract.webhook_sink import Delivery, WebhookSink


def completed(sink: WebhookSink, number: int = 1) -> list[Delivery]:
    """Wait for that many deliveries of checkout.session.completed."""

    def enough() -> list[Delivery]:
        found = sink.of("checkout.session.completed")
        return found if len(found) >= number else []

    return list(eventually(enough))


def test_the_sdk_accepts_the_signature(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    session = open_session(api)
    standin.pay(session.id)
    (delivery,) = completed(sink)
    event = stripe.Webhook.construct_event(delivery.body, delivery.signature, SECRET)
    assert (event.type, event.livemode, event.object) == ("checkout.session.completed", False, "event")
    assert event.api_version == "2026-10-28.endive"
    assert event.data.object["id"] == session.id
    assert event.data.object["payment_status"] == "paid"
    assert event.data.object["client_reference_id"] == "bkg_7Q2M"
    assert event.id == api.v1.events.retrieve(event.id).id
    assert api.construct_event(delivery.body, delivery.signature, SECRET).id == event.id


def test_the_signature_is_over_time_and_raw_body(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    standin.pay(open_session(api).id)
    (delivery,) = completed(sink)
    match = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", delivery.signature)
    assert match is not None
    expected = hmac.new(SECRET.encode(), match[1].encode() + b"." + delivery.body, sha256).hexdigest()
    assert match[2] == expected
    assert abs(int(match[1]) - time.time()) < 30
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(delivery.body + b" ", delivery.signature, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(delivery.body, delivery.signature, "whsec_other")


def test_each_change_sends_its_event(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    session = open_session(api)
    standin.pay(session.id, DECLINED)
    standin.pay(session.id)
    intent = str(api.v1.checkout.sessions.retrieve(session.id).payment_intent)
    api.v1.refunds.create(params={"payment_intent": intent})
    api.v1.checkout.sessions.expire(open_session(api).id)
    wanted = {
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "charge.refunded",
        "refund.created",
        "refund.updated",
    }
    eventually(lambda: {each.event["type"] for each in list(sink.arrived)} == wanted)
    (failed,) = sink.of("payment_intent.payment_failed")
    assert failed.event["data"]["object"]["last_payment_error"]["decline_code"] == "generic_decline"


def test_what_a_request_caused_names_the_request(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    session = open_session(api)
    api.v1.checkout.sessions.expire(session.id, options={"idempotency_key": "expire-1"})
    (delivery,) = eventually(lambda: sink.of("checkout.session.expired"))
    assert delivery.event["request"]["idempotency_key"] == "expire-1"
    assert delivery.event["request"]["id"].startswith("req_")


def test_a_target_that_refuses_is_tried_again_with_growing_gaps(
    standin: StandIn, api: stripe.StripeClient, sink: WebhookSink
) -> None:
    sink.status = 500
    standin.pay(open_session(api).id)
    (first, second, third, *_) = completed(sink, 3)
    assert first.body == second.body == third.body
    (row, *_) = [each for each in standin.deliveries() if each["type"] == "checkout.session.completed"]
    assert (row["state"], row["last_answer"]) == ("pending", "500")
    assert api.v1.events.retrieve(row["event"]).pending_webhooks == 1
    undelivered = api.v1.events.list(params={"delivery_success": False, "limit": 100}).data
    assert row["event"] in [event.id for event in undelivered]
    standin.webhooks(retry_base=1000)
    eventually(lambda: min(each["due"] for each in standin.deliveries()) > time.time() + 900)
    sink.status = 200
    standin.advance(5000)
    eventually(lambda: {each["state"] for each in standin.deliveries()} == {"delivered"})
    assert api.v1.events.retrieve(row["event"]).pending_webhooks == 0
    assert api.v1.events.list(params={"delivery_success": False}).data == []


def test_a_redirect_is_no_delivery(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    sink.status = 302
    standin.pay(open_session(api).id)
    completed(sink, 2)
    assert {each["state"] for each in standin.deliveries()} == {"pending"}


def test_it_gives_up_after_three_days(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    sink.status = 500
    standin.pay(open_session(api).id)
    completed(sink)
    standin.advance(4 * 24 * 3600)
    eventually(lambda: {each["state"] for each in standin.deliveries()} == {"failed"})
    assert len(api.v1.events.list(params={"delivery_success": False}).data) == 2


def test_dropped_deliveries_never_arrive_but_stay_listed(
    standin: StandIn, api: stripe.StripeClient, sink: WebhookSink
) -> None:
    standin.webhooks(drop=True)
    session = open_session(api)
    standin.pay(session.id)
    standin.advance(24 * 3600)
    time.sleep(0.7)
    assert [each for each in sink.arrived if each.event["data"]["object"]["id"] == session.id] == []
    (event,) = api.v1.events.list(params={"type": "checkout.session.completed", "delivery_success": False}).data
    standin.replay(event.id, times=3)
    assert {each.event["id"] for each in completed(sink, 3)} == {event.id}


def test_a_delay_holds_deliveries_until_the_clock_gets_there(
    standin: StandIn, api: stripe.StripeClient, sink: WebhookSink
) -> None:
    standin.webhooks(delay=40 * 60)
    session = open_session(api)
    standin.pay(session.id)
    time.sleep(0.7)
    assert sink.of("checkout.session.completed") == []
    standin.advance(41 * 60)
    (delivery,) = completed(sink)
    stamp = int(delivery.signature.split(",")[0].removeprefix("t="))
    assert stamp > time.time() + 40 * 60, "signed at the stand-in's time"


def test_the_signature_can_carry_real_time_while_the_clock_runs_ahead(
    standin: StandIn, api: stripe.StripeClient, sink: WebhookSink
) -> None:
    standin.webhooks(delay=40 * 60, sign_clock="real")
    standin.pay(open_session(api).id)
    standin.advance(41 * 60)
    (delivery,) = completed(sink)
    assert abs(int(delivery.signature.split(",")[0].removeprefix("t=")) - time.time()) < 30


def test_copies_are_deliveries_of_one_event(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    standin.webhooks(copies=5)
    standin.pay(open_session(api).id)
    found = completed(sink, 5)
    assert len(found) == 5
    assert len({each.event["id"] for each in found}) == 1


def test_webhooks_wait_for_a_target_that_is_down(standin: StandIn, api: stripe.StripeClient, sink: WebhookSink) -> None:
    target = WebhookSink()
    port = target.port
    target.close()
    try:
        standin.restart(webhook_url=f"http://127.0.0.1:{port}/webhooks/stripe/")
        standin.pay(open_session(api).id)
        eventually(lambda: [each for each in standin.deliveries() if "refused" in each["last_answer"]])
        target = WebhookSink(port)
        completed(target)
        target.close()
    finally:
        standin.restart(webhook_url=sink.url)
