"""Real processes of the product, what they and the database spent, and what they hold."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
NANO_TO_MILLI = 1e-6
KIB_PER_MIB = 1024


def cpu_ms(pid: int) -> float:
    """The CPU time a process has had, all its threads, in milliseconds."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) * NANO_TO_MILLI


def peak_mib(pid: int) -> float:
    """The most memory a process has held (VmHWM), in MiB; shared pages count in each process that has them."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / KIB_PER_MIB


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def backends() -> list[int]:
    """The database's processes that serve this database's other clients."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the product on the bench's database, ended afterwards."""
    database = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "DIVERSION_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


class Web:
    """One web worker, asked one request after the other."""

    def __init__(self, port: int, master: int) -> None:
        self.port = port
        wait_for(lambda: self.status("/floor/bare/") == 200)
        (self.pid,) = children(master)

    def get(self, path: str, cookies: str = "") -> tuple[int, bytes]:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        client.request("GET", path, headers={"Cookie": cookies} if cookies else {})
        answer = client.getresponse()
        body = answer.read()
        client.close()
        return answer.status, body

    def status(self, path: str) -> int:
        try:
            return self.get(path)[0]
        except OSError:
            return 0

    def cost(self, path: str, cookies: str = "", *, requests: int = 60) -> float:
        """CPU-milliseconds of one request: the web worker's and the database's together. The first few only warm up.

        :raises RuntimeError: the page does not answer 200.
        """
        for _ in range(5):
            if self.get(path, cookies)[0] != 200:
                raise RuntimeError(f"{path} answers {self.get(path, cookies)[0]}")
        watched = [self.pid, *backends()]
        before = sum(map(cpu_ms, watched))
        for _ in range(requests):
            self.get(path, cookies)
        return (sum(map(cpu_ms, watched)) - before) / requests


def wait_for(condition: object, *, seconds: float = 60) -> None:
    """:raises TimeoutError: it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)
