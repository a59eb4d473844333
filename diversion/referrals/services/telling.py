"""Telling the officer in a case that something changed."""

from datetime import datetime
from uuid import UUID

from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.models import Referral


def tell_officer(*, kind: str, referral: Referral, subject_id: UUID, at: datetime, occurrence: str = "") -> None:
    """Queue one e-mail to the officer. A voluntary case has none: nobody is told (R14)."""
    if referral.officer_id:
        queue_message(
            kind=kind,
            recipient_id=referral.officer_id,
            subject_id=subject_id,
            at=at,
            case_id=referral.pk,
            occurrence=occurrence,
            channels=[Channel.EMAIL],
        )
