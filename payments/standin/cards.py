"""Stripe's published test cards, and checks of what is typed into the card form.

Nothing typed here is ever stored: what a charge shows of a card comes from this table.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TestCard:
    """How a test card behaves; `decline` is Stripe's decline code, empty when it pays."""

    number: str
    label: str
    decline: str = ""
    message: str = ""
    three_d_secure: bool = False
    disputed: bool = False

    @property
    def last4(self) -> str:
        """The digits a receipt would show."""
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        TestCard("4242424242424242", "pays"),
        TestCard("4000000000000002", "is declined", "generic_decline", "Your card has been declined."),
        TestCard("4000002500003155", "asks you to approve the payment", three_d_secure=True),
        TestCard(
            "4000000000009995",
            "has too little money",
            "insufficient_funds",
            "Your card has insufficient funds. Try a different card.",
        ),
        TestCard("4000000000000259", "pays, then the payment is disputed", disputed=True),
    )
}

FOREIGN = TestCard(
    "0000",
    "is not a test card",
    "test_mode_live_card",
    "Your card was declined. This page only takes test cards.",
)

FAILED_APPROVAL = "The payment was not approved. Try again or use a different card."


def find(number: str) -> TestCard:
    """The test card of this number; any other number is declined as not a test card."""
    return CARDS.get(digits(number), FOREIGN)


def decline_message(code: str) -> str:
    """The sentence for a decline code in the page's address; empty for an unknown one."""
    if code == "authentication":
        return FAILED_APPROVAL
    for card in (*CARDS.values(), FOREIGN):
        if code and card.decline == code:
            return card.message
    return ""


def digits(typed: str) -> str:
    """A number as typed, without spaces and dashes."""
    return re.sub(r"[\s-]", "", typed)


def field_errors(number: str, expiry: str, cvc: str, today: tuple[int, int]) -> dict[str, str]:
    """What is wrong with each field, by field name; `today` is (year, month)."""
    found: dict[str, str] = {}
    if not number.strip():
        found["number"] = "Enter the card number"
    elif not re.fullmatch(r"[0-9]{12,19}", digits(number)) or not _luhn(digits(number)):
        found["number"] = "Check the card number: it is not a valid number"
    wrong_expiry = _expiry_error(expiry, today)
    if wrong_expiry:
        found["expiry"] = wrong_expiry
    if not re.fullmatch(r"[0-9]{3,4}", cvc.strip()):
        found["cvc"] = "Enter the security code: 3 digits, or 4 on some cards"
    return found


def _expiry_error(expiry: str, today: tuple[int, int]) -> str:
    match = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})", expiry.strip(), re.ASCII)
    if match is None:
        return "Enter the expiry date as month and year, for example 08/30"
    year, month = 2000 + int(match[2]), int(match[1])
    return "The card has expired: check the expiry date" if (year, month) < today else ""


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(number))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
