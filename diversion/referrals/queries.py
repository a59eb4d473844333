"""What several services and pages ask of the tables."""

from datetime import date

from diversion.referrals.clocks import Clocks, work_out
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.models import Referral, Scheme, SchemeVersion

SECTIONS = ("person", "offence", "risk", "needs", "requirement")
"""The parts of a referral, in the order the officer meets them."""


def rules_on(scheme: Scheme, *, day: date) -> SchemeVersion | None:
    """The version of a scheme in force on a London day; None before its first."""
    published = [each for each in scheme.versions.all() if each.state == SchemeVersionState.PUBLISHED]
    versions = [each for each in published if each.in_force_from <= day]
    return max(versions, key=lambda each: each.in_force_from, default=None)


def clocks_for(referral: Referral, rules: SchemeVersion, *, offered_on: date) -> Clocks | None:
    """The three clocks if the offer were made on that day; None while the dates are not all known.

    :raises NoRoomBeforeBackstop: too little time would be left.
    """
    if not (referral.disposal_on and referral.offence_on and referral.offence_category):
        return None
    return work_out(
        rules=rules,
        law_cap_weeks=rules.scheme.disposal.cap_weeks,
        offered_on=offered_on,
        disposal_on=referral.disposal_on,
        offence_on=referral.offence_on,
        summary_only=referral.offence_category.summary_only,
    )


def finished_sections(referral: Referral) -> set[str]:
    """Which sections of the referral are filled in."""
    done = {
        "person": referral.participant_id is not None,
        "offence": referral.offence_on is not None,
        "risk": hasattr(referral, "risk_decision"),
        "needs": referral.needs_asked_at is not None,
        "requirement": referral.scheme_id is not None,
    }
    return {section for section, is_done in done.items() if is_done}
