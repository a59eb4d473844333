"""The checkout pages as HTML: words, labels, messages, and nothing from elsewhere."""

import re

import pytest
import stripe

from tests.contract.orders import open_session
from tests.contract.standin_process import PAYS, THREE_D_SECURE, StandIn


def test_the_page_says_what_and_how_much_and_that_it_is_a_test(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    assert session.url is not None
    reply = standin.get(session.url)
    assert reply.status == 200
    for words in ("Test payments – no real money", "Course place", "£45.00", 'href="http://127.0.0.1:8000/left"'):
        assert words in reply.text
    assert '<html lang="en">' in reply.text
    assert reply.text.count("<h1>") == reply.text.count("<main>") == 1
    fields = re.findall(r'<input id="(\w+)"', reply.text)
    assert fields == re.findall(r'<label for="(\w+)"', reply.text) == ["number", "expiry", "cvc"]


def test_nothing_comes_from_elsewhere_and_nothing_runs(standin: StandIn, api: stripe.StripeClient) -> None:
    reply = standin.get(f"/c/pay/{open_session(api).id}")
    assert re.findall(r'(?:src|<link[^>]*href)="((?:https?:)?//[^"]*)"', reply.text) == []
    assert "<script" not in reply.text
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert reply.headers["Cache-Control"] == "no-store"
    assert standin.get("/c/page.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("number", "", "Enter the card number"),
        ("number", "4242 4242 4242 4241", "Check the card number"),
        ("number", "abc", "Check the card number"),
        ("expiry", "", "Enter the expiry date"),
        ("expiry", "13/30", "Enter the expiry date"),
        ("expiry", "01/20", "The card has expired"),
        ("cvc", "", "Enter the security code"),
        ("cvc", "12", "Enter the security code"),
    ],
)
def test_a_wrong_field_says_so_beside_it(
    standin: StandIn, api: stripe.StripeClient, field: str, typed: str, message: str
) -> None:
    session = open_session(api)
    good = {"number": PAYS, "expiry": "12/39", "cvc": "123"}
    reply = standin.submit(f"/c/pay/{session.id}", **(good | {field: typed}))
    assert reply.status == 422
    assert "<title>Error: " in reply.text
    assert f'<a href="#{field}">{message}' in reply.text
    assert f'id="{field}-error">{message}' in reply.text
    assert f'aria-describedby="{field}-hint {field}-error" aria-invalid="true"' in reply.text
    assert reply.text.count('class="error"') == 1
    assert api.v1.payment_intents.list().data == [], "a mistyped field is no try to pay"


def test_the_security_code_is_never_shown_again(standin: StandIn, api: stripe.StripeClient) -> None:
    reply = standin.submit(f"/c/pay/{open_session(api).id}", number=PAYS, expiry="", cvc="987")
    assert "987" not in reply.text
    assert PAYS in reply.text


@pytest.mark.parametrize("typed", ["12/39", "1239", "12 / 39", "12/2039"])
def test_expiry_may_be_written_in_several_ways(standin: StandIn, api: stripe.StripeClient, typed: str) -> None:
    session = open_session(api)
    reply = standin.submit(f"/c/pay/{session.id}", number="4242 4242 4242 4242", expiry=typed, cvc="123")
    assert reply.status == 303


def test_names_are_shown_as_text(standin: StandIn, api: stripe.StripeClient) -> None:
    price = {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "<script>alert(1)</script>"}}
    session = open_session(api, line_items=[{"quantity": 1, "price_data": price}])
    assert "<script" not in standin.get(f"/c/pay/{session.id}").text


def test_an_expired_session_says_so(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    api.v1.checkout.sessions.expire(session.id)
    for reply in (standin.get(f"/c/pay/{session.id}"), standin.pay(session.id)):
        assert "This payment page has expired" in reply.text
        assert "http://127.0.0.1:8000/left" in reply.text
    assert api.v1.payment_intents.list().data == []


def test_a_paid_session_says_so(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    standin.pay(session.id)
    reply = standin.get(f"/c/pay/{session.id}")
    assert "Already paid" in reply.text
    assert f"http://127.0.0.1:8000/back?session={session.id}" in reply.text


def test_without_a_way_back_there_is_no_link(standin: StandIn, api: stripe.StripeClient) -> None:
    params = {"cancel_url": None}
    session = open_session(api, **params)
    assert ">Back<" not in standin.get(f"/c/pay/{session.id}").text


def test_the_approval_page_has_both_answers(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    asked = standin.submit(f"/c/pay/{session.id}", number=THREE_D_SECURE, expiry="12/39", cvc="123")
    text = standin.get(asked.location).text
    assert ">Complete</button>" in text
    assert ">Fail</button>" in text


def test_approval_before_paying_goes_to_the_form(standin: StandIn, api: stripe.StripeClient) -> None:
    session = open_session(api)
    reply = standin.submit(f"/c/pay/{session.id}/verify", result="complete")
    assert (reply.status, reply.location) == (303, f"/c/pay/{session.id}")
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize("address", ["/c/pay/cs_test_nothing", "/c/other", "/c/pay/../x"])
def test_an_unknown_page_is_a_404(standin: StandIn, address: str) -> None:
    assert standin.get(address).status == 404
