"""Fault controls and the life of the process."""

import os
import subprocess
import time
import uuid
from pathlib import Path

import pytest
import stripe

from tests.contract.orders import open_session, order
from tests.contract.standin_process import ROOT, StandIn, fetch


def test_errors_come_for_the_ordered_number_of_calls(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.fail_next(calls=2, path="/events")
    open_session(api)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            api.v1.events.list()
    assert api.v1.events.list().data == []


def test_too_many_requests(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.fail_next(status=429)
    with pytest.raises(stripe.RateLimitError):
        open_session(api)


def test_a_dropped_answer_was_still_carried_out(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    standin.drop_next()
    with pytest.raises(stripe.APIConnectionError):
        api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    (made,) = api.v1.checkout.sessions.list().data
    again = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    assert again.id == made.id


def test_the_sdk_retries_a_dropped_refund_without_paying_twice(standin: StandIn) -> None:
    api = standin.client(max_network_retries=2)
    session = open_session(api)
    standin.pay(session.id)
    intent = str(api.v1.checkout.sessions.retrieve(session.id).payment_intent)
    standin.drop_next(path="/refunds")
    refund = api.v1.refunds.create(params={"payment_intent": intent, "amount": 100})
    assert [each.id for each in api.v1.refunds.list().data] == [refund.id]


def test_a_connection_can_drop_before_anything_happens(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.drop_next(apply=False)
    with pytest.raises(stripe.APIConnectionError):
        open_session(api)
    assert api.v1.checkout.sessions.list().data == []


def test_an_error_on_the_way_back_is_healed_by_a_retry(standin: StandIn, api: stripe.StripeClient) -> None:
    key, params = uuid.uuid4().hex, order()
    standin.fail_next(status=502, apply=True)
    with pytest.raises(stripe.APIError):
        api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    again = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
    assert [each.id for each in api.v1.checkout.sessions.list().data] == [again.id]


def test_slowness(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.slow(0.4, calls=1)
    before = time.monotonic()
    api.v1.events.list()
    assert time.monotonic() - before >= 0.4
    before = time.monotonic()
    api.v1.events.list()
    assert time.monotonic() - before < 0.4


def test_faults_can_be_called_off(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.fail_next(calls=100)
    standin.clear_faults()
    assert open_session(api).status == "open"


def test_requests_are_kept_without_key_and_card(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api, client_reference_id="ZQX-CANARY")
    standin.pay(session.id)
    received = standin.requests()
    assert any("ZQX-CANARY" in each["body"] and each["status"] == 200 for each in received)
    assert any(each["path"] == f"/c/pay/{session.id}" and each["status"] == 303 for each in received)
    written = str(received) + "".join(path.read_bytes().decode("latin-1") for path in standin.state.glob("*.sqlite3*"))
    assert "sk_test_" not in written
    assert "4242424242424242" not in written
    assert "12/39" not in written
    assert "12%2F39" not in written


def test_controls_need_their_header(standin: StandIn) -> None:
    assert fetch(f"{standin.base_url}/_control/reset", b"{}").status == 403


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "clock", b'{"advance": -5}'),
        ("POST", "webhooks", b'{"lose": true}'),
        ("POST", "faults", b'{"kind": "flood"}'),
        ("POST", "replay", b'{"event": "evt_none"}'),
        ("POST", "clock", b"[]"),
        ("POST", "clock", b"{"),
    ],
)
def test_wrong_orders_are_refused(standin: StandIn, method: str, name: str, body: bytes) -> None:
    url = f"{standin.base_url}/_control/{name}"
    assert fetch(url, body, {"X-Standin-Control": "1"}, method).status == 400


def test_everything_survives_kill_and_restart(tmp_path: Path) -> None:
    with StandIn(tmp_path / "state", "http://127.0.0.1:9/nobody-listens") as standin:
        api, key, params = standin.client(), uuid.uuid4().hex, order()
        session = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
        standin.pay(session.id)
        standin.advance(50)
        waiting = [each["event"] for each in standin.deliveries()]
        standin.kill()
        standin.start()
        assert api.v1.checkout.sessions.retrieve(session.id).status == "complete"
        replay = api.v1.checkout.sessions.create(params=params, options={"idempotency_key": key})
        assert (replay.id, replay.status) == (session.id, "open")
        assert [each["event"] for each in standin.deliveries()] == waiting
        assert standin.control("GET", "state")["clock_offset"] == 50


def start(standin: StandIn, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; it must refuse, not serve."""
    return subprocess.run(
        standin.command(), cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=20
    )


def test_it_refuses_production_settings(tmp_path: Path) -> None:
    ended = start(StandIn(tmp_path), DJANGO_SETTINGS_MODULE="diversion.settings.production")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "The Stripe stand-in does not run with production settings.\n"


def test_a_port_in_use_is_one_sentence(standin: StandIn, tmp_path: Path) -> None:
    ended = start(StandIn(tmp_path, port=standin.port), DJANGO_SETTINGS_MODULE="")
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Port {standin.port} cannot be used")
    assert "Traceback" not in ended.stderr


def test_an_unusable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = start(StandIn(tmp_path / "file" / "state"), DJANGO_SETTINGS_MODULE="")
    assert ended.returncode == 2
    assert "cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_listens_on_this_machine_only(standin: StandIn) -> None:
    """Linux keeps listening sockets in /proc; 0100007F is 127.0.0.1."""
    sockets = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in sockets if line.split()[3] == "0A"]
    mine = [address for address in listening if address.endswith(f":{standin.port:04X}")]
    assert mine == [f"0100007F:{standin.port:04X}"]
