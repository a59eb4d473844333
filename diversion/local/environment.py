"""What manage.py, the tests and the supervisor call: servers started or joined, and their addresses."""

import atexit
import os
import time
from collections.abc import Mapping
from pathlib import Path

from diversion.local import keeper
from diversion.local.keys import load_or_draw_keys, read_values
from diversion.local.layout import Layout
from diversion.local.locks import exclusive, hold_shared, is_free, try_lock
from diversion.local.passwords import load_or_draw
from diversion.local.postgres import APPLICATION, OWNER, Postgres
from diversion.local.redis import Redis

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"demo": Path(".local"), "test": Path(".local/test")}
STOP_SECONDS = 30
# What a running demo uses, for commands given beside it.
RUNNING = "running.env"

_leases: dict[Path, int] = {}


def state_folder(profile: str) -> Path:
    """The state folder of a profile, `demo` or `test`; DIVERSION_STATE overrides it."""
    return Path(os.environ.get("DIVERSION_STATE") or ROOT / FOLDERS[profile]).absolute()


def ensure(state_dir: Path, *, postgres: bool = True, redis: bool = True) -> dict[str, str]:
    """Start or join the servers of a state folder and return the environment values that lead to them.

    They stay up until this process, and every other that joined, has let go or ended.

    :raises LocalTrouble: a server cannot be found, created, started or reached.
    """
    layout = Layout.at(state_dir)
    if layout.state not in _leases:
        _leases[layout.state] = hold_shared(layout.lease)
        layout = Layout.at(state_dir)  # whoever held the lease until now may have removed the folders
    values: dict[str, str] = {}
    with exclusive(layout.start_lock):
        passwords = load_or_draw(layout.passwords)
        if postgres:
            cluster = Postgres(layout, passwords)
            cluster.create()
            cluster.start()
            values |= {"DATABASE_URL": cluster.url(APPLICATION), "DATABASE_OWNER_URL": cluster.url(OWNER)}
        if redis:
            store = Redis(layout, passwords)
            store.start()
            values |= {"REDIS_URL": store.url()}
        keeper.employ(layout)
    return values


def ensure_environment(profile: str = "demo") -> None:
    """Complete os.environ for this process and its children: server addresses and keys that are not set already.

    Beside a running demo a command uses what the demo uses, its stand-in for Stripe included.
    Under the production settings nothing is completed: a missing value there is a mistake, not a wish for a demo.

    :raises LocalTrouble: see `ensure`.
    """
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        return
    state = state_folder(profile)
    layout = Layout.at(state)
    if not is_free(layout.demo_lock) and (layout.state / RUNNING).exists():
        _complete(read_values(layout.state / RUNNING))
    wanted = {"postgres": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}
    if any(wanted.values()):
        _complete(ensure(state, **wanted))
        atexit.register(release, state)
    _complete(load_or_draw_keys(state))


def _complete(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if not os.environ.get(name):
            os.environ[name] = value


def release(state_dir: Path) -> None:
    """Let go of the servers; the last one out stops them and sees the keeper off."""
    descriptor = _leases.pop(state_dir.absolute(), None)
    if descriptor is None:
        return
    os.close(descriptor)
    layout = Layout.at(state_dir)
    lease = try_lock(layout.lease)
    if lease is not None:
        keeper.stop_servers(layout)
        os.close(lease)
    elif is_free(layout.lease, shared=True):
        return  # others use them still; not even free for sharing would mean that the keeper is stopping them
    deadline = time.monotonic() + STOP_SECONDS
    while not is_free(layout.keeper_lock) and time.monotonic() < deadline:
        time.sleep(0.02)
