"""Which rows a person may see. The only way to colleagues and invitations."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from diversion.accounts.enums import Role
from diversion.accounts.permissions import Permission
from diversion.accounts.roles import roles_with

if TYPE_CHECKING:
    from diversion.accounts.models import User


class _OwnOrganisation(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Rows of the person's own organisation, for those who may invite; otherwise none."""
        return self.filter(organisation_id=user.organisation_id) if user.may(Permission.INVITE) else self.none()


class MembershipQuerySet(_OwnOrganisation):
    def visible_to(self, user: "User") -> Self:
        """Colleagues. The agency's participants are members too, and are nobody's colleagues: who they are is a case's matter."""
        return super().visible_to(user).exclude(role=Role.PARTICIPANT)

    def live(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def colleagues_of(self, user: "User") -> Self:
        """Live staff of the person's own organisation, themselves included: whom they may name, never more than that."""
        return self.live().filter(organisation_id=user.organisation_id, user__is_active=True).exclude(role=Role.PARTICIPANT)

    def who_may(self, permission: Permission) -> Self:
        """Those whose role grants it."""
        return self.filter(role__in=roles_with(permission))


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Those one gave or holds; for those who may invite, all their colleagues'."""
        if not user.may(Permission.SEE_CASES):
            return self.none()
        mine = models.Q(of_user=user) | models.Q(to_user=user)
        if user.may(Permission.INVITE):
            house = {"of_user__memberships__organisation": user.organisation_id, "of_user__memberships__ended_at": None}
            mine |= models.Q(pk__in=self.model._default_manager.filter(**house).values("pk"))
        return self.filter(mine)

    def open(self, *, on: date) -> Self:
        """Neither ended early nor over: running on the London day, or still to come."""
        return self.filter(ended_at=None, ends_on__gte=on)

    def overlapping(self, *, starts_on: date, ends_on: date) -> Self:
        """Those not ended that share a day with the span; both its ends are included."""
        return self.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)


class InvitationQuerySet(_OwnOrganisation):
    def open(self, *, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=at)
