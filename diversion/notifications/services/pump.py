"""Emptying the outbox: claim a batch, commit, hand each over, record. Any number of pumps may run; each message goes once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from diversion.audit.transitions import shift
from diversion.notifications.channels import channel
from diversion.notifications.channels.base import ChannelIsDown, ChannelRefuses
from diversion.notifications.enums import MessageState as S
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES, Address, Letterbox

BATCH = 100
# Longer than a task may live, so that a lease that ran out means that its worker is gone.
LEASE = timedelta(minutes=3)
MOST_TRIES = 8
HANDING_OVER = "handing over"
log = structlog.get_logger("diversion.outbox")


def pump(*, at: datetime, size: int = BATCH) -> int:
    """Claim up to `size` due messages and hand them over. Says how many it claimed: a full batch means there may be more."""
    claimed = claim(at=at, size=size)
    taken: list[OutboxMessage] = []
    try:
        for message in claimed:
            if _deliver_or_wait(message, at=at):
                taken.append(message)
    finally:
        _note_sent(taken, at=at)
    return len(claimed)


@transaction.atomic
def claim(*, at: datetime, size: int = BATCH) -> Sequence[OutboxMessage]:
    """Mark due messages as being attempted, under a lease, and commit before anything is sent."""
    rows = list(
        OutboxMessage.objects.filter(state=S.QUEUED, due_at__lte=at)
        .select_for_update(skip_locked=True)
        .order_by("due_at")[:size]
    )
    until = at + LEASE
    shift(OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]), old=S.QUEUED, to=S.ATTEMPTING, leased_until=until)
    for row in rows:
        row.state, row.leased_until = S.ATTEMPTING, until
    return rows


def _deliver_or_wait(message: OutboxMessage, *, at: datetime) -> bool:
    """A fault in one message (a template that breaks, a channel's bug) is logged and holds up none of the others."""
    try:
        return deliver(message, at=at)
    except Exception:
        log.exception("message failed", message_id=str(message.pk), kind=message.kind)
        return _again(message, at=at)


def deliver(message: OutboxMessage, *, at: datetime) -> bool:
    """Send one claimed message, or drop it when it is stale, has no confirmed address, or what it was about has ended.

    True when the channel took it and nobody has written that down: it can be asked, so a whole batch is noted in one go.
    """
    if message.stale_at and at >= message.stale_at:
        return _end(message, S.DROPPED, "stale")
    letterbox = _write(message, at=at)
    if letterbox is None:
        return _end(message, S.DROPPED, "nothing to say or nowhere to send it")
    adapter = channel(message.channel)
    if not adapter.can_be_asked:
        OutboxMessage.objects.filter(pk=message.pk).update(outcome=HANDING_OVER)
    try:
        adapter.send(letterbox)
    except ChannelRefuses:
        return _end(message, S.FAILED, "refused")
    except ChannelIsDown:
        return _again(message, at=at)
    return adapter.can_be_asked or _end(message, S.SENT, "", sent_at=at)


def recover(*, at: datetime) -> int:
    """Settle messages whose worker died: ask the channel, and only send again what it never took.

    Of a channel that cannot be asked, only the hand-over that had begun is in doubt; the rest of the batch goes out.
    """
    lost = _lost(at=at)
    for message in lost:
        try:
            taken = channel(message.channel).took(message.pk)
        except ChannelIsDown:
            continue
        if taken:
            _end(message, S.SENT, "found after a crash", sent_at=at)
        elif taken is None and message.outcome == HANDING_OVER:
            _end(message, S.FAILED, "in doubt after a crash")
        else:
            _again(message, at=at, wait=timedelta())
    return len(lost)


@transaction.atomic
def _lost(*, at: datetime) -> Sequence[OutboxMessage]:
    """Take over leases that ran out, so that of two recoveries one has them."""
    rows = list(
        OutboxMessage.objects.filter(state=S.ATTEMPTING, leased_until__lte=at).select_for_update(skip_locked=True)[:BATCH]
    )
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(leased_until=at + LEASE)
    return rows


def _write(message: OutboxMessage, *, at: datetime) -> Letterbox | None:
    kind = MESSAGES[message.kind]
    address = kind.address(recipient_id=message.recipient_id, channel=message.channel)
    if address is None:
        return None
    with translation.override(address.language):
        context = kind.context(subject_id=message.subject_id, recipient_id=message.recipient_id, at=at)
        if context is None:
            return None
        return Letterbox(message.pk, address, *_words(kind.template, address, context))


def _words(template: str, address: Address, context: dict[str, object]) -> tuple[str, str]:
    subject = render_to_string(f"messages/{template}.subject.txt", context).strip()
    body = render_to_string(f"messages/{template}.{address.channel}.txt", context).strip()
    return subject, body


def _note_sent(messages: Sequence[OutboxMessage], *, at: datetime) -> None:
    rows = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    shift(rows, old=S.ATTEMPTING, to=S.SENT, sent_at=at, tries=F("tries") + 1, leased_until=None)
    for message in messages:
        _log(message, S.SENT, "")


def _end(message: OutboxMessage, state: S, outcome: str, *, sent_at: datetime | None = None) -> bool:
    """Write down how it ended. Always False: there is nothing left to note."""
    shift(
        OutboxMessage.objects.filter(pk=message.pk),
        old=S.ATTEMPTING,
        to=state,
        outcome=outcome,
        sent_at=sent_at,
        tries=message.tries + 1,
        leased_until=None,
    )
    _log(message, state, outcome)
    return False


def _log(message: OutboxMessage, state: S, outcome: str) -> None:
    log.info(
        "message", message_id=str(message.pk), kind=message.kind, channel=message.channel, state=state, outcome=outcome
    )


def _again(message: OutboxMessage, *, at: datetime, wait: timedelta | None = None) -> bool:
    """Back to the queue with a growing pause, or given up after too many tries. False, as `_end`."""
    if message.tries + 1 >= MOST_TRIES:
        return _end(message, S.FAILED, "channel down too long")
    pause = wait if wait is not None else timedelta(minutes=2**message.tries)
    shift(
        OutboxMessage.objects.filter(pk=message.pk),
        old=S.ATTEMPTING,
        to=S.QUEUED,
        due_at=at + pause,
        outcome="",
        tries=message.tries + 1,
        leased_until=None,
    )
    return False


def waiting(*, at: datetime) -> dict[str, int]:
    """How many messages are due and how many are in doubt: for the support page and /health/."""
    due = OutboxMessage.objects.filter(state=S.QUEUED, due_at__lte=at)
    return {"due": due.count(), "failed": OutboxMessage.objects.filter(state=S.FAILED).count()}
