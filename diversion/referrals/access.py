"""Who sees one case: how much one person does, since when it is restricted, and whom its list names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.audit.models import AuditEvent
from diversion.referrals.enums import Access, Sight
from diversion.referrals.models import CaseAccess, Referral


@dataclass(frozen=True)
class Restricted:
    """When a case was restricted, by whom and why."""

    at: datetime
    by: User | None
    reason: str


def sight_of(user: User, referral: Referral) -> Sight:
    """Full, limited or none, by what the tables say now and the rules of every list (`querysets`)."""
    row = Referral.objects.filter(pk=referral.pk)
    if row.visible_to(user).exists():
        return Sight.FULL
    return Sight.LIMITED if row.listed_for(user).exists() else Sight.NONE


def is_kept_out(user: User, referrals: Collection[Referral]) -> bool:
    """Whether the list of any of these cases keeps the person out."""
    entries = CaseAccess.objects.exclude(access=Access.ALLOWED).filter(user=user, ended_at=None)
    return entries.filter(referral__in=[each.pk for each in referrals]).exists()


def restricted_since(referral: Referral) -> Restricted | None:
    """The trail's last word on a case that is restricted."""
    events = AuditEvent.objects.filter(case_id=referral.pk, action="case.restricted").order_by("-occurred_at", "-pk")
    event = events.first() if referral.restricted else None
    if event is None:
        return None
    by = User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    return Restricted(at=event.occurred_at, by=by, reason=event.reason)


def names_on_list(referral: Referral) -> QuerySet[Any]:
    """The live entries by name, each with `member`, the public id of the person's last membership of the agency, and its `role`."""
    last = Membership.objects.filter(user=OuterRef("user"), organisation=referral.agency_id).order_by("-started_at", "-pk")
    entries = CaseAccess.objects.filter(referral=referral, ended_at=None).select_related("user", "made_by", "referral")
    members = {"member": Subquery(last.values("public_id")[:1]), "role": Subquery(last.values("role")[:1])}
    return entries.annotate(**members).order_by("user__name", "pk")


def colleagues_of(referral: Referral) -> list[Membership]:
    """Everybody who works for the case's agency now. Its participants are members too, and nobody's colleagues."""
    live = Membership.objects.live().filter(organisation=referral.agency_id, user__is_active=True)
    return list(live.exclude(role=Role.PARTICIPANT).select_related("user").order_by("user__name", "pk"))
