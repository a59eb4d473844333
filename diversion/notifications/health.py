"""Is the service well? Web answers by being asked; the rest is looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from diversion.celery import app
from diversion.notifications.models import Heartbeat

TICK_IS_LATE = timedelta(minutes=3)


@dataclass(frozen=True)
class Health:
    """Each part and whether it is well, and when the minute tick last finished."""

    parts: dict[str, bool]
    last_tick: datetime | None

    @property
    def well(self) -> bool:
        return all(self.parts.values())


def examine(*, at: datetime) -> Health:
    """Look at the database, the queue and beat. Beat is well when its tick went through a worker within three minutes."""
    try:
        last = Heartbeat.objects.filter(name="messages").values_list("at", flat=True).first()
        database = True
    except DatabaseError:
        connection.close()
        last, database = None, False
    return Health(
        parts={
            "web": True,
            "database": database,
            "queue": _queue_answers(),
            "beat": last is not None and at - last < TICK_IS_LATE,
        },
        last_tick=last,
    )


def _queue_answers() -> bool:
    try:
        with app.connection_for_read() as queue:
            queue.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return False
    return True
