"""Putting a message in the outbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet

from diversion.audit.transitions import shift
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

    A repeat of the same (kind, recipient, subject, occurrence, channel) is silently the same message. What is due now wakes
    the pump as the transaction commits; where nobody hears it, the next minute's tick sends it.

    :raises KeyError: no such kind.
    """
    rows = message_rows(
        kind=kind, recipient_id=recipient_id, subject_id=subject_id, at=at, due_at=due_at, stale_at=stale_at,
        case_id=case_id, occurrence=occurrence, channels=channels,
    )  # fmt: skip
    queue_rows(rows, at=at)


def message_rows(
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
) -> list[OutboxMessage]:
    """What `queue_message` would store, for `queue_rows` to store many in one statement.

    :raises KeyError: no such kind.
    """
    MESSAGES[kind]
    return [
        OutboxMessage(
            state=MessageState.QUEUED, kind=kind, channel=channel, recipient_id=recipient_id, subject_id=subject_id,
            case_id=case_id, occurrence=occurrence, created_at=at, due_at=due_at or at, stale_at=stale_at,
        )
        for channel in channels
    ]  # fmt: skip


def queue_rows(rows: Sequence[OutboxMessage], *, at: datetime) -> None:
    """Queue messages made by `message_rows`, all in one statement; as `queue_message` otherwise."""
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.due_at <= at for row in rows):
        transaction.on_commit(_wake, robust=True)


def drop_case_messages(*, case_id: UUID, outcome: str) -> int:
    """Drop what waits in the outbox of a case, with a word of why; says how many. Sign-in codes belong to no case.

    What a worker has claimed is past dropping: each message asks, as it is sent, whether it still holds.
    """
    return _drop(OutboxMessage.objects.filter(case_id=case_id), outcome)


def drop_messages_to(*, recipient_id: UUID, outcome: str) -> int:
    """Drop whatever waits for one recipient, of whichever case; as `drop_case_messages` otherwise."""
    return _drop(OutboxMessage.objects.filter(recipient_id=recipient_id), outcome)


def drop_messages_about(*, kind: str, subject_ids: Iterable[UUID], outcome: str) -> int:
    """Drop whatever waits of one kind about these subjects; as `drop_case_messages` otherwise."""
    return _drop(OutboxMessage.objects.filter(kind=kind, subject_id__in=list(subject_ids)), outcome)


def _drop(rows: QuerySet[OutboxMessage], outcome: str) -> int:
    return shift(rows, old=MessageState.QUEUED, to=MessageState.DROPPED, outcome=outcome)


def _wake() -> None:
    # By name: the tasks stand above this module.
    current_app.send_task("notifications.pump", retry=False)
