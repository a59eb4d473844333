"""What becomes of a colleague's role: its rank, and its end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.leaving import check_may_leave
from diversion.accounts.models import Invitation, Membership
from diversion.accounts.policies import check_rank
from diversion.accounts.services.delegations import end_delegations_of
from diversion.accounts.sessions import end_sessions
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal


class NotYourOwn(Refusal):
    """Nobody ends their own access: an organisation would lose its last inviter by a slip."""

    sentence = _("You cannot end your own access. Ask a colleague to do it.")


class RankIsYourOwn(Refusal):
    """Nobody raises themselves."""

    sentence = _("You cannot change your own rank. Ask a colleague to do it.")


class AccessHasEnded(Refusal):
    sentence = _("This person no longer has access.")


@transaction.atomic
def change_rank(*, membership: Membership, rank: int, by: Actor, at: datetime) -> None:
    """Say how senior a colleague is: it decides what they may authorise from now on. Repeating it changes nothing.

    :raises RankIsYourOwn: the acting person is the one whose rank would change.
    :raises RankIsOfAgencies: the organisation is no agency.
    :raises AccessHasEnded: the role has ended.
    """
    if membership.user_id == by.user_id:
        raise RankIsYourOwn
    check_rank(rank, organisation=membership.organisation)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.ended_at:
        raise AccessHasEnded
    old = membership.rank
    if old == rank:
        return
    membership.rank = rank
    membership.save(update_fields=["rank"])
    record_change(
        action="membership.rank-changed",
        subject=membership,
        by=by,
        at=at,
        data={"old": old, "new": rank, "organisation": str(membership.organisation_id)},
    )


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, at: datetime) -> None:
    """End a role at once: the next request of any of their sessions is refused. Repeating it changes nothing.

    :raises NotYourOwn: the acting person is the one whose access would end.
    :raises Refusal: they answer for something that would be left behind (`leaving`).
    """
    if membership.user_id == by.user_id:
        raise NotYourOwn
    if held := Membership.objects.select_for_update(of=("self",)).live().filter(pk=membership.pk).first():
        check_may_leave(held)
    if not Membership.objects.live().filter(pk=membership.pk).update(ended_at=at):
        return
    # What they sent out and nobody has taken up yet goes with them.
    Invitation.objects.open(at=at).filter(invited_by=membership.user_id).update(expires_at=at)
    end_delegations_of(user=membership.user, by=by, at=at)
    record_change(
        action="membership.ended",
        subject=membership,
        by=by,
        at=at,
        data={"role": membership.role, "organisation": str(membership.organisation_id)},
    )
    end_sessions(membership.user)
