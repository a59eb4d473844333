"""Celery's part: one tick a minute wakes every job; a change that queued a message wakes the pump at once."""

from datetime import datetime

from celery import shared_task
from django.db import connection

from diversion.audit.chain import seal
from diversion.core import clock
from diversion.notifications.models import Heartbeat
from diversion.notifications.services import pump as outbox
from diversion.notifications.ticks import JOBS, every_minute


@shared_task(name="diversion.tick")
def tick() -> None:
    """Wake every periodic job. Each is a task of its own, so that one that fails stops no other."""
    for name in JOBS:
        run_job.delay(name=name)


@shared_task(name="diversion.run_job")
def run_job(*, name: str) -> None:
    """Run one job, unless another worker is at it, and note when it was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"job:{name}"])
        if not cursor.fetchone()[0]:
            return
    try:
        at = clock.now()
        JOBS[name](at)
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"job:{name}"])


@shared_task(name="notifications.pump")
def pump() -> None:
    """Empty the outbox, batch by batch. One task for a batch; a full batch asks for another."""
    if outbox.pump(at=clock.now()) == outbox.BATCH:
        pump.delay()


@every_minute("messages")
def _messages(at: datetime) -> None:
    pump.delay()


@every_minute("lost-messages")
def _lost_messages(at: datetime) -> None:
    outbox.recover(at=at)


@every_minute("audit-seal")
def _seal(at: datetime) -> None:
    seal(at=at)
