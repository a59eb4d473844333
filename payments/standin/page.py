"""The HTML of the checkout pages: our own words, plain forms, nothing from other hosts."""

from html import escape

from payments.standin.cards import CARDS
from payments.standin.session_params import money
from payments.standin.store import Json

LABELS = {"number": "Card number", "expiry": "Expiry date", "cvc": "Security code (CVC)"}
HINTS = {
    "number": "A test card, never a real one",
    "expiry": "For example, 08/30",
    "cvc": "Any 3 digits",
}
AUTOCOMPLETE = {"number": "cc-number", "expiry": "cc-exp", "cvc": "cc-csc"}


def document(heading: str, content: str, *, error: bool = False) -> str:
    """A whole page with one landmark and one heading; `content` is HTML already escaped."""
    title = f"{'Error: ' if error else ''}{heading} – test payments"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/c/page.css">
</head>
<body>
<main>
<p class="banner">Test payments – no real money</p>
<h1>{escape(heading)}</h1>
{content}
</main>
</body>
</html>
"""


def payment(session: Json, typed: Json, errors: dict[str, str], declined: str) -> str:
    """The card form; `declined` is the sentence for a card just refused."""
    fields = "".join(_field(name, typed.get(name, ""), errors.get(name, "")) for name in LABELS)
    known = "".join(
        f"<li>{' '.join(card.number[at : at + 4] for at in range(0, 16, 4))} {escape(card.label)}</li>"
        for card in CARDS.values()
    )
    amount = money(session["amount_total"], session["currency"])
    content = f"""{_summary(errors, declined)}{_order(session)}
<form method="post" action="/c/pay/{session["id"]}" novalidate>
{fields}
<button type="submit">Pay {amount}</button>
</form>
{_back(session)}
<h2>Test cards</h2>
<ul>{known}</ul>
"""
    return document(f"Pay {amount}", content, error=bool(errors or declined))


def approval(session: Json) -> str:
    """The 3-D Secure page, in the part of the cardholder's bank."""
    content = f"""<p>Your bank asks whether you are making this payment.</p>
{_order(session)}
<form method="post" action="/c/pay/{session["id"]}/verify">
<button type="submit" name="result" value="complete">Complete</button>
<button type="submit" name="result" value="fail" class="second">Fail</button>
</form>
"""
    return document("Approve the payment", content)


def expired(session: Json) -> str:
    """The page of a session that can no longer be paid."""
    content = f"""<p>This payment page has expired. Nothing was taken from your card.</p>
{_back(session)}"""
    return document("This payment page has expired", content)


def paid(session: Json, next_address: str) -> str:
    """The page of a session that is already paid."""
    content = f"""<p>This payment has already been made. You do not need to pay again.</p>
<p class="back"><a href="{escape(next_address)}">Continue</a></p>"""
    return document("Already paid", content)


def nothing() -> str:
    """The page for an address that names no session."""
    return document("Page not found", "<p>Check the address, or start the payment again.</p>")


def _order(session: Json) -> str:
    names = ", ".join(item["description"] for item in session["_line_items"])
    amount = money(session["amount_total"], session["currency"])
    return f"""<dl>
<dt>For</dt><dd>{escape(names)}</dd>
<dt>Amount</dt><dd>{amount}</dd>
</dl>"""


def _summary(errors: dict[str, str], declined: str) -> str:
    links = [f'<li><a href="#{name}">{escape(text)}</a></li>' for name, text in errors.items()]
    if declined:
        links.append(f'<li><a href="#number">{escape(declined)}</a></li>')
    if not links:
        return ""
    return f"""<div class="errors" role="alert">
<h2>There is a problem</h2>
<ul>{"".join(links)}</ul>
</div>
"""


def _field(name: str, typed: str, error: str) -> str:
    described = f"{name}-hint{f' {name}-error' if error else ''}"
    message = f'<span class="error" id="{name}-error">{escape(error)}</span>' if error else ""
    short = "" if name == "number" else ' class="short"'
    invalid = ' aria-invalid="true"' if error else ""
    return f"""<div class="field">
<label for="{name}">{LABELS[name]}</label>
<span class="hint" id="{name}-hint">{HINTS[name]}</span>
{message}
<input id="{name}" name="{name}" type="text" inputmode="numeric" spellcheck="false"{short}
 autocomplete="{AUTOCOMPLETE[name]}" aria-describedby="{described}"{invalid} value="{escape(typed)}">
</div>
"""


def _back(session: Json) -> str:
    if not session["cancel_url"]:
        return ""
    return f'<p class="back"><a href="{escape(session["cancel_url"])}">Back</a></p>'
