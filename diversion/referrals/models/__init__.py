"""Tables of the officer's half."""

from diversion.referrals.models.claim import ContactClaim
from diversion.referrals.models.file import (
    Condition,
    EligibilityCheck,
    LegalFact,
    PreviousHistory,
    ReferralChange,
    VictimView,
)
from diversion.referrals.models.offer import Offer, OfferAnswer
from diversion.referrals.models.participant import NonAssociation, Participant
from diversion.referrals.models.policy import (
    BankHoliday,
    CrimeOutcome,
    Disposal,
    OffenceCategory,
    Programme,
    Scheme,
    SchemeVersion,
)
from diversion.referrals.models.post import Letter, PostBatch
from diversion.referrals.models.referral import Referral, Requirement, RiskDecision
from diversion.referrals.models.responsibility import Assistance, CaseAccess, OfficerAssignment
from diversion.referrals.models.task import CaseTask

__all__ = [
    "Assistance",
    "BankHoliday",
    "CaseAccess",
    "CaseTask",
    "Condition",
    "ContactClaim",
    "CrimeOutcome",
    "Disposal",
    "EligibilityCheck",
    "LegalFact",
    "Letter",
    "NonAssociation",
    "OffenceCategory",
    "Offer",
    "OfferAnswer",
    "OfficerAssignment",
    "Participant",
    "PostBatch",
    "PreviousHistory",
    "Programme",
    "Referral",
    "ReferralChange",
    "Requirement",
    "RiskDecision",
    "Scheme",
    "SchemeVersion",
    "VictimView",
]
