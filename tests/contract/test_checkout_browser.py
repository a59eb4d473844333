"""The checkout pages in Chromium: accessible, narrow enough for a phone, and working without JavaScript."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import installed
from tests.contract.orders import open_session
from tests.contract.standin_process import DECLINED, THREE_D_SECURE, StandIn
from tests.contract.webhook_sink import WebhookSink

AXE = (Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PHONE: Any = {"width": 360, "height": 740}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A phone with JavaScript off."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    """A phone on which axe can run past the page's own policy."""
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    yield context.new_page()
    context.close()


def fill(page: Page, number: str, expiry: str = "12/39", cvc: str = "123") -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill(expiry)
    page.get_by_label("Security code").fill(cvc)
    page.get_by_role("button", name="Pay £45.00").click()


def check_page(page: Page) -> None:
    """No axe finding of any impact, and no sideways scrolling."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_every_page_is_accessible_and_fits_a_phone(scripted: Page, standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    scripted.goto(str(session.url))
    check_page(scripted)
    fill(scripted, "1", "x", "")
    assert scripted.title().startswith("Error: ")
    check_page(scripted)
    scripted.get_by_role("link", name="Check the card number").click()
    assert scripted.evaluate("document.activeElement.id") == "number"
    fill(scripted, DECLINED)
    assert "declined" in scripted.get_by_role("alert").inner_text()
    check_page(scripted)
    fill(scripted, THREE_D_SECURE)
    check_page(scripted)
    api.v1.checkout.sessions.expire(session.id)
    scripted.goto(f"{standin.base_url}/c/pay/{session.id}")
    check_page(scripted)
    paid = open_session(api)
    standin.pay(paid.id)
    scripted.goto(f"{standin.base_url}/c/pay/{paid.id}")
    check_page(scripted)


def test_decline_then_three_d_secure_pays_without_javascript(
    plain: Page, api: stripe.StripeClient, sink: WebhookSink
) -> None:
    session = open_session(api, success_url=sink.url + "?session={CHECKOUT_SESSION_ID}")
    plain.goto(str(session.url))
    fill(plain, DECLINED)
    assert "Your card has been declined." in plain.get_by_role("alert").inner_text()
    fill(plain, THREE_D_SECURE)
    plain.get_by_role("button", name="Complete").click()
    assert plain.title() == "Back at the shop"
    assert plain.url.endswith(f"session={session.id}")
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_back_leaves_without_paying(plain: Page, api: stripe.StripeClient, sink: WebhookSink) -> None:
    session = open_session(api, cancel_url=sink.url)
    plain.goto(str(session.url))
    plain.get_by_role("link", name="Back").click()
    assert plain.url == sink.url
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
