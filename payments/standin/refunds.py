"""Refunds, whole or in parts, never more than was paid."""

from payments.standin import balance, events
from payments.standin.errors import ApiError, BadParameter, missing
from payments.standin.identifiers import new_id
from payments.standin.params import Params
from payments.standin.session_params import money
from payments.standin.state import State
from payments.standin.store import Json

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(state: State, params: Params) -> Json:
    """Refund a payment; without an amount, all that is left of it.

    :raises ApiError: 404 for no such payment; 400 when nothing was paid, when it is already
        refunded in full (`charge_already_refunded`), or when the amount is more than is left.
    """
    intent_id, charge_id = params.text("payment_intent"), params.text("charge")
    amount, reason = params.integer("amount"), params.choice("reason", REASONS)
    metadata = params.metadata()
    params.finish()
    charge = _charge(state, intent_id, charge_id)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount < 1:
        raise BadParameter("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount is not None and amount > left:
        currency = charge["currency"]
        raise ApiError(
            f"Refund amount ({money(amount, currency)}) is greater than unrefunded amount on charge"
            f" ({money(left, currency)})",
            param="amount",
        )
    return _give_back(state, charge, left if amount is None else amount, reason, metadata)


def _charge(state: State, intent_id: str | None, charge_id: str | None) -> Json:
    if charge_id is None:
        if intent_id is None:
            raise BadParameter(
                "One of the following params should be provided for this request: payment_intent or charge.",
                "payment_intent",
                "parameter_missing",
            )
        intent = state.store.get(intent_id, "payment_intent")
        if intent is None:
            raise missing("payment_intent", intent_id, "payment_intent")
        if intent["status"] != "succeeded":
            raise ApiError(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
        charge_id = str(intent["latest_charge"])
    charge = state.store.get(charge_id, "charge")
    if charge is None:
        raise missing("charge", charge_id, "charge")
    if not charge["paid"]:
        raise ApiError(f"Charge {charge_id} was not paid and cannot be refunded.")
    return charge


def _give_back(state: State, charge: Json, amount: int, reason: str | None, metadata: dict[str, str]) -> Json:
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    refund: Json = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": state.clock.stamp(),
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund", "reference_status": "pending"}},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "status": "succeeded",
    }
    refund["balance_transaction"] = balance.book_refund(state, refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.store.put(refund)
    state.store.put(charge)
    events.record(state, "refund.created", refund)
    events.record(state, "charge.refunded", charge, previous=before)
    answer = dict(refund)
    _give_reference(state, refund)
    return answer


def _give_reference(state: State, refund: Json) -> None:
    """The bank's reference, which Stripe adds a little after the refund and announces."""
    previous = {"destination_details": refund["destination_details"]}
    settled = refund | {
        "destination_details": {
            "card": {
                "type": "refund",
                "reference": new_id("arn")[4:],
                "reference_status": "available",
                "reference_type": "acquirer_reference_number",
            }
        }
    }
    state.store.put(settled)
    events.record(state, "refund.updated", settled, previous=previous)
