"""Which rows a person may see. `visible_to(user)` is the only way to rows; whoever it does not know gets none.

This is the one home of who sees a case (T4, ADR 15). To one person a case is one of three things:

* full: one's own as its participant; for the agency's staff any case that is not restricted, and a restricted one whose officer
  they are or whose list allows them by name;
* limited: the agency's supervisors and hub learn of any other restricted case that it exists, by its reference, and no more;
* not found: for everybody else, and for whom its list excludes by name, restricted or not, whatever their role.
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest

from diversion.accounts.enums import Stead
from diversion.accounts.models import Delegation, Membership, User
from diversion.accounts.permissions import Permission
from diversion.referrals.enums import Access, ClosureReason, LetterKind, ReferralState


def _case_rule(user: User, path: str) -> Q | None:
    """Who sees one case in full, as a filter on the referral at `path`. None: nothing is visible."""
    if user.may(Permission.OWN_CASE):
        unoffered = Q(**{f"{path}state": ReferralState.WITHDRAWN, f"{path}scheme_version": None})
        unoffered |= Q(
            **{f"{path}state__in": [ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED]}
        )
        return Q(**{f"{path}participant__user": user}) & ~unoffered
    if user.may(Permission.SEE_CASES):
        return _not_excluded(user, path) & _open_to(user, path)
    return None


def _not_excluded(user: User, path: str) -> Q:
    """The agency's cases, but for those whose list keeps this person out. Whatever does not allow keeps out."""
    kept_out = _named(user, path, ~Q(access=Access.ALLOWED))
    return Q(**{f"{path}agency": user.organisation_id}) & ~kept_out


def _open_to(user: User, path: str) -> Q:
    """The cases that are not restricted, and the restricted ones that are this person's or allow them by name."""
    allowed = _named(user, path, Q(access=Access.ALLOWED))
    return Q(**{f"{path}restricted": False}) | Q(**{f"{path}officer": user}) | allowed


def _named(user: User, path: str, how: Q) -> Q:
    """Whether the list of the case at `path` has this person on it."""
    from diversion.referrals.models import CaseAccess

    return Q(Exists(CaseAccess.objects.filter(how, referral=OuterRef(f"{path}pk"), user=user, ended_at=None)))


class _CaseRows(models.QuerySet[Any]):
    case_path = ""

    def visible_to(self, user: User) -> Self:
        """Rows of the cases this person sees in full. Nobody else's, and none that is limited to them."""
        rule = _case_rule(user, self.case_path)
        return self.none() if rule is None else self.filter(rule)


