"""The service under contract: the stand-in always, Stripe itself when STRIPE_TEST_KEY is set."""

import os
from collections.abc import Iterator

import pytest
import stripe

from tests.contract.standin_process import StandIn
from tests.contract.webhook_sink import WebhookSink


@pytest.fixture(scope="module")
def sink() -> Iterator[WebhookSink]:
    server = WebhookSink()
    yield server
    server.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sink: WebhookSink) -> Iterator[StandIn]:
    with StandIn(tmp_path_factory.mktemp("standin"), sink.url) as standin:
        yield standin


@pytest.fixture
def standin(running: StandIn, sink: WebhookSink) -> StandIn:
    """A running stand-in with nothing in it."""
    running.reset()
    running.webhooks(retry_base=0.1)
    sink.arrived.clear()
    sink.status = 200
    return running


@pytest.fixture
def api(standin: StandIn) -> stripe.StripeClient:
    """The SDK pointed at the stand-in."""
    return standin.client()


@pytest.fixture(params=["standin", "stripe"])
def either(request: pytest.FixtureRequest) -> stripe.StripeClient:
    """The SDK pointed at the stand-in, and once more at Stripe where there is a key."""
    if request.param == "standin":
        standin: StandIn = request.getfixturevalue("standin")
        return standin.client()
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key.startswith("sk_test_"):
        pytest.skip("STRIPE_TEST_KEY is not set")
    return stripe.StripeClient(key)
