"""`python -m diversion.local.demo`, the real thing: every process up, one killed, a command beside it, all put away."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.local.processes import command_of, pid_in
from tests.local.running_demo import RunningDemo
from tests.local.waiting import wait_until


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
