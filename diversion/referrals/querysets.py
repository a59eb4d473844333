"""Which rows a person may see. `visible_to(user)` is the only way to rows; whoever it does not know gets none."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.referrals.enums import ReferralState


def _case_rule(user: User, path: str) -> Q | None:
    """The rule for one case, as a filter on the referral at `path`. None: nothing is visible."""
    if user.may(Permission.OWN_CASE):
        return Q(**{f"{path}participant__user": user}) & ~Q(
            **{f"{path}state__in": [ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED]}
        )
    if user.may(Permission.SEE_CASES):
        mine = Q(**{f"{path}agency": user.organisation_id})
        return mine & (Q(**{f"{path}restricted": False}) | Q(**{f"{path}officer": user}))
    return None


class _CaseRows(models.QuerySet[Any]):
    case_path = ""

    def visible_to(self, user: User) -> Self:
        """Rows of the cases this person may see: their own, or their agency's unless restricted; nobody else's."""
        rule = _case_rule(user, self.case_path)
        return self.none() if rule is None else self.filter(rule)


class ReferralQuerySet(_CaseRows):
    def live(self) -> Self:
        """Neither ended nor still a draft."""
        return self.filter(
            state__in=[ReferralState.AUTHORISED, ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE]
        )

    def awaiting_authorisation(self) -> Self:
        return self.filter(state=ReferralState.AWAITING_AUTHORISATION)


class RequirementQuerySet(_CaseRows):
    case_path = "referral__"


class CaseTaskQuerySet(_CaseRows):
    case_path = "referral__"

    def visible_to(self, user: User) -> Self:
        """Tasks of visible cases: staff only, a participant has none."""
        return super().visible_to(user) if user.may(Permission.SEE_CASES) else self.none()

    def open(self) -> Self:
        return self.filter(done_at=None)


class ParticipantQuerySet(_CaseRows):
    def visible_to(self, user: User) -> Self:
        """Oneself; or for agency staff the people of the agency's visible cases."""
        if user.may(Permission.OWN_CASE):
            return self.filter(user=user)
        if user.may(Permission.SEE_CASES):
            rule = _case_rule(user, "referrals__")
            return self.filter(rule).distinct() if rule is not None else self.none()
        return self.none()
