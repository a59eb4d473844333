"""Inviting staff. A token of 256 bits, for one address, role and organisation; 48 hours; one use."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Rank
from diversion.accounts.models import Invitation, Membership, Organisation, User
from diversion.accounts.policies import check_rank
from diversion.accounts.roles import EMPLOYS
from diversion.accounts.signals import staff_message_due
from diversion.audit.trail import record_change
from diversion.core.actor import Actor, ActorKind
from diversion.core.errors import Refusal

LIVES = timedelta(hours=48)


class RoleIsNotOfThisOrganisation(Refusal):
    """An agency has no trainers, a provider no officers."""

    sentence = _("Your organisation does not have this role.")
    field = "role"


class AlreadyAColleague(Refusal):
    """The address belongs to somebody with a live role in the same organisation."""

    sentence = _("This person already has access. End it first, then invite them to the other role.")
    field = "email"


class InvitationIsOver(Refusal):
    """No such invitation, or it ran out, was used, was replaced, or its person already works elsewhere."""

    sentence = _("This invitation can no longer be used. Ask the person who invited you for a new one.")


@transaction.atomic
def invite_colleague(
    *, organisation: Organisation, email: str, name: str, role: str, rank: int = Rank.NONE, by: Actor, at: datetime
) -> Invitation:
    """Invite somebody and queue the message that carries the link. An older open invitation of theirs here ends.

    :raises RoleIsNotOfThisOrganisation: the organisation's kind does not employ the role.
    :raises RankIsOfAgencies: a rank was given, and the organisation is no agency.
    :raises AlreadyAColleague: they have a live role here.
    """
    check_rank(rank, organisation=organisation)
    email = email.strip().lower()
    if role not in EMPLOYS[organisation.kind]:
        raise RoleIsNotOfThisOrganisation
    if Membership.objects.live().filter(organisation=organisation, user__email__iexact=email).exists():
        raise AlreadyAColleague
    Invitation.objects.open(at=at).filter(organisation=organisation, email=email).update(expires_at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        name=name,
        role=role,
        rank=rank,
        token_hash=_hash(token),
        token_sealed=token,
        invited_by_id=by.user_id,
        invited_at=at,
        expires_at=at + LIVES,
    )
    record_change(action="invitation.made", subject=invitation, by=by, at=at, data=_facts(invitation))
    staff_message_due.send(
        Invitation, kind="staff-invitation", recipient_id=invitation.pk, subject_id=invitation.pk, at=at, occurrence=""
    )
    return invitation


def find_invitation(*, token: str, at: datetime) -> Invitation:
    """The open invitation behind a link.

    :raises InvitationIsOver: there is none.
    """
    found: Invitation | None = (
        Invitation.objects.open(at=at).select_related("organisation").filter(token_hash=_hash(token)).first()
    )
    if found is None:
        raise InvitationIsOver
    return found


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, at: datetime) -> User:
    """Make the account and the role, or give a former colleague a role again. The form has checked the password.

    :raises InvitationIsOver: see above; of two who accept at once, one.
    """
    invitation = find_invitation(token=token, at=at)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise InvitationIsOver
    user = _account_of(invitation)
    user.name, user.is_active = name, True
    user.set_password(password)
    membership = _begin(user, invitation, at)
    invitation.accepted_at, invitation.accepted_by, invitation.token_sealed = at, user, None
    invitation.save()
    by = Actor(ActorKind.STAFF, user_id=user.pk)
    record_change(action="invitation.accepted", subject=invitation, by=by, at=at, data=_facts(invitation))
    record_change(action="membership.begun", subject=membership, by=by, at=at, data=_facts(invitation))
    return user


def _begin(user: User, invitation: Invitation, at: datetime) -> Membership:
    """Two invitations of one address, accepted at once, meet in the constraints: one wins."""
    try:
        with transaction.atomic():
            user.save()
            return Membership.objects.create(
                user=user,
                organisation_id=invitation.organisation_id,
                role=invitation.role,
                rank=invitation.rank,
                started_at=at,
            )
    except IntegrityError:
        raise InvitationIsOver from None


def _account_of(invitation: Invitation) -> User:
    """A former colleague's account, locked, or a new one."""
    known = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if known is None:
        return User(email=invitation.email)
    if known.memberships.filter(ended_at=None).exists():
        raise InvitationIsOver
    return known


def _facts(invitation: Invitation) -> dict[str, str | int]:
    return {"role": invitation.role, "rank": invitation.rank, "organisation": str(invitation.organisation_id)}


def _hash(token: str) -> str:
    # 256 random bits need no salt and no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()
