"""What the Celery processes hold after they have done some work."""

from bench.processes import children, peak_mib, running, wait_for
from bench.report import Figure
from bench.world import World
from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.tasks import tick

MESSAGES = 300


def worker_memory(world: World) -> list[Figure]:
    """A worker that has run every minute's job and sent some messages: the largest of its processes."""
    waiting = OutboxMessage.objects.filter(occurrence__startswith="memory", state="queued")
    with running(
        "celery", "-A", "diversion", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"
    ) as worker:
        for n in range(MESSAGES):
            queue_message(
                kind="password-reset", recipient_id=world.officer.pk, subject_id=world.officer.pk, at=clock.now(),
                occurrence=f"memory{n}", channels=[Channel.EMAIL],
            )  # fmt: skip
        tick.delay()
        wait_for(lambda: not waiting.exists())
        family = [worker.pid, *children(worker.pid)]
        return [Figure("Celery process, peak memory", max(map(peak_mib, family)), "MiB", goal="<= 130")]
