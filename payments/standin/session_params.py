"""Reading the parameters of a new Checkout Session, with Stripe's limits."""

import re
from dataclasses import dataclass

from payments.standin.errors import ApiError, BadParameter
from payments.standin.params import Params
from payments.standin.store import Json

# As of API version 2026-10-28; Welsh is not among them.
# fmt: off
LOCALES = frozenset([
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
])
# fmt: on
SYMBOLS = {"gbp": "£", "eur": "€", "usd": "$"}
MINIMUM = {"gbp": 30, "eur": 50, "usd": 50}  # in the currency's hundredths
MAXIMUM = 99_999_999
SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds a session may stay open


@dataclass(frozen=True)
class LineItem:
    """One thing to pay for; `unit_amount` in hundredths of the currency."""

    name: str
    currency: str
    unit_amount: int
    quantity: int


@dataclass(frozen=True)
class Order:
    """What the caller asked of a new session, checked."""

    items: list[LineItem]
    success_url: str
    cancel_url: str | None
    client_reference_id: str | None
    expires_at: int
    locale: str | None
    metadata: dict[str, str]
    intent: Json
    submit_type: str | None

    @property
    def total(self) -> int:
        """Amount to pay, in hundredths of the currency."""
        return sum(item.unit_amount * item.quantity for item in self.items)


def read_order(params: Params, now: int) -> Order:
    """Check every parameter of `POST /v1/checkout/sessions`.

    :raises BadParameter: for anything Stripe would refuse or we do not know.
    """
    mode = params.choice("mode", ("payment", "setup", "subscription"))
    if mode is None:
        raise params.absent("mode")
    if mode != "payment":
        raise BadParameter("The stand-in only takes mode=payment.", "mode")
    params.choice("ui_mode", ("hosted_page",))
    for method in params.texts("allowed_payment_method_types"):
        if method != "card":
            raise BadParameter("The stand-in only takes cards.", "allowed_payment_method_types[0]")
    order = Order(
        items=[_line_item(item) for item in params.each("line_items")],
        success_url=params.address("success_url") or "",
        cancel_url=params.address("cancel_url"),
        client_reference_id=params.text("client_reference_id", limit=200),
        expires_at=_expiry(params, now),
        locale=params.choice("locale", LOCALES),
        metadata=params.metadata(),
        intent=_intent_data(params.inner("payment_intent_data")),
        submit_type=params.choice("submit_type", ("auto", "book", "donate", "pay")),
    )
    params.finish()
    if not order.items:
        raise params.absent("line_items")
    if not order.success_url:
        raise params.absent("success_url")
    _check_amount(order)
    return order


def _line_item(params: Params) -> LineItem:
    price = params.inner("price_data")
    product = price.inner("product_data")
    currency = price.required("currency").lower()
    if currency not in SYMBOLS:
        raise BadParameter(f"Invalid currency: {currency}.", "line_items[0][price_data][currency]")
    amount, quantity = price.integer("unit_amount"), params.integer("quantity")
    if amount is None:
        raise price.absent("unit_amount")
    if quantity is None:
        raise params.absent("quantity")
    if amount < 0 or quantity < 1:
        raise BadParameter("Invalid integer: too small", "line_items", "parameter_invalid_integer")
    item = LineItem(product.required("name", limit=250), currency, amount, quantity)
    for part in (product, price, params):
        part.finish()
    return item


def _expiry(params: Params, now: int) -> int:
    moment = params.integer("expires_at")
    if moment is None:
        return now + LONGEST
    if moment < now + SHORTEST:
        raise BadParameter(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if moment > now + LONGEST:
        raise BadParameter(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return moment


def _intent_data(params: Params) -> Json:
    suffix = params.text("statement_descriptor_suffix", limit=22)
    if suffix is not None and (re.search(r"[<>\\'\"*]", suffix) or not re.search("[A-Za-z]", suffix)):
        raise BadParameter(
            "The statement descriptor suffix needs a letter and may not contain < > \\ ' \" *.",
            "payment_intent_data[statement_descriptor_suffix]",
        )
    intent = {
        "statement_descriptor_suffix": suffix,
        "description": params.text("description"),
        "metadata": params.metadata(),
    }
    params.finish()
    return intent


def _check_amount(order: Order) -> None:
    currencies = {item.currency for item in order.items}
    if len(currencies) > 1:
        raise BadParameter("All line items must use one currency.", "line_items")
    currency = order.items[0].currency
    if order.total < MINIMUM[currency]:
        least = money(MINIMUM[currency], currency)
        raise ApiError(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
            kept=False,
        )
    if order.total > MAXIMUM:
        raise ApiError("The total amount is too large.", code="amount_too_large", kept=False)


def money(amount: int, currency: str) -> str:
    """An amount in hundredths, for people: `£45.00`."""
    units, hundredths = divmod(amount, 100)
    return f"{SYMBOLS[currency]}{units:,}.{hundredths:02}"
