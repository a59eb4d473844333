"""Checkout parameters as the product sends them."""

import time
import uuid
from typing import Any

import stripe


def order(**changes: Any) -> Any:
    """Parameters of a session for one neutral item of 45.00 pounds."""
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "Course place"}},
            }
        ],
        "client_reference_id": "bkg_7Q2M",
        "metadata": {"booking": "bkg_7Q2M"},
        "payment_intent_data": {"statement_descriptor_suffix": "BOOKING", "metadata": {"booking": "bkg_7Q2M"}},
        "success_url": "http://127.0.0.1:8000/back?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:8000/left",
        "expires_at": int(time.time()) + 31 * 60,
        "locale": "en-GB",
    } | changes


def open_session(api: stripe.StripeClient, key: str | None = None, **changes: Any) -> stripe.checkout.Session:
    """Create a session with the given idempotency key or a fresh one."""
    return api.v1.checkout.sessions.create(params=order(**changes), options={"idempotency_key": key or uuid.uuid4().hex})
