"""What an officer types into each section."""

from datetime import date, timedelta
from typing import Any

from diversion.core import clock
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


def needs(**changes: Any) -> dict[str, Any]:
    return {"needs": ["step-free", "breaks"], "needs_notes": "Uses a stick.", **changes}


def everything(scheme: Scheme) -> dict[str, dict[str, Any]]:
    return {
        "person": person(),
        "offence": offence(),
        "risk": risk(),
        "needs": needs(),
        "requirement": {"scheme": scheme.pk},
    }
