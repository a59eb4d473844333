"""Who may see which charges, and which requests for a funded place."""

from typing import Any, Self

from django.db import models

from courses.models import Booking
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Requirement
from payments.enums import FundingState


class ChargeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A participant's own charges; agency staff and providers learn paid or not from the caseload and register alone."""
        if user.may(Permission.OWN_CASE):
            return self.filter(booking__in=Booking.objects.visible_to(user))
        return self.none()


class FundingRequestQuerySet(models.QuerySet[Any]):
    case_path = "requirement__referral__"

    def visible_to(self, user: User) -> Self:
        """One's own; whoever decides sees those of their agency's visible cases, the service team those of volunteers alone."""
        if user.may(Permission.OWN_CASE) or (user.may(Permission.FUND) and user.may(Permission.SEE_CASES)):
            return self.filter(requirement__in=Requirement.objects.visible_to(user))
        if user.may(Permission.FUND) and user.may(Permission.SUPPORT):
            return self.filter(requirement__referral__voluntary=True)
        return self.none()

    def asked(self) -> Self:
        """Those that nobody has decided yet, of requirements that still run."""
        return self.filter(state=FundingState.ASKED, requirement__state=RequirementState.IN_PROGRESS)
