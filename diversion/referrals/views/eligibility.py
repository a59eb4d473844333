"""What the scheme's rules say of a referral, as a card. Reading it asks the rules anew and writes nothing."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.referrals.eligibility import Finding
from diversion.referrals.enums import Stage
from diversion.referrals.models import EligibilityCheck, Referral
from diversion.referrals.queries import rules_on
from diversion.referrals.services.eligibility import DisposalIsNotInForce, disposal_for, findings_on
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
        law = disposal_for(scheme, at=at)
    except DisposalIsNotInForce as refusal:
        return [{"key": _("Rules"), "value": str(refusal.sentence)}]
    found = findings_on(referral=referral, rules=rules, law=law, at=at)
    rows = [{"key": _kind(each), "value": each.words} for each in found] or [
        {"key": _("Rules"), "value": _("Every rule is met.")}
    ]
    said = {each.words for each in found}
    return [*rows, *({"key": _("Look at this"), "value": words} for words in warnings_kept(referral) if words not in said)]


def warnings_kept(referral: Referral) -> list[str]:
    """What the last asking warned of when it let the referral go on: nobody is looked up at other agencies for the sake of a page."""
    return warnings_of(referral.eligibility_checks.order_by("-checked_at", "-pk").first())


def warnings_of(last: EligibilityCheck | None) -> list[str]:
    """The warnings of an asking, where it let the referral go on."""
    return [] if last is None or not last.eligible or last.stage == Stage.DRAFT else last.words.splitlines()


def _kind(finding: Finding) -> str:
    if finding.missing:
        return _("Still to record")
    return _("Not eligible") if finding.blocks else _("Look at this")
