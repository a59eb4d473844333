"""Telling the officer in a case that something changed."""

from datetime import datetime
from uuid import UUID

from diversion.accounts.enums import Stead
from diversion.accounts.models import Delegation
from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.models import Referral


def tell_officer(*, kind: str, referral: Referral, subject_id: UUID, at: datetime, occurrence: str = "") -> None:
    """Queue one e-mail to the officer, and to whoever looks after their cases that day. A voluntary case has none (R14)."""
    if referral.officer_id is None:
        return
    today = clock.day_of(at)
    covering = Delegation.objects.filter(what=Stead.CASES, of_user=referral.officer_id)
    for person in (
        referral.officer_id,
        *covering.overlapping(starts_on=today, ends_on=today).values_list("to_user", flat=True),
    ):
        queue_message(
            kind=kind,
            recipient_id=person,
            subject_id=subject_id,
            at=at,
            case_id=referral.pk,
            occurrence=occurrence,
            channels=[Channel.EMAIL],
        )
