"""The keeper: one quiet process per state folder that restarts a dead server and, when nobody uses them, stops both.

It is separate from every user of the servers, so that they are looked after and put away however their users end.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from diversion.local.layout import Layout
from diversion.local.locks import exclusive, is_free, try_lock, try_lock_patiently
from diversion.local.passwords import load_or_draw
from diversion.local.postgres import Postgres
from diversion.local.processes import command_of, pid_in
from diversion.local.redis import Redis
from diversion.local.trouble import LocalTrouble

LEASE_SECONDS = 0.1
ROUNDS_PER_WATCH = 5
ROOT = Path(__file__).resolve().parents[2]


def employ(layout: Layout) -> None:
    """Start a keeper unless one is at work. The caller holds a lease, so the keeper cannot be on its way out."""
    if not is_free(layout.keeper_lock):
        return
    command = [sys.executable, "-m", "diversion.local", str(layout.state)]
    # The shell leaves at once, so the keeper becomes nobody's child and outlives whoever happened to start it.
    with (layout.logs / "keeper.log").open("ab") as log:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=True,
        )


def keep(layout: Layout) -> None:
    """Watch until the last lease is gone, then stop what still runs."""
    keeper_lock = try_lock_patiently(layout.keeper_lock)
    if keeper_lock is None:
        return
    running = pids(layout)
    rounds = 0
    try:
        while (lease := try_lock(layout.lease)) is None:
            time.sleep(LEASE_SECONDS)
            rounds += 1
            if rounds % ROUNDS_PER_WATCH == 0:
                watch(layout)
                running = pids(layout)
    except FileNotFoundError:
        # The folder was removed or moved under the servers: put them away by the pids last seen.
        for pid, command in running.items():
            if command and command_of(pid) == command:
                os.kill(pid, signal.SIGINT)
        return
    stop_servers(layout)
    os.close(keeper_lock)
    os.close(lease)


def pids(layout: Layout) -> dict[int, str]:
    """The process ids of this folder's servers, with their command lines to know them by."""
    found = (pid_in(path) for path in (layout.postgres / "postmaster.pid", layout.redis / "redis.pid"))
    return {pid: command_of(pid) for pid in found if pid is not None}


def watch(layout: Layout) -> None:
    """Start again what has died, unless someone holds the lease alone: then they are stopping it."""
    with exclusive(layout.start_lock):
        if not is_free(layout.lease, shared=True):
            return
        try:
            restart_the_dead(layout)
        except LocalTrouble as trouble:
            print(trouble, file=sys.stderr, flush=True)


def stop_servers(layout: Layout) -> None:
    """Stop every server of this folder. The caller holds the lease alone."""
    with exclusive(layout.start_lock):
        for server in servers(layout):
            server.stop()


def restart_the_dead(layout: Layout) -> None:
    """Start every server of this folder that ought to run and does not, at its old address."""
    for server in servers(layout):
        if not server.is_alive():
            print(f"{type(server).__name__} had died; starting it again.", file=sys.stderr, flush=True)
            if isinstance(server, Redis):
                server.start(may_move=False)
            else:
                server.start()


def servers(layout: Layout) -> list[Postgres | Redis]:
    """The servers that have been set up in this folder."""
    passwords = load_or_draw(layout.passwords)
    found: list[Postgres | Redis] = []
    if layout.postgres.exists():
        found.append(Postgres(layout, passwords))
    if layout.redis.exists():
        found.append(Redis(layout, passwords))
    return found
