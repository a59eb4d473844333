"""`python -m diversion.local.demo`, the real thing: every process up, one killed, a command beside it, all put away."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.local.passwords import free_port
from diversion.local.processes import command_of, pid_in
from tests.local.processes import ROOT
from tests.local.waiting import wait_until

NOT_HANDED_ON = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "DJANGO_SETTINGS_MODULE")


class RunningDemo:
    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        self.environment |= {"DIVERSION_STATE": str(state), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "diversion.local.demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            self.lines.extend(output)

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def health(self) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=10) as answer:
            return json.load(answer)

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def pids(self) -> list[int]:
        """The processes that were told this demo's state folder, by their environment or on their command line."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(self.state) in told and int(folder.name) != self.process.pid:
                found.append(int(folder.name))
        return found

    def pid_of(self, words: str) -> int:
        return min(pid for pid in self.pids() if words in command_of(pid))

    def end(self) -> None:
        self.process.wait(30)
        self.reader.join()


@pytest.fixture
def demo(state: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(state)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
    running.end()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_demo_comes_up_whole_heals_and_leaves_nothing_running(demo: RunningDemo) -> None:
    assert wait_until(lambda: demo.said("Ctrl-C stops everything") or demo.process.poll() is not None, seconds=240)
    assert demo.process.poll() is None, "".join(demo.lines)
    printed = "".join(demo.lines)
    assert f"Open http://127.0.0.1:{demo.port}/" in printed
    assert "Traceback" not in printed
    assert demo.health()["status"] == "well"
    for process in ("-A diversion worker", "-A diversion beat", "payments.standin", "postgres -D", "-m diversion.local /"):
        assert demo.pid_of(process)
    redis = pid_in(demo.state / "redis" / "redis.pid")
    assert redis
    assert command_of(redis)

    os.kill(demo.pid_of("gunicorn"), signal.SIGKILL)
    assert wait_until(lambda: demo.said("web was ended by SIGKILL; starting it again."))
    assert wait_until(lambda: well(demo), seconds=60)

    letters = demo.manage("load_demo", "--letters")
    assert letters.returncode == 0, letters.stderr
    assert all(line in printed for line in letters.stdout.splitlines() if re.search(r"\d", line))

    demo.process.send_signal(signal.SIGINT)
    demo.end()
    assert demo.process.returncode == 0
    assert wait_until(lambda: demo.pids() == [], seconds=5), [command_of(pid) for pid in demo.pids()]
    assert command_of(redis) == ""


def well(demo: RunningDemo) -> bool:
    try:
        return demo.health()["status"] == "well"
    except OSError:
        return False
