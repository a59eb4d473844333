"""One Chromium for a file of browser tests, told to reach no host but this machine."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.service import Service

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# The first is the same engine without a browser's own windows: a page in it costs a fifth of the work.
BUILDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def installed() -> str:
    """Where Chromium is on this machine."""
    for name in BUILDS:
        if path := shutil.which(name):
            return path
    pytest.fail("Chromium is not installed: apt-get install chromium-headless-shell")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # For a module, not the session: while Playwright lives its event loop runs in this thread, and Django refuses the database.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, started once for all files of a process. Tests make or pick what they change."""
    running = Service(lock=tmp_path_factory.getbasetemp().parent / "demo-seed.lock")
    yield running
    running.stop()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Any]:
    """``open_page(width=360, javascript=True)`` gives a page in a fresh context, closed after the test."""
    contexts = []

    def opened(width: int = 360, *, javascript: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 740}, java_script_enabled=javascript)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
