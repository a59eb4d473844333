"""Which rows a person may see. The only way to colleagues and invitations."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from diversion.accounts.enums import Role
from diversion.accounts.permissions import Permission

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


class InvitationQuerySet(_OwnOrganisation):
    def open(self, *, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=at)
