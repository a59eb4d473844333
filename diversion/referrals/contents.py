"""What each section of a referral holds, by the names under which it is asked for and changed."""

from collections.abc import Callable, Mapping
from typing import Any

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
    said = person.safe_contact if person.safe_contact is not None else dict.fromkeys(ROUTES, True)
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
    "requirement": lambda referral: {"scheme": referral.scheme_id},
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
