"""Four shapes of scheme that agencies really run: where a new scheme starts from. Each agency changes its own from there (R1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from diversion.core.forms import Text
from diversion.referrals.enums import ClockOrigin, CompletionPolicy, RepeatCounts, RiskLevel

OFFER_EN = "I agree to take part in a course, {programme}, and to finish it by {complete_by}."
OFFER_CY = "Rwy’n cytuno i gymryd rhan mewn cwrs, {programme}, a’i orffen erbyn {complete_by}."
NOT_HIGH = [RiskLevel.LOW.value, RiskLevel.MEDIUM.value]


@dataclass(frozen=True, slots=True)
class Shape:
    """`disposal` is the code of its kind; `rules` are the fields of the first version that differ from their defaults."""

    code: str
    name: Text
    hint: Text
    disposal: str
    rules: Mapping[str, Any]


SHAPES: Mapping[str, Shape] = {
    shape.code: shape
    for shape in (
        Shape(
            code="caution",
            name=_("Conditional caution with a paid course"),
            hint=_("One session, paid by the person. An adult who admits a less serious offence; the victim was asked."),
            disposal="conditional-caution",
            rules={
                "admitted_risk_levels": NOT_HIGH,
                "eligibility": [
                    {"rule": "age-at-least", "years": 18},
                    {"rule": "gravity-at-most", "score": 3},
                    {"rule": "facts-hold"},
                    {"rule": "victim-asked"},
                ],
                "offer_text_en": OFFER_EN,
                "offer_text_cy": OFFER_CY,
            },
        ),
        Shape(
            code="driver",
            name=_("Driver retraining offer"),
            hint=_("Instead of a fine and points. Time counts from the offence; an offer once accepted counts as a turn."),
            disposal="driver-retraining",
            rules={
                "admitted_risk_levels": NOT_HIGH,
                "eligibility": [
                    {"rule": "offence-at-most-days-old", "days": 90},
                    {"rule": "offence-category-in", "codes": ["DRIVE-CARE"]},
                    {"rule": "facts-hold"},
                ],
                "complete_by_origin": ClockOrigin.OFFENCE,
                "unopened_days": 7,
                "repeat_counts": RepeatCounts.ACCEPTED,
                "offer_text_en": OFFER_EN,
                "offer_text_cy": OFFER_CY,
            },
        ),
        Shape(
            code="deferred",
            name=_("Deferred prosecution (Outcome 22) with several sessions"),
            hint=_("No admission needed. Somebody who misses a session may rejoin another course at the same session."),
            disposal="outcome-22",
            rules={
                "admitted_risk_levels": NOT_HIGH,
                "eligibility": [
                    {"rule": "age-at-least", "years": 18},
                    {"rule": "gravity-at-most", "score": 4},
                    {"rule": "facts-hold"},
                    {"rule": "victim-asked"},
                ],
                "completion_policy": CompletionPolicy.REJOIN,
                "offer_text_en": OFFER_EN,
                "offer_text_cy": OFFER_CY,
            },
        ),
        Shape(
            code="voluntary",
            name=_("Voluntary self-referral"),
            hint=_(
                "Somebody asks for a course themselves. Nobody judges them, nothing is owed to the agency, nothing is barred."
            ),
            disposal="voluntary",
            rules={
                "admitted_risk_levels": list(RiskLevel.values),
                "complete_by_origin": ClockOrigin.OFFER,
                "completion_policy": CompletionPolicy.CATCH_UP,
                "repeat_bar_months": 0,
                "retention_completed_months": 12,
                "cost_recovery_pence": 0,
                "offer_text_en": "I would like to take part in a course, {programme}, and to finish it by {complete_by}.",
                "offer_text_cy": "Hoffwn gymryd rhan mewn cwrs, {programme}, a’i orffen erbyn {complete_by}.",
            },
        ),
    )
}
