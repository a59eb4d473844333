"""Which rows a person may see. `visible_to(user)` is the only way to rows; whoever it does not know gets none."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.referrals.enums import ClosureReason, ReferralState


def _case_rule(user: User, path: str) -> Q | None:
    """The rule for one case, as a filter on the referral at `path`. None: nothing is visible."""
    if user.may(Permission.OWN_CASE):
        unoffered = Q(**{f"{path}state": ReferralState.WITHDRAWN, f"{path}scheme_version": None})
        unoffered |= Q(
            **{f"{path}state__in": [ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED]}
        )
        return Q(**{f"{path}participant__user": user}) & ~unoffered
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


class NonAssociationQuerySet(_CaseRows):
    case_path = "participant__referrals__"

    def visible_to(self, user: User) -> Self:
        """Those of people in visible cases: staff only, since a list of whom somebody fears is nobody else's."""
        return super().visible_to(user).distinct() if user.may(Permission.SEE_CASES) else self.none()

    def live(self) -> Self:
        """Not taken back."""
        return self.filter(ended_at=None)


class CaseTaskQuerySet(_CaseRows):
    case_path = "referral__"

    def visible_to(self, user: User) -> Self:
        """Tasks of visible cases: staff only, a participant has none."""
        return super().visible_to(user) if user.may(Permission.SEE_CASES) else self.none()

    def open(self) -> Self:
        return self.filter(done_at=None)


class ParticipantQuerySet(_CaseRows):
    def may_be_written_to(self) -> Self:
        """All but those who died, and those who went into custody and were offered nothing since."""
        from diversion.referrals.models import Referral

        theirs = Referral.objects.filter(participant=OuterRef("pk"))
        in_custody = Exists(theirs.filter(closure_reason=ClosureReason.CUSTODY))
        found = self.exclude(Exists(theirs.filter(closure_reason=ClosureReason.DIED)))
        return found.exclude(in_custody & ~Exists(theirs.live()))

    def visible_to(self, user: User) -> Self:
        """Oneself; or for agency staff the people of the agency's visible cases."""
        if user.may(Permission.OWN_CASE):
            return self.filter(user=user)
        if user.may(Permission.SEE_CASES):
            rule = _case_rule(user, "referrals__")
            return self.filter(rule).distinct() if rule is not None else self.none()
        return self.none()


class _PolicyRows(models.QuerySet[Any]):
    agency_path = ""

    def visible_to(self, user: User) -> Self:
        """The policy of one's own agency, for whoever manages its schemes."""
        may = user.may(Permission.MANAGE_SCHEMES)
        return self.filter(**{self.agency_path: user.organisation_id}) if may else self.none()


class SchemeQuerySet(_PolicyRows):
    agency_path = "agency"


class SchemeVersionQuerySet(_PolicyRows):
    agency_path = "scheme__agency"
