from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.workers import Worker, broker


@pytest.fixture
def start_worker(committed_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start workers whose every trace is gone afterwards; the queue is empty before."""
    with broker() as server:
        server.flushall()
    workers: list[Worker] = []

    def start(channel: str = "Counting", **how: int) -> Worker:
        workers.append(Worker(tmp_path, channel, **how))
        workers[-1].wait()
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
