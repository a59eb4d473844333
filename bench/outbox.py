"""The outbox: claiming batches, and handing them to a channel that takes everything and keeps nothing."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, connections, transaction

from bench.report import Figure
from bench.world import World
from diversion.core import clock
from diversion.notifications.channels.base import ChannelAdapter
from diversion.notifications.enums import Channel
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.registry import Address, Letterbox, Message, register
from diversion.notifications.services.pump import BATCH, claim, pump

FEW, MANY = 10_000, 100_000
BATCHES = 40
MESSAGES = 2_000
KIND = "bench-notice"


@register
class Notice(Message):
    """A real message's words, to somebody who is known already: what remains is the outbox's own work."""

    kind = KIND
    template = "notifications/password-reset"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return Address(channel, "somebody@example.org", "en-gb")

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return {"link": "https://example.org/"}


class NullChannel(ChannelAdapter):
    """Takes every message and forgets it."""

    def send(self, letterbox: Letterbox) -> None:
        return None

    def took(self, reference: UUID) -> bool:
        return False


def measure_outbox(world: World) -> list[Figure]:
    """Claims beside the one statement that could do it, with few and with many messages waiting; then whole hand-overs."""
    figures = []
    for pending in (FEW, MANY):
        _fill(pending)
        floor, ours = _rate(_bare), _rate(lambda: len(claim(at=clock.now())))
        figures.append(Figure(f"messages claimed, {pending:,} waiting", ours, "per s", floor, ">= half the floor"))
    OutboxMessage.objects.filter(state="queued").update(due_at=clock.now() + timedelta(days=1))
    nobody = world.officer.pk
    return [
        *figures,
        Figure("messages handed to a null channel", _hand_over(KIND, nobody, nobody), "per s", goal=">= 1,000"),
        Figure("the same, password resets (3 SQL each)", _hand_over("password-reset", nobody, nobody), "per s"),
    ]


def _fill(pending: int) -> None:
    """Bring the number of messages that are due to `pending`, by one statement."""
    missing = pending - OutboxMessage.objects.filter(state="queued").count()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_outboxmessage (id, state, kind, channel, recipient_id, subject_id, occurrence, created_at,
                                                     due_at, tries, outcome)
            SELECT gen_random_uuid(), 'queued', %s, 'email', gen_random_uuid(), gen_random_uuid(), '', now(),
                   now() - n * interval '1 second', 0, ''
            FROM generate_series(1, %s) n
            """,
            [KIND, missing],
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE notifications_outboxmessage")
    connections["owner"].close()


def _rate(batch: Callable[[], int]) -> float:
    started, done = time.perf_counter(), 0
    for _ in range(BATCHES):
        done += batch()
    return done / (time.perf_counter() - started)


def _bare() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notifications_outboxmessage SET state = 'attempting', leased_until = now() + interval '3 minutes'
            WHERE id IN (SELECT id FROM notifications_outboxmessage WHERE state = 'queued' AND due_at <= now()
                         ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING *
            """,
            [BATCH],
        )
        return len(cursor.fetchall())


def _hand_over(kind: str, recipient_id: UUID, subject_id: UUID) -> float:
    at = clock.now()
    for n in range(MESSAGES):
        queue_message(
            kind=kind, recipient_id=recipient_id, subject_id=subject_id, at=at, occurrence=f"handed{n}",
            channels=[Channel.EMAIL],
        )  # fmt: skip
    started, done = time.perf_counter(), 0
    while n := pump(at=clock.now()):
        done += n
    return done / (time.perf_counter() - started)
