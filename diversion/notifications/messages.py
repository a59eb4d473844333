"""Messages to staff about their accounts. The links in them are made, or unsealed, as they are sent; the outbox holds ids."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models import QuerySet
from django.dispatch import receiver
from django.urls import reverse

from diversion.accounts.models import Delegation, Invitation, User
from diversion.accounts.signals import staff_message_due
from diversion.core import clock
from diversion.core.moments import day_words
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.notifications.registry import Address, Message, link_to, register


@receiver(staff_message_due)
def queue_staff_message(
    *, kind: str, recipient_id: UUID, subject_id: UUID, at: datetime, occurrence: str, **_: Any
) -> None:
    """Take what the accounts ask for into the outbox. Staff are written to by e-mail alone."""
    queue_message(
        kind=kind,
        recipient_id=recipient_id,
        subject_id=subject_id,
        at=at,
        occurrence=occurrence,
        channels=[Channel.EMAIL],
    )


@register
class StaffInvitation(Message):
    """The link by which a person invited makes an account."""

    kind = "staff-invitation"
    template = "notifications/staff-invitation"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        invitation = Invitation.objects.filter(pk=recipient_id).first()
        return Address(channel, invitation.email, settings.LANGUAGE_CODE) if invitation else None

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        """None when it was accepted, replaced or ran out."""
        invitation = Invitation.objects.open(at=at).select_related("organisation").filter(pk=subject_id).first()
        if invitation is None:
            return None
        link = reverse("invitation-accept", kwargs={"token": invitation.token_sealed})
        return {"organisation": invitation.organisation.name, "link": settings.SITE_URL + link}


@register
class PasswordReset(Message):
    """The link by which a member of staff chooses a new password; good for an hour and for one change."""

    kind = "password-reset"
    template = "notifications/password-reset"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        user = User.objects.filter(pk=recipient_id, is_active=True).first()
        return Address(channel, user.email, user.language) if user and user.email else None

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        user = User.objects.get(pk=subject_id)
        parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        return {"link": settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=parts)}


class StandingIn(Message):
    """Base of what the two people of a delegation are told: the days and where to look, never for whom or what."""

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        user = User.objects.filter(pk=recipient_id, is_active=True).first()
        return Address(channel, user.email, user.language) if user and user.email and user.membership else None

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        """None when its last day has passed."""
        delegation = self.delegations().filter(pk=subject_id, ends_on__gte=clock.day_of(at)).first()
        if delegation is None:
            return None
        return {
            "starts_on": day_words(delegation.starts_on),
            "ends_on": day_words(delegation.ends_on),
            "link": link_to("delegation-list"),
        }

    def delegations(self) -> QuerySet[Delegation]:
        """Those that this kind still tells of."""
        return Delegation.objects.filter(ended_at=None)


@register
class DelegationMade(StandingIn):
    kind = "delegation-made"
    template = "notifications/delegation-made"


@register
class DelegationEnded(StandingIn):
    kind = "delegation-ended"
    template = "notifications/delegation-ended"

    def delegations(self) -> QuerySet[Delegation]:
        return Delegation.objects.filter(ended_at__isnull=False)
