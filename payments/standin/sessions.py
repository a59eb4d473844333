"""Checkout Sessions: made open, ended once as complete or expired."""

from payments.standin import events, payments
from payments.standin.errors import ApiError, missing
from payments.standin.identifiers import new_id
from payments.standin.params import Params
from payments.standin.session_params import Order, read_order
from payments.standin.state import State
from payments.standin.store import Json

KIND = "checkout.session"


def create(state: State, params: Params) -> Json:
    """Open a session; Stripe makes its PaymentIntent only when somebody first tries to pay.

    :raises BadParameter: for anything wrong with the parameters.
    """
    now = state.clock.stamp()
    order = read_order(params, now)
    session_id = new_id("cs_test")
    return state.store.put(_blank() | _ordered(order, session_id, now))


def get(state: State, session_id: str) -> Json:
    """The stored session.

    :raises ApiError: 404 when there is none.
    """
    session = state.store.get(session_id, KIND)
    if session is None:
        raise missing(KIND, session_id, "session")
    return session


def expire(state: State, session_id: str) -> Json:
    """Close an open session for good and cancel a payment begun in it.

    :raises ApiError: 404 for no such session, 400 when it is already complete or expired.
    """
    session = get(state, session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session'
            f" has a status of {session['status']}."
        )
    session["status"] = "expired"
    state.store.put(session)
    payments.cancel(state, session)
    events.record(state, "checkout.session.expired", session)
    return session


def complete(state: State, session: Json) -> None:
    """Mark the session paid; the payment itself is already recorded."""
    session |= {"status": "complete", "payment_status": "paid"}
    session["customer_details"] = dict.fromkeys(
        ("address", "business_name", "email", "individual_name", "name", "phone", "tax_exempt")
    ) | {"tax_ids": []}
    state.store.put(session)
    events.record(state, "checkout.session.completed", session)


def expire_due(state: State) -> None:
    """Expire every open session whose time has come; call inside the transaction."""
    due = state.store.rows(
        "SELECT id FROM objects WHERE kind = 'checkout.session'"
        " AND json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ?",
        state.clock.stamp(),
    )
    for row in due:
        expire(state, row["id"])


def _ordered(order: Order, session_id: str, now: int) -> Json:
    currency = order.items[0].currency
    return {
        "id": session_id,
        "amount_subtotal": order.total,
        "amount_total": order.total,
        "cancel_url": order.cancel_url,
        "client_reference_id": order.client_reference_id,
        "created": now,
        "currency": currency,
        "expires_at": order.expires_at,
        "locale": order.locale,
        "metadata": order.metadata,
        "submit_type": order.submit_type,
        "success_url": order.success_url,
        "_intent": order.intent,
        "_line_items": [
            {
                "id": new_id("li"),
                "object": "item",
                "amount_discount": 0,
                "amount_subtotal": item.unit_amount * item.quantity,
                "amount_tax": 0,
                "amount_total": item.unit_amount * item.quantity,
                "currency": currency,
                "description": item.name,
                "quantity": item.quantity,
            }
            for item in order.items
        ],
    }


def _blank() -> Json:
    """The fields of every session that this shop never fills."""
    empty = (
        "after_expiration allow_promotion_codes billing_address_collection client_secret"
        " collected_information consent consent_collection currency_conversion customer"
        " customer_details customer_email invoice invoice_creation payment_intent payment_link"
        " recovered_from setup_intent shipping_cost subscription url"
    )
    return dict.fromkeys(empty.split()) | {
        "object": KIND,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "customer_creation": "if_required",
        "livemode": False,
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }
