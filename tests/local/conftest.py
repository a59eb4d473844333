"""A state folder of its own for each test here: these tests start, kill and stop servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.local import release
from diversion.local.keeper import servers
from diversion.local.layout import Layout
from tests.local.waiting import wait_until_stopped


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="diversion-local-"))
    folder.chmod(0o755)
    yield folder / "state"
    release(folder / "state")
    if (folder / "state").exists():
        layout = Layout.at(folder / "state")
        wait_until_stopped(layout)
        for server in servers(layout):
            server.stop()
        for leftover in (layout.home, layout.sockets):
            shutil.rmtree(leftover, ignore_errors=True)
    shutil.rmtree(folder)
