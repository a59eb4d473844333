"""The hosted page at `/c/pay/<session>`: show the form, take a test card, send the payer back."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from payments.standin import cards, page, payments, sessions
from payments.standin.state import State
from payments.standin.store import Json

PATH = re.compile(r"/c/pay/(cs_test_[A-Za-z0-9]+)(/verify)?")
STYLESHEET = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Page:
    """An answer of the checkout: a page, or a 303 when `location` is set."""

    status: int
    text: str = ""
    location: str = ""
    form_target: str = ""
    content_type: str = "text/html; charset=utf-8"


class Checkout:
    """The pages a payer sees."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, method: str, path: str, query: str, body: str) -> Page:
        """Answer one request below `/c/`; a session that is over says so whatever was posted."""
        if path == "/c/page.css":
            return Page(200, STYLESHEET, content_type="text/css; charset=utf-8")
        match = PATH.fullmatch(path)
        state = self._state
        with state.store.transaction():
            sessions.expire_due(state)
        with state.store.transaction():
            session = state.store.get(match[1], sessions.KIND) if match else None
            if session is None or match is None:
                return Page(404, page.nothing())
            if session["status"] != "open":
                answer = self._over(method, session)
            elif match[2]:
                answer = self._approval(method, session, _fields(body))
            elif method == "POST":
                answer = self._pay(session, _fields(body))
            else:
                declined = cards.decline_message(_fields(query).get("declined", ""))
                answer = self._form(session, {}, {}, declined)
        state.wake.set()
        return answer

    def _over(self, method: str, session: Json) -> Page:
        if session["status"] == "expired":
            return Page(200, page.expired(session))
        if method == "POST":
            return Page(303, location=return_address(session))
        return Page(200, page.paid(session, return_address(session)))

    def _form(self, session: Json, typed: Json, errors: dict[str, str], declined: str) -> Page:
        return Page(
            422 if errors else 200,
            page.payment(session, typed, errors, declined),
            form_target=_origin(session["success_url"]),
        )

    def _pay(self, session: Json, typed: dict[str, str]) -> Page:
        given = {name: typed.get(name, "") for name in page.LABELS}
        today = time.gmtime(self._state.clock.now())
        errors = cards.field_errors(**given, today=(today.tm_year, today.tm_mon))
        if errors:
            return self._form(session, given | {"cvc": ""}, errors, "")
        card = cards.find(given["number"])
        intent = payments.begin(self._state, session)
        own = f"/c/pay/{session['id']}"
        if card.three_d_secure:
            payments.ask_approval(self._state, intent)
            return Page(303, location=f"{own}/verify")
        if card.decline:
            payments.decline(self._state, intent, card)
            return Page(303, location=f"{own}?declined={card.decline}")
        return self._paid(session, intent, card)

    def _approval(self, method: str, session: Json, typed: dict[str, str]) -> Page:
        """Stripe's own 3-D Secure test card is the only one that comes here."""
        own = f"/c/pay/{session['id']}"
        intent = self._state.store.get(session["payment_intent"] or "", "payment_intent")
        if intent is None or intent["status"] != "requires_action":
            return Page(303, location=own)
        if method == "POST" and typed.get("result") == "complete":
            return self._paid(session, intent, cards.find("4000002500003155"))
        if method == "POST":
            payments.refuse_approval(self._state, intent)
            return Page(303, location=f"{own}?declined=authentication")
        target = _origin(session["success_url"])
        return Page(200, page.approval(session), form_target=target)

    def _paid(self, session: Json, intent: Json, card: cards.TestCard) -> Page:
        payments.succeed(self._state, intent, card)
        sessions.complete(self._state, session)
        return Page(303, location=return_address(session))


def return_address(session: Json) -> str:
    """The success address with the session's id in the place the caller left for it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _fields(encoded: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(encoded).items()}
