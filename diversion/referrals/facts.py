"""What the tables know of a version and of a case, as `eligibility.judge` takes them."""

from collections.abc import Sequence
from datetime import date

from diversion.referrals.eligibility import Facts, Rule, admits
from diversion.referrals.models import Referral, SchemeVersion

RELATED = ("participant", "offence_category", "risk_decision", "victim_view", "previous_history")
"""What to select with referrals of which the facts are asked; `legal_facts` is prefetched."""


def rules_of(version: SchemeVersion) -> list[Rule]:
    """Everything that a version asks before an offer: the level of risk first, then its own list."""
    return [admits(version.admitted_risk_levels), *version.eligibility]


def facts_of(referral: Referral, *, on: date, required: Sequence[str]) -> Facts:
    """The facts as seen on a day. `required` is what the disposal in force on that day asks for."""
    person, category = referral.participant, referral.offence_category
    decision, victim = getattr(referral, "risk_decision", None), getattr(referral, "victim_view", None)
    history = getattr(referral, "previous_history", None)
    return Facts(
        on=on,
        born_on=person.date_of_birth if person else None,
        offence_on=referral.offence_on,
        category=category.code if category else "",
        category_name=category.name if category else "",
        risk_level=decision.level if decision else "",
        gravity=history.gravity_score if history else None,
        previous=history.previous_disposals if history else None,
        victim=victim.situation if victim else "",
        required=tuple(required),
        said={each.kind: each.holds for each in referral.legal_facts.all()},
    )
