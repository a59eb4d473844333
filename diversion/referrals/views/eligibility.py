"""What the scheme's rules say of a referral, as a card. Reading it asks the rules anew and writes nothing."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.referrals.eligibility import Finding
from diversion.referrals.models import Referral
from diversion.referrals.queries import rules_on
from diversion.referrals.services.eligibility import findings_on
from diversion.referrals.services.submission import NoRulesInForce


def eligibility_card(referral: Referral, *, at: datetime) -> dict[str, Any]:
    """Each finding in a row of its own, or that every rule is met."""
    return {"title": _("Eligibility"), "rows": _rows(referral, at)}


def _rows(referral: Referral, at: datetime) -> list[dict[str, str]]:
    scheme = referral.scheme
    if scheme is None:
        return [{"key": _("Rules"), "value": _("They are asked when a scheme is chosen.")}]
    rules = rules_on(scheme, day=clock.day_of(at))
    if rules is None:
        return [{"key": _("Rules"), "value": str(NoRulesInForce.sentence)}]
    try:
        found = findings_on(referral=referral, rules=rules, at=at)
    except Refusal as refusal:
        return [{"key": _("Rules"), "value": str(refusal.sentence)}]
    if not found:
        return [{"key": _("Rules"), "value": _("Every rule is met.")}]
    return [{"key": _kind(each), "value": each.words} for each in found]


def _kind(finding: Finding) -> str:
    if finding.missing:
        return _("Still to record")
    return _("Not eligible") if finding.blocks else _("Look at this")
