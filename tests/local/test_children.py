"""The supervisor's children: tied to it, revived, and given up on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from diversion.local.children import QUICK_DEATHS, Child
from diversion.local.processes import command_of
from tests.local.processes import ROOT
from tests.local.waiting import wait_until, wait_until_gone

PARENT = """
import os, time
from diversion.local.children import spawn
print(spawn(["sleep", "60"], os.environ).pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's service is Linux's")
def test_a_child_does_not_outlive_a_killed_supervisor() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert wait_until(lambda: command_of(child) == "sleep 60")
    parent.kill()
    parent.communicate()
    assert wait_until_gone(child)


def test_a_dead_child_is_started_again_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("web", ["sleep", "60"], os.environ)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: child.process.poll() is not None)
    assert child.revive()
    assert child.process.pid != first
    assert "web was ended by SIGKILL; starting it again." in capsys.readouterr().out
    child.ask_to_stop()
    child.stop(5)


def test_a_child_that_keeps_dying_is_given_up_on(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("beat", [sys.executable, "-c", "print('no such setting'); raise SystemExit(3)"], os.environ)
    deaths = 0
    while True:
        child.process.wait()
        deaths += 1
        if not child.revive():
            break
    printed = capsys.readouterr().out
    assert deaths == QUICK_DEATHS
    assert printed.count("no such setting") == QUICK_DEATHS
    assert f"beat ended with code 3, the {QUICK_DEATHS}th time in a row" in printed


def test_stopping_a_child_ends_its_whole_group() -> None:
    script = "sleep 61 & echo $! > /dev/stderr; trap '' TERM; while :; do sleep 1; done"
    child = Child("worker", ["sh", "-c", script], os.environ)
    group = child.process.pid
    assert wait_until(lambda: {"sleep 61", "sleep 1"} <= set(members(group)))
    child.ask_to_stop()
    child.stop(0.2)
    assert wait_until(lambda: members(group) == [])


def members(group: int) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
        except (OSError, ValueError):
            continue
    return [line for line in found if line]