class ReferralQuerySet(_CaseRows):
    def listed_for(self, user: User) -> Self:
        """Every case the person knows of, each with `in_full`. For lists alone: of a row that is not in full they may be
        shown the reference, and that it is restricted; nothing else about it may decide where or whether it stands there.
        """
        if not (user.may(Permission.SEE_CASES) and user.may(Permission.KNOW_OF_RESTRICTED)):
            return self.visible_to(user).annotate(in_full=Value(True))
        in_full = Case(When(_open_to(user, ""), then=Value(True)), default=Value(False))
        return self.filter(_not_excluded(user, "")).annotate(in_full=in_full)

    def with_last_word(self) -> Self:
        """Each with `last_word`: when what it says now was submitted, or changed after that. None while it never was."""
        from diversion.referrals.models import ReferralChange

        changes = ReferralChange.objects.filter(referral=OuterRef("pk")).order_by("-changed_at").values("changed_at")[:1]
        return self.annotate(last_word=Greatest("submitted_at", Subquery(changes)))

    def in_listing_order(self, *keys: str) -> Self:
        """`listed_for` by these fields; after them the rows that are not in full, in an order that tells nothing of them.

        A key that is an annotation must be NULL where the row is not in full.
        """
        plain = {key for key in keys if key not in self.query.annotations}
        wrapped: Any = [Case(When(in_full=True, then=F(key))) if key in plain else key for key in keys]
        return self.order_by("-in_full", *wrapped, Case(When(in_full=False, then=F("reference_index"))), "pk")

    def kept_from_nobody(self) -> Self:
        """Neither restricted nor kept from anybody by name: what the support team may open when the person asks them to."""
        from diversion.referrals.models import CaseAccess

        kept = CaseAccess.objects.filter(referral=OuterRef("pk"), access=Access.EXCLUDED, ended_at=None)
        return self.filter(restricted=False).exclude(Exists(kept))

    def live(self) -> Self:
        """Neither ended nor still a draft."""
        return self.filter(
            state__in=[ReferralState.AUTHORISED, ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE]
        )

    def open(self) -> Self:
        """Somebody must still act or wait on them: not ended in any way."""
        return self.filter(
            state__in=[
                ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED, ReferralState.OFFERED,
                ReferralState.EXPIRED, ReferralState.ACCEPTED, ReferralState.ACTIVE,
            ]
        )  # fmt: skip

    def in_the_care_of(self, user: User, *, on: date) -> Self:
        """Their own, and those of colleagues for whom they stand in on a London day."""
        held = Delegation.objects.filter(what=Stead.CASES, to_user=user).overlapping(starts_on=on, ends_on=on)
        return self.filter(Q(officer=user) | Q(officer__in=held.values("of_user")))

    def of_the_team(self, user: User) -> Self:
        """Cases whose officer is in the person's team; without a team, their own."""
        team = user.membership.team_id if user.membership else None
        if team is None:
            return self.filter(officer=user)
        colleagues = Membership.objects.live().filter(team=team)
        return self.filter(officer__in=colleagues.values("user"))

    def awaiting_authorisation(self) -> Self:
        return self.filter(state=ReferralState.AWAITING_AUTHORISATION)


class RequirementQuerySet(_CaseRows):
    case_path = "referral__"


class NonAssociationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Notes about the people of visible cases: staff only, a participant never reads them."""
        from diversion.referrals.models import Participant

        people = Participant.objects.visible_to(user)
        return self.filter(participant__in=people) if user.may(Permission.SEE_CASES) else self.none()

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


class ParticipantQuerySet(models.QuerySet[Any]):
    def may_be_written_to(self) -> Self:
        """All but those who died, and those who went into custody and were offered nothing since."""
        from diversion.referrals.models import Referral

        theirs = Referral.objects.filter(participant=OuterRef("pk"))
        in_custody = Exists(theirs.filter(closure_reason=ClosureReason.CUSTODY))
        found = self.exclude(Exists(theirs.filter(closure_reason=ClosureReason.DIED)))
        return found.exclude(in_custody & ~Exists(theirs.live()))

    def visible_to(self, user: User) -> Self:
        """Oneself; or for agency staff the people of the agency's visible cases."""
        from diversion.referrals.models import Referral

        if user.may(Permission.OWN_CASE):
            return self.filter(user=user)
        return self.filter(pk__in=Referral.objects.visible_to(user).order_by().values("participant"))


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


class LetterQuerySet(_CaseRows):
    case_path = "referral__"

    def visible_to(self, user: User) -> Self:
        """Letters of visible cases: staff only."""
        return super().visible_to(user) if user.may(Permission.SEE_CASES) else self.none()

    def to_print(self) -> Self:
        """Letters of offers that wait to be opened, in no batch and not sent; the oldest first."""
        from diversion.referrals.models import Offer

        waiting = Offer.objects.filter(pk=OuterRef("subject_id"), ended_at=None, opened_at=None)
        unprinted = self.filter(kind=LetterKind.OFFER, batch=None, posted_on=None, dropped_at=None)
        return unprinted.filter(Exists(waiting)).order_by("made_at", "pk")


class PostBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The agency's batches, less those with a letter the person may not see: it is printed and posted whole or not at all."""
        from diversion.referrals.models import Letter, Referral

        if not user.may(Permission.POST_LETTERS):
            return self.none()
        hidden = Letter.objects.filter(batch=OuterRef("pk")).exclude(
            referral__in=Referral.objects.visible_to(user).order_by()
        )
        return self.filter(~Exists(hidden), agency=user.organisation_id)
