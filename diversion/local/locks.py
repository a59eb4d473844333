"""Advisory file locks. The kernel drops them when a process dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open a lock file, creating it; the descriptor is not inherited by child processes."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def hold_shared(path: Path) -> int:
    """Wait for a shared lock and return the descriptor that holds it; closing it lets go."""
    descriptor = open_lock(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Take the lock at once and return its descriptor, or None while someone else has it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def try_lock_patiently(path: Path) -> int | None:
    """As `try_lock`, for half a second: somebody may just be asking whether the lock is free."""
    for _ in range(10):
        descriptor = try_lock(path)
        if descriptor is not None:
            return descriptor
        time.sleep(0.05)
    return None


def is_free(path: Path, *, shared: bool = False) -> bool:
    """Whether the lock could be had at this moment."""
    descriptor = try_lock(path, shared=shared)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock and hold it for the length of the block."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
