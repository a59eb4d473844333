"""Tables of the officer's half."""

from diversion.referrals.models.claim import ContactClaim
from diversion.referrals.models.offer import Offer, OfferAnswer
from diversion.referrals.models.participant import Participant
from diversion.referrals.models.policy import BankHoliday, Disposal, OffenceCategory, Programme, Scheme, SchemeVersion
from diversion.referrals.models.referral import Referral, Requirement, RiskDecision
from diversion.referrals.models.task import CaseTask

__all__ = [
    "BankHoliday",
    "CaseTask",
    "ContactClaim",
    "Disposal",
    "OffenceCategory",
    "Offer",
    "OfferAnswer",
    "Participant",
    "Programme",
    "Referral",
    "Requirement",
    "RiskDecision",
    "Scheme",
    "SchemeVersion",
]
