"""PaymentIntents and charges: what happens when somebody presses Pay."""

from payments.standin import balance, events
from payments.standin.cards import FAILED_APPROVAL, TestCard
from payments.standin.identifiers import new_id
from payments.standin.state import State
from payments.standin.store import Json


def begin(state: State, session: Json) -> Json:
    """The session's PaymentIntent, made at the first try to pay."""
    if session["payment_intent"]:
        found = state.store.get(session["payment_intent"], "payment_intent")
        assert found is not None
        return found
    intent_id = new_id("pi")
    intent = state.store.put(
        _blank_intent()
        | session["_intent"]
        | {
            "id": intent_id,
            "amount": session["amount_total"],
            "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
            "created": state.clock.stamp(),
            "currency": session["currency"],
        }
    )
    session["payment_intent"] = intent_id
    state.store.put(session)
    events.record(state, "payment_intent.created", intent)
    return intent


def succeed(state: State, intent: Json, card: TestCard) -> None:
    """Take the money: a paid charge with its balance transaction."""
    charge = _charge(state, intent, card) | {"status": "succeeded", "paid": True, "captured": True}
    charge["amount_captured"] = charge["amount"]
    charge["balance_transaction"] = balance.book_charge(state, charge)
    state.store.put(charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
        "last_payment_error": None,
        "next_action": None,
    }
    state.store.put(intent)
    events.record(state, "charge.succeeded", charge)
    events.record(state, "payment_intent.succeeded", intent)
    if card.disputed:
        _dispute(state, charge)


def decline(state: State, intent: Json, card: TestCard) -> None:
    """Record a refused try; the intent stays open for another."""
    charge = _charge(state, intent, card) | {
        "status": "failed",
        "failure_code": "card_declined",
        "failure_message": card.message,
    }
    state.store.put(charge)
    events.record(state, "charge.failed", charge)
    intent["latest_charge"] = charge["id"]
    _fail(state, intent, "card_declined", card.message, card.decline, charge["id"])


def ask_approval(state: State, intent: Json) -> None:
    """Wait for the cardholder's 3-D Secure answer."""
    intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}
    state.store.put(intent)
    events.record(state, "payment_intent.requires_action", intent)


def refuse_approval(state: State, intent: Json) -> None:
    """Record a failed 3-D Secure answer; no charge was made."""
    _fail(state, intent, "payment_intent_authentication_failure", FAILED_APPROVAL, None, None)


def cancel(state: State, session: Json) -> None:
    """Cancel the unpaid intent of a session that has expired."""
    intent = state.store.get(session["payment_intent"] or "", "payment_intent")
    if intent is not None and intent["status"] != "succeeded":
        intent |= {
            "status": "canceled",
            "canceled_at": state.clock.stamp(),
            "cancellation_reason": "expired",
            "next_action": None,
        }
        state.store.put(intent)
        events.record(state, "payment_intent.canceled", intent)


def _fail(state: State, intent: Json, code: str, message: str, decline: str | None, charge: str | None) -> None:
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    intent["last_payment_error"] = {
        "charge": charge,
        "code": code,
        "decline_code": decline,
        "message": message,
        "type": "card_error" if decline else "invalid_request_error",
    }
    state.store.put(intent)
    events.record(state, "payment_intent.payment_failed", intent)


def _dispute(state: State, charge: Json) -> None:
    charge["disputed"] = True
    state.store.put(charge)
    dispute = state.store.put(
        {
            "id": new_id("du"),
            "object": "dispute",
            "amount": charge["amount"],
            "charge": charge["id"],
            "created": state.clock.stamp(),
            "currency": charge["currency"],
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
        }
    )
    events.record(state, "charge.dispute.created", dispute)


def _charge(state: State, intent: Json, card: TestCard) -> Json:
    suffix = intent["statement_descriptor_suffix"]
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "calculated_statement_descriptor": f"TEST* {suffix}" if suffix else "TEST",
        "captured": False,
        "created": state.clock.stamp(),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": card.last4}},
        "receipt_email": None,
        "receipt_url": None,
        "refunded": False,
        "statement_descriptor_suffix": suffix,
        "status": "failed",
    }


def _blank_intent() -> Json:
    empty = (
        "application application_fee_amount canceled_at cancellation_reason customer description"
        " last_payment_error latest_charge next_action on_behalf_of payment_method processing"
        " receipt_email review setup_future_usage shipping statement_descriptor"
        " statement_descriptor_suffix transfer_data transfer_group"
    )
    return dict.fromkeys(empty.split()) | {
        "object": "payment_intent",
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }
