"""`python -m diversion.local.demo` as a child of a test: what it prints, its processes, its health."""

import json
import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from diversion.local.passwords import free_port
from diversion.local.processes import command_of
from tests.local.processes import ROOT

NOT_HANDED_ON = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "DJANGO_SETTINGS_MODULE")


class RunningDemo:
    """A demo of its own: its own state folder and port."""

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
