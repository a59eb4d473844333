"""Real worker processes on the test database, and what they sent."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connections

from diversion.celery import app
from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.tasks import tick
from tests.factories import make_user
from tests.local.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """`celery worker` as in production, in a process group of its own."""

    def __init__(self, folder: Path, channel: str, children: int = 2) -> None:
        self.output = (folder / "worker.log").open("ab")
        database = connections["default"].settings_dict["NAME"]
        # The shell gives way to the worker, which so knows its own pid for a name.
        worker = f'exec "{sys.executable}" -m celery -A diversion worker --hostname worker$$@here --concurrency {children}'
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f"{worker} --without-gossip --without-mingle"],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.faults.worker_settings",
                "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
                "DIVERSION_MESSAGE_FOLDER": str(settings.MESSAGE_FOLDER),
                "FAULT_CHANNEL": f"tests.faults.channels.{channel}",
            },
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Until it answers."""
        name = f"worker{self.process.pid}@here"
        assert wait_until(lambda: bool(app.control.ping(destination=[name], timeout=0.3)), seconds=60), "no worker"

    def kill(self) -> None:
        """SIGKILL to the worker and its children: nothing is tidied."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()


def broker() -> redis.Redis:
    return redis.Redis.from_url(settings.CELERY_BROKER_URL)


def queue_messages(n: int) -> None:
    """`n` messages due now, to one member of staff."""
    user = make_user()
    at = clock.now()
    for number in range(n):
        queue_message(
            kind="password-reset", recipient_id=user.pk, subject_id=user.pk, at=at, occurrence=str(number),
            channels=[Channel.EMAIL],
        )  # fmt: skip


def handed_over() -> Counter[str]:
    """How often each message was handed over."""
    journal = Path(settings.MESSAGE_FOLDER) / "journal"
    return Counter(journal.read_text().split()) if journal.exists() else Counter()


def each_once(n: int) -> bool:
    """All of `n` messages were handed over, and the outbox says so."""
    return len(handed_over()) == n and OutboxMessage.objects.filter(state="sent").count() == n


def states() -> Counter[str]:
    return Counter(OutboxMessage.objects.values_list("state", flat=True))


def ticks_until(condition: Callable[[], bool]) -> bool:
    """Minutes pass, two a second, until something is so. Every look with a tick of its own would bury a slow worker in ticks."""
    return any(bool(tick.delay()) and wait_until(condition, seconds=0.5) for _ in range(120))


def stopped_pid() -> int | None:
    """The process that waits to be killed."""
    mark = Path(settings.MESSAGE_FOLDER) / "stopped"
    text = mark.read_text() if mark.exists() else ""
    return int(text) if text else None


def run_out_of_leases() -> None:
    """Three minutes pass for whatever a dead worker had claimed."""
    OutboxMessage.objects.filter(state="attempting").update(leased_until=clock.now())
