"""Balance transactions: each movement of money with its fee, for reconciliation."""

from payments.standin.identifiers import new_id
from payments.standin.state import State
from payments.standin.store import Json

# Stripe's published fee for a UK standard card: 1.5 % and 20p, rounded to the penny.
FEE_PER_MILLE, FEE_FIXED = 15, 20
PAYOUT_DELAY_SECONDS = 7 * 24 * 3600


def book_charge(state: State, charge: Json) -> str:
    """Book a paid charge and return the transaction's id."""
    fee = (charge["amount"] * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED
    return _book(state, charge, charge["amount"], fee, "charge")


def book_refund(state: State, refund: Json) -> str:
    """Book a refund and return the transaction's id; Stripe gives no fee back."""
    return _book(state, refund, -refund["amount"], 0, "refund")


def _book(state: State, source: Json, amount: int, fee: int, kind: str) -> str:
    now = state.clock.stamp()
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    booked = state.store.put(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now + PAYOUT_DELAY_SECONDS,
            "created": now,
            "currency": source["currency"],
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [details] if fee else [],
            "net": amount - fee,
            "reporting_category": kind,
            "source": source["id"],
            "status": "pending",
            "type": kind,
        }
    )
    return str(booked["id"])
