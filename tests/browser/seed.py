"""The demo's story is told once for all processes that test in a browser: each service begins with a copy of what it left."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from diversion.local.passwords import free_port, load_or_draw, save
from tests.local.running_demo import RunningDemo

PATIENCE = 240
READY = "Ctrl-C stops"


class Seed:
    """A stopped demo's state, shared by the processes of one run of the tests; whoever leaves last takes it away.

    `lock` is a file that all of them can have.
    """

    def __init__(self, lock: Path) -> None:
        self.lock = lock
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        self.folder = Path(tempfile.gettempdir()) / f"diversion-seed-{run}"
        self.told = self.folder / "told"
        self.user = self.folder / f"user-{os.getpid()}"

    def copy_to(self, state: Path) -> None:
        """Begin a state folder with it. The story is told here if nobody has told it yet; others wait for that."""
        with self._alone():
            if not self.told.exists():
                self._tell()
            self.user.touch()
        # With the owners of the files: the database's belong to an account of its own.
        subprocess.run(["cp", "-a", str(self.told), str(state)], check=True)
        # A Redis of its own: with the port and the password of another copy's it would take that one's for its own.
        words = load_or_draw(state / "servers.json")
        save(state / "servers.json", replace(words, redis=secrets.token_hex(24), redis_port=free_port()))

    def leave(self) -> None:
        """This process needs it no longer."""
        with self._alone():
            self.user.unlink(missing_ok=True)
            if not list(self.folder.glob("user-*")):
                shutil.rmtree(self.folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.folder.mkdir(exist_ok=True)
            self.folder.chmod(0o755)
            yield

    def _tell(self) -> None:
        demo = RunningDemo(self.folder / "telling")
        wait_until_ready(demo)
        demo.process.send_signal(signal.SIGINT)
        demo.end()
        while demo.pids():
            time.sleep(0.1)
        for lock in (self.folder / "telling").glob("*.lock"):
            lock.unlink()
        (self.folder / "telling").rename(self.told)


def wait_until_ready(demo: RunningDemo) -> None:
    """Until it says that it is; fails with its last lines where it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not demo.said(READY):
        if demo.process.poll() is not None or time.monotonic() > deadline:
            demo.process.terminate()
            raise AssertionError("the demo did not start:\n" + "".join(demo.lines[-30:]))
        time.sleep(0.3)
