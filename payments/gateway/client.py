"""The only caller of the card company's SDK."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings
from stripe.params.checkout import SessionCreateParams

from payments.gateway import notices
from payments.gateway.answers import CardPage, GatewayIsDown, GatewayRefused, MadeRefund, Notice, PageOrder, PageStatus

CURRENCY = "gbp"
ITEM = "Booking"  # on the card company's page and in its records: never what is booked (rule 14)
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 4.0
RETRIES = 1
LISTED_AT_ONCE = 100


class Gateway:
    """Seven questions to the card company. Each may take about ten seconds: never ask inside a transaction.

    Those that use the network may raise `GatewayIsDown` (ask again later, with the same key) and `GatewayRefused` (it never will).
    """

    def __init__(self, *, api_key: str, webhook_secret: str, api_base: str = "") -> None:
        self._live = api_key.startswith(("sk_live_", "rk_live_"))
        self._secret = webhook_secret
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        )

    def create_session(self, order: PageOrder) -> CardPage:
        """Make a page to pay on: cards only, no customer kept. The same key gives the same page, as it was when made."""
        with _own_errors():
            session = self._client.v1.checkout.sessions.create(params=_asked(order), options={"idempotency_key": order.key})
        return _page(session)

    def fetch_session(self, session_id: str) -> CardPage:
        """The page as it stands now: the only thing on which money is ever believed to be there."""
        with _own_errors():
            return _page(self._client.v1.checkout.sessions.retrieve(session_id))

    def expire_session(self, session_id: str) -> CardPage:
        """End an open page, so that nobody pays on it.

        :raises GatewayRefused: it is over already, perhaps because it was paid: fetch it.
        """
        with _own_errors():
            return _page(self._client.v1.checkout.sessions.expire(session_id))

    def create_refund(self, *, row: UUID, payment_intent: str, amount_pence: int, key: str) -> MadeRefund:
        """Give money back to the card it came from. The same key gives the same refund."""
        with _own_errors():
            refund = self._client.v1.refunds.create(
                params={"payment_intent": payment_intent, "amount": amount_pence, "metadata": {"row": str(row)}},
                options={"idempotency_key": key},
            )
        return _refund(refund)

    def find_refunds(self, payment_intent: str) -> Sequence[MadeRefund]:
        """Every refund of a payment: asked before a refund whose answer was lost is tried again."""
        with _own_errors():
            found = self._client.v1.refunds.list(params={"payment_intent": payment_intent, "limit": LISTED_AT_ONCE})
            return [_refund(refund) for refund in found.auto_paging_iter()]

    def list_events(self, *, since: datetime, kinds: Sequence[str]) -> Sequence[Notice]:
        """What happened since, of these kinds, oldest first: the notices that may have been lost on the way."""
        with _own_errors():
            found = self._client.v1.events.list(
                params={
                    "created": {"gte": int(since.timestamp())},
                    "types": list(kinds),
                    "limit": LISTED_AT_ONCE,
                }
            )
            return [notices.read(event) for event in found.auto_paging_iter()][::-1]

    def read_event(self, body: bytes, signature: str, *, at: datetime) -> Notice:
        """A notice that the card company signed within five minutes of `at`, either way, for this account and mode.

        :raises NoticeIsForged: anything else. No network is used.
        """
        return notices.verify(self._client, body, signature, secret=self._secret, live=self._live, at=at)


def _asked(order: PageOrder) -> SessionCreateParams:
    return {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": order.amount_pence,
                    "product_data": {"name": ITEM},
                },
            }
        ],
        "client_reference_id": order.reference,
        "metadata": {"reference": order.reference},
        "payment_intent_data": {
            "statement_descriptor_suffix": order.descriptor,
            "metadata": {"reference": order.reference},
        },
        "success_url": order.paid_url,
        "cancel_url": order.left_url,
        "expires_at": int(order.expires_at.timestamp()),
        "locale": "auto",
    }


def connect() -> Gateway:
    """The card company of the settings in force."""
    return _connected(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE)


@lru_cache(maxsize=8)
def _connected(api_key: str, webhook_secret: str, api_base: str) -> Gateway:
    return Gateway(api_key=api_key, webhook_secret=webhook_secret, api_base=api_base)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Only a request that is wrong in itself is refused for good; a wrong key, a clash or a fault may be mended."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise GatewayRefused(error.code or "invalid_request") from error
    except stripe.StripeError as error:
        raise GatewayIsDown() from error


def _page(session: Any) -> CardPage:
    return CardPage(
        id=session.id,
        url=session.url or "",
        status=PageStatus(session.status),
        paid=session.payment_status == "paid",
        amount_pence=session.amount_total,
        currency=session.currency,
        reference=session.client_reference_id or "",
        payment_intent=session.payment_intent or "",
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
    )


def _refund(refund: Any) -> MadeRefund:
    return MadeRefund(
        id=refund.id,
        amount_pence=refund.amount,
        row=refund.metadata["row"] if refund.metadata and "row" in refund.metadata else "",
        failed=refund.status in {"failed", "canceled"},
    )
