"""One-off commands of the supervisor: migrate, collectstatic, load_demo."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from diversion.local.children import spawn
from diversion.local.trouble import LocalTrouble


def run_step(name: str, command: Sequence[str], *, log: Path, stop: threading.Event) -> list[str]:
    """Run a command to its end, or end it early when `stop` is set, and return its lines.

    :raises LocalTrouble: it failed; the sentence has its last line and says where the others are.
    """
    process = spawn(command, os.environ)
    lines: list[str] = []

    def listen() -> None:
        if process.stdout:
            with process.stdout as output:
                lines.extend(line.rstrip() for line in output)

    reader = threading.Thread(target=listen, daemon=True)
    reader.start()
    while process.poll() is None:
        if stop.wait(0.05):
            process.terminate()
            process.wait()
    reader.join(1)
    if process.returncode and not stop.is_set():
        log.write_text("\n".join([*lines, ""]))
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {process.returncode}")
        raise LocalTrouble(f"`{name}` failed: {last} (all it said is in {log})")
    return lines
