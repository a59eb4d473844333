"""What an officer types into each section."""

from datetime import date, timedelta
from typing import Any

from diversion.core import clock
from diversion.referrals.enums import FactKind
from diversion.referrals.models import OffenceCategory, Scheme

BORN = date(1990, 5, 17)


def split(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def person(**changes: Any) -> dict[str, Any]:
    return {
        "given_names": "Sam",
        "family_name": "Okafor",
        **split("date_of_birth", BORN),
        "email": "Sam@Example.org",
        "mobile": "07700 900123",
        "address": "1 High Street\nManchester",
        "postcode": "m1 1aa",
        "language": "en-gb",
        "agency_reference": "A/1",
        **changes,
    }


def offence(code: str = "THEFT-SHOP", **changes: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        **split("offence_on", today - timedelta(days=20)),
        "offence_category": OffenceCategory.objects.get(code=code).pk,
        **split("disposal_on", today - timedelta(days=2)),
        **changes,
    }


def risk(**changes: Any) -> dict[str, Any]:
    return {
        "tool": "Triage tool",
        "level": "low",
        **split("decided_on", clock.today() - timedelta(days=2)),
        "assessor": "A. Assessor",
        "rationale": "No previous history.",
        **changes,
    }


def victim(**changes: Any) -> dict[str, Any]:
    day = split("contacted_on", clock.today() - timedelta(days=5))
    return {"situation": "contacted", **day, "views": "Would like an apology.", **changes}


def history(**changes: Any) -> dict[str, Any]:
    return {"gravity_score": 2, "previous_disposals": 0, "history": "", "rationale": "Low value, admitted.", **changes}


def agreement(scheme: Scheme, **changes: Any) -> dict[str, Any]:
    """Yes to everything that the scheme's disposal asks; the day and the officer are typed once."""
    kinds = [kind for kind in FactKind if kind in scheme.disposal.required_facts]
    said = {f"{kind}_holds": "yes" for kind in kinds}
    for kind in kinds[:1]:
        said |= {**split(f"{kind}_said_on", clock.today() - timedelta(days=2)), f"{kind}_said_to": "PC Example"}
    return {**said, **changes}


def conditions(**changes: Any) -> dict[str, Any]:
    return {"words_1": "Write a letter of apology.", "verified_by_1": "letter", **changes}


def needs(**changes: Any) -> dict[str, Any]:
    safe = {"safe_routes": ["email", "text", "post"], "safe_from": "09:00", "safe_until": "18:00"}
    return {"needs": ["step-free", "breaks"], "needs_notes": "Uses a stick.", **safe, **changes}


def everything(scheme: Scheme) -> dict[str, dict[str, Any]]:
    return {
        "person": person(),
        "offence": offence(),
        "requirement": {"scheme": scheme.pk},
        "victim": victim(),
        "history": history(),
        "risk": risk(),
        "agreement": agreement(scheme),
        "conditions": conditions(),
        "needs": needs(),
    }
