"""Trouble on the machine is one clear sentence on stderr and exit code 1: never a traceback."""

import functools
import http.server
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from diversion.local import ensure, release
from diversion.local.reset import reset
from diversion.local.trouble import LocalTrouble
from tests.local.processes import ROOT


def sentence(command: list[str], *, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    lines = done.stderr.strip().split("\n")
    assert len(lines) == 1
    return lines[0]


def demo(**environment: str) -> str:
    return sentence([sys.executable, "-m", "diversion.local.demo"], **environment)


def test_a_port_in_use(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = demo(PORT=str(port), DIVERSION_STATE=str(state))
    assert (
        said == f"Port {port} is in use; stop what uses it, or choose another, for instance `PORT={port + 10} make demo`."
    )
    assert not state.exists()


def test_a_port_that_is_none(state: Path) -> None:
    assert demo(PORT="http", DIVERSION_STATE=str(state)) == "PORT must be a number from 1 to 65534, not “http”."


def test_an_unwritable_folder() -> None:
    # /proc refuses new folders even to root.
    said = demo(PORT="0" * 4 + "18733", DIVERSION_STATE="/proc/nowhere/state")
    assert said.startswith("Cannot write to /proc/nowhere/state (")
    assert "set DIVERSION_STATE to another folder" in said


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("mine")
    with pytest.raises(LocalTrouble, match="Cannot write to"):
        ensure(tmp_path / "state")
    assert (tmp_path / "state").read_text() == "mine"


def test_reset_removes_the_data_and_nothing_else(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIVERSION_STATE", str(state))
    before = ensure(state)
    (state / "letter.txt").write_text("mine")
    release(state)
    reset()
    assert (state / "letter.txt").read_text() == "mine"
    assert sorted(path.name for path in state.iterdir() if path.suffix != ".lock") == ["letter.txt"]
    assert ensure(state)["DATABASE_URL"] != before["DATABASE_URL"]


def test_reset_refuses_while_a_demo_runs(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIVERSION_STATE", str(state))
    monkeypatch.setattr("diversion.local.reset.WAIT_SECONDS", 0.5)
    ensure(state)
    with pytest.raises(LocalTrouble, match="are in use"):
        reset()
    assert (state / "servers.json").exists()


def copy_of_the_bootstrap(folder: Path) -> Path:
    for name in ("requirements.lock", "requirements-dev.lock", "diversion/local/bootstrap.py"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder / "diversion" / "local" / "bootstrap.py"


def test_no_package_index(tmp_path: Path) -> None:
    script = copy_of_the_bootstrap(tmp_path)
    said = sentence([sys.executable, str(script)], cwd=tmp_path, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert said.startswith("The package index http://127.0.0.1:9/simple cannot be reached (")
    assert said.endswith("; check the network, or set PIP_INDEX_URL to an index you can reach.")


def test_production_settings_never_get_embedded_servers(state: Path) -> None:
    script = "import os, diversion.local as l; l.ensure_environment(); print(os.environ.get('DATABASE_URL'))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "diversion.settings.production", "DIVERSION_STATE": str(state)}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "None"
    assert not state.exists()


def test_an_installer_with_another_hash_is_not_used(tmp_path: Path) -> None:
    script = copy_of_the_bootstrap(tmp_path / "checkout")
    lock = (ROOT / "requirements-dev.lock").read_text()
    version = re.search(r"^uv==(\S+)", lock, re.MULTILINE)
    assert version
    page = tmp_path / "index" / "uv"
    page.mkdir(parents=True)
    names = [
        f"uv-{version[1]}-py3-none-{system}_{platform.machine()}.whl" for system in ("manylinux", "musllinux", "macosx")
    ]
    (page / "index.html").write_text("".join(f'<a href="{name}#sha256=00">{name}</a>' for name in names))
    for name in names:
        (page / name).write_bytes(b"something else")
    handler = functools.partial(QuietHandler, directory=str(tmp_path / "index"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}"
        said = sentence(
            [sys.executable, str(script)], cwd=tmp_path, PIP_INDEX_URL=index, UV_DEFAULT_INDEX="", UV_INDEX_URL=""
        )
        server.shutdown()
    assert said.endswith("does not have a hash of requirements-dev.lock; it was not used.")
    assert list((tmp_path / "checkout" / ".venv").glob("uv-*")) == []


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: only the bootstrap's own words matter here."""
