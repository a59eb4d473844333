"""Ending a colleague's access."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Invitation, Membership
from diversion.accounts.sessions import end_sessions
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal


class NotYourOwn(Refusal):
    """Nobody ends their own access: an organisation would lose its last inviter by a slip."""

    sentence = _("You cannot end your own access. Ask a colleague to do it.")


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, at: datetime) -> None:
    """End a role at once: the next request of any of their sessions is refused. Repeating it changes nothing.

    :raises NotYourOwn: the acting person is the one whose access would end.
    """
    if membership.user_id == by.user_id:
        raise NotYourOwn
    if not Membership.objects.live().filter(pk=membership.pk).update(ended_at=at):
        return
    # What they sent out and nobody has taken up yet goes with them.
    Invitation.objects.open(at=at).filter(invited_by=membership.user_id).update(expires_at=at)
    record_change(
        action="membership.ended",
        subject=membership,
        by=by,
        at=at,
        data={"role": membership.role, "organisation": str(membership.organisation_id)},
    )
    end_sessions(membership.user)
