"""What each section of a referral holds, by the names under which it is asked for and changed."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diversion.core.moments import day_words
from diversion.referrals.enums import Need, RiskLevel, Verification, VictimSituation
from diversion.referrals.models import Referral
from diversion.referrals.needs import ROUTES

PERSON = ("given_names", "family_name", "date_of_birth", "email", "mobile", "address", "postcode", "language")
RISK = ("tool", "level", "decided_on", "assessor", "rationale")
HISTORY = ("gravity_score", "previous_disposals", "history", "rationale")
VICTIM = ("situation", "contacted_on", "views")


def _person(referral: Referral) -> dict[str, Any]:
    return {**_of(referral.participant, PERSON), "agency_reference": referral.agency_reference}


def _agreement(referral: Referral) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for fact in referral.legal_facts.all():
        facts[f"{fact.kind}_holds"] = "yes" if fact.holds else "no"
        facts[f"{fact.kind}_said_on"], facts[f"{fact.kind}_said_to"] = fact.said_on, fact.said_to
    return facts


def _conditions(referral: Referral) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    for number, each in enumerate(referral.conditions.all(), start=1):
        conditions[f"words_{number}"], conditions[f"verified_by_{number}"] = each.words, each.verified_by
    return conditions


def _needs(referral: Referral) -> dict[str, Any]:
    person = referral.participant
    if person is None:
        return {}
    said = person.safe_contact
    if said is None:  # nobody has asked yet
        return {}
    return {
        **_of(person, ("needs", "needs_notes")),
        "interpreter_language": person.interpreter_language or "",
        "safe_routes": [route for route in ROUTES if said.get(route)],
        "safe_from": said.get("from", ""),
        "safe_until": said.get("until", ""),
    }


def _of(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names} if row else {}


CONTENTS: Mapping[str, Callable[[Referral], dict[str, Any]]] = {
    "person": _person,
    "offence": lambda referral: _of(referral, ("offence_on", "offence_category", "disposal_on")),
    "requirement": lambda referral: _of(referral, ("scheme",)),
    "victim": lambda referral: _of(getattr(referral, "victim_view", None), VICTIM),
    "history": lambda referral: _of(getattr(referral, "previous_history", None), HISTORY),
    "risk": lambda referral: _of(getattr(referral, "risk_decision", None), RISK),
    "agreement": _agreement,
    "conditions": _conditions,
    "needs": _needs,
}


def contents(referral: Referral, section: str) -> dict[str, Any]:
    """The stored values of a section; what was never given is left out."""
    return CONTENTS[section](referral)


def in_words(name: str, value: Any) -> str:
    """A value as an officer reads it: dates with their day, choices by their labels, nothing as an empty text."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, list):
        return ", ".join(str(Need(each).label) if name == "needs" else str(each) for each in value)
    labels = _labels(name)
    return str(labels.get(value, value)) if labels else str(value)


def _labels(name: str) -> dict[str, Any]:
    if name.endswith("_holds"):
        return {"yes": _("Yes"), "no": _("No")}
    if name.startswith("verified_by_"):
        return dict(Verification.choices)
    known: dict[str, Any] = {"level": RiskLevel, "situation": VictimSituation}
    if name == "language":
        return dict(settings.LANGUAGES)
    return dict(known[name].choices) if name in known else {}


def mark(values: Mapping[str, Any]) -> str:
    """A short sign of each value, for a form to carry: who sends it back says what they saw, and the page gives nothing away."""
    return ",".join(f"{name}:{_sign(value)}" for name, value in sorted(values.items()))


def changed_since(seen: str, values: Mapping[str, Any]) -> list[str]:
    """The names whose value is another than when `mark` was made; a name that it lacks had no value then."""
    then = dict(part.split(":", 1) for part in seen.split(",") if ":" in part)
    names = [*values, *(name for name in then if name not in values)]
    return [name for name in names if then.get(name, _sign(None)) != _sign(values.get(name))]


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are stored alike: nothing is an empty text, a row is its key, a choice of several has no order."""
    return _plain(one) == _plain(other)


def _sign(value: Any) -> str:
    return salted_hmac("diversion.referrals.contents", _plain(value)).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list):
        return ",".join(sorted(str(each) for each in value))
    return "" if value is None else str(value)
