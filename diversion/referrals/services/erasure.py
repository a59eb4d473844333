"""Erasing a volunteer who leaves: every trace that names them, the histories too (R14).

The application may not remove a history. One function of the database, the owner's, may remove one volunteer's, once they have left
and their row is blank; it refuses everybody else.
"""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import connection, transaction

from diversion.accounts.models import OneTimeCode, User
from diversion.accounts.sessions import end_sessions
from diversion.audit.trail import record_change
from diversion.audit.transitions import move, shift
from diversion.core.actor import Actor
from diversion.notifications.enums import MessageState
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ClosureReason, ReferralState, RequirementState
from diversion.referrals.models import ContactClaim, Participant, Referral, Requirement

RUNNING = {ReferralState.ACCEPTED, ReferralState.ACTIVE}
BLANK_TEXTS = (
    "given_names",
    "family_name",
    "address",
    "postcode",
    "email",
    "mobile",
    "needs_notes",
    "interpreter_language",
)


@transaction.atomic
def withdraw_volunteer(*, referral: Referral, by: Actor, at: datetime) -> None:
    """End a volunteer's case because they leave. One that has ended stays as it is."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state not in RUNNING:
        return
    changes = {"closed_at": at, "closure_reason": ClosureReason.LEFT}
    move(referral, to=ReferralState.WITHDRAWN, by=by, at=at, case_id=referral.pk, changes=changes)
    running = Requirement.objects.select_for_update(no_key=True).filter(
        referral=referral, state=RequirementState.IN_PROGRESS
    )
    for requirement in running:
        move(requirement, to=RequirementState.NOT_MET, by=by, at=at, case_id=referral.pk)


@transaction.atomic
def erase_volunteer(*, participant: Participant, by: Actor, at: datetime) -> None:
    """Erase what names a volunteer whose cases have all ended: the row, its history, contacts, codes, sessions, the account.

    The row itself stays, blank, and the trail keeps ids: that somebody came and left is all that can be known.

    :raises IntegrityError: a case still runs, or an agency referred the person. Nothing is erased then.
    """
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    user: User | None = participant.user
    ContactClaim.objects.filter(participant=participant).delete()
    OneTimeCode.objects.filter(subject_id=participant.pk).delete()
    shift(
        OutboxMessage.objects.filter(recipient_id=participant.pk),
        old=MessageState.QUEUED,
        to=MessageState.DROPPED,
        outcome="left",
    )
    _blank(participant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_volunteers_history(%s)", [participant.pk])
    record_change(action="participant.erased", subject=participant, by=by, at=at)
    if user:
        _close_account(user, at=at)


def _blank(participant: Participant) -> None:
    for name in BLANK_TEXTS:
        setattr(participant, name, "")
    participant.date_of_birth = participant.safe_contact = participant.user = None
    participant.email_confirmed_at = participant.mobile_confirmed_at = None
    participant.needs, participant.language = [], "en-gb"
    participant.save()
    for referral in Referral.objects.filter(participant=participant, voluntary=True):
        referral.reference = ""
        referral.save(update_fields=["reference", "reference_index"])


def _close_account(user: User, *, at: datetime) -> None:
    end_sessions(user)
    UserSession.objects.filter(user_id=user.pk).delete()
    user.memberships.filter(ended_at=None).update(ended_at=at)
    user.is_active, user.email, user.name, user.last_login = False, None, "", None
    user.save(update_fields=["is_active", "email", "name", "last_login"])
