"""Starting the other process."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# An interpreter outside the virtual environment finds the wheels too.
PYTHONPATH = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])


def start_other(state: Path, python: str = sys.executable, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [python, "-m", "tests.local.other_process", str(state)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def answer_of(other: "subprocess.Popen[str]") -> dict[str, str]:
    assert other.stdout
    return json.loads(other.stdout.readline())


def finish(other: "subprocess.Popen[str]") -> None:
    other.communicate()
    assert other.returncode == 0
