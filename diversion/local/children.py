"""Child processes of the supervisor, each with its own process group and its lines prefixed by its name."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TETHER = Path(__file__).with_name("tether.py")
COLOURS = ("36", "32", "33", "35", "34")
NAME_WIDTH = 8
QUICK_SECONDS = 10
QUICK_DEATHS = 5

_printing = threading.Lock()


def say(name: str, *lines: str, colour: str = "1") -> None:
    """Print lines under a name, together; the name is coloured on a terminal."""
    label = f"{name:<{NAME_WIDTH}} |"
    if sys.stdout.isatty():
        label = f"\033[{colour}m{label}\033[0m"
    with _printing:
        print("\n".join(f"{label} {line}" for line in lines), flush=True)


def spawn(command: Sequence[str], env: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start a command that dies with this process, in a process group of its own, its output in one pipe."""
    return subprocess.Popen(
        [sys.executable, "-IS", str(TETHER), str(os.getpid()), *command],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


class Child:
    """One command, started as often as it dies, until it has died too often in quick succession."""

    _count = 0

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.env = dict(env)
        self.colour = COLOURS[Child._count % len(COLOURS)]
        Child._count += 1
        self.quick_deaths = 0
        self.start()

    def start(self) -> None:
        """Start the command, tied to this process, in a process group of its own."""
        self.started = time.monotonic()
        self.process = spawn(self.command, self.env)
        self.reader = threading.Thread(target=self._pass_on, args=(self.process,), daemon=True)
        self.reader.start()

    def revive(self) -> bool:
        """Start the command again if it has died; False when it has died too often to go on."""
        code = self.process.poll()
        if code is None:
            return True
        self.stop(0)
        quick = time.monotonic() - self.started < QUICK_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 1
        reason = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        if self.quick_deaths >= QUICK_DEATHS:
            say("demo", f"{self.name} {reason}, the {QUICK_DEATHS}th time in a row; its lines above say why. Stopping.")
            return False
        say("demo", f"{self.name} {reason}; starting it again.")
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the command, which stops its own workers."""
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self, patience: float) -> None:
        """Wait so many seconds for the command to end, then kill whatever is left of its group."""
        try:
            self.process.wait(max(patience, 0))
        except subprocess.TimeoutExpired:
            say("demo", f"{self.name} takes too long to stop; killing it.")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(1)

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout:
            with process.stdout as lines:
                for line in lines:
                    say(self.name, line.rstrip(), colour=self.colour)
