"""What is asked of the database every minute. Beat knows one tick; apps add their own jobs here."""

from collections.abc import Callable
from datetime import datetime

Job = Callable[[datetime], None]
JOBS: dict[str, Job] = {}


def every_minute(name: str) -> Callable[[Job], Job]:
    """Register a job `f(at)` that finds and does what is due. It must be idempotent: two beats and a redelivery may run it twice.

    :raises ValueError: the name is taken.
    """

    def register(job: Job) -> Job:
        if name in JOBS:
            raise ValueError(f"two jobs are called {name}")
        JOBS[name] = job
        return job

    return register
