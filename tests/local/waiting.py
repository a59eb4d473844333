"""Waiting for processes, with an end."""

import time
from collections.abc import Callable

from diversion.local.layout import Layout
from diversion.local.locks import is_free
from diversion.local.processes import command_of


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def wait_until_stopped(layout: Layout) -> bool:
    return wait_until(lambda: is_free(layout.keeper_lock))


def wait_until_gone(pid: int) -> bool:
    return wait_until(lambda: not command_of(pid))
