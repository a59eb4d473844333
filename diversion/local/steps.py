"""One-off commands of the supervisor: migrate, collectstatic, load_demo."""

import os
import threading
from collections.abc import Sequence

from diversion.local.children import say, spawn
from diversion.local.trouble import LocalTrouble


def run_step(name: str, command: Sequence[str], *, quiet: bool, stop: threading.Event) -> None:
    """Run a command to its end, or end it early when `stop` is set; a quiet one is only heard when it fails.

    :raises LocalTrouble: it failed.
    """
    process = spawn(command, os.environ)
    lines: list[str] = []

    def listen() -> None:
        if process.stdout:
            with process.stdout as output:
                for line in output:
                    lines.append(line.rstrip())
                    if not quiet:
                        say("demo", lines[-1])

    reader = threading.Thread(target=listen, daemon=True)
    reader.start()
    while process.poll() is None:
        if stop.wait(0.05):
            process.terminate()
            process.wait()
    reader.join(1)
    if process.returncode and not stop.is_set():
        if quiet:
            for line in lines:
                say("demo", line)
        raise LocalTrouble(f"`{name}` failed; its lines above say why.")
