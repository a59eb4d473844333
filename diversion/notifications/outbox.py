"""Putting a message in the outbox."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from diversion.notifications.enums import Channel, MessageState
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES


def queue_message(
    *,
    kind: str,
    recipient_id: UUID,
    subject_id: UUID,
    at: datetime,
    due_at: datetime | None = None,
    stale_at: datetime | None = None,
    case_id: UUID | None = None,
    occurrence: str = "",
    channels: Iterable[str] = Channel.values,
) -> None:
    """Queue a message on each channel, inside the transaction of the change it tells of.

    A repeat of the same (kind, recipient, subject, occurrence, channel) is silently the same message.

    :raises KeyError: no such kind.
    """
    MESSAGES[kind]
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                state=MessageState.QUEUED,
                kind=kind,
                channel=channel,
                recipient_id=recipient_id,
                subject_id=subject_id,
                case_id=case_id,
                occurrence=occurrence,
                created_at=at,
                due_at=due_at or at,
                stale_at=stale_at,
            )
            for channel in channels
        ],
        ignore_conflicts=True,
    )
