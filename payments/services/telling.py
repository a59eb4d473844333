"""Telling a participant about their money: a row in the outbox, in the transaction of the change it tells of."""

from datetime import datetime
from uuid import UUID

from diversion.notifications.outbox import queue_message
from diversion.referrals.models import Referral


def tell_participant(*, kind: str, referral: Referral, subject_id: UUID, at: datetime) -> None:
    """Queue one message about one subject; told twice, it is told once. A case without a person has nobody to tell."""
    if referral.participant_id:
        queue_message(kind=kind, recipient_id=referral.participant_id, subject_id=subject_id, case_id=referral.pk, at=at)
