"""The embedded servers when things are killed, half made, or in awkward places."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from diversion.local import ensure, release
from diversion.local.layout import Layout
from diversion.local.locks import is_free
from diversion.local.processes import command_of, pid_in
from tests.local.processes import PYTHONPATH, ROOT, answer_of, finish, start_other
from tests.local.waiting import wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another account")


def postgres_answers(address: str) -> bool:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(address: str) -> bool:
    try:
        with redis.Redis.from_url(address) as client:
            return client.ping() is True
    except redis.RedisError:
        return False


def test_killed_servers_are_started_again_at_their_address(state: Path) -> None:
    values = ensure(state)
    layout = Layout.at(state)
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    before = pid_in(layout.postgres / "postmaster.pid"), pid_in(layout.redis / "redis.pid")
    for pid in before:
        assert pid
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: pid_in(layout.postgres / "postmaster.pid") not in {None, before[0]})
    assert wait_until(lambda: postgres_answers(values["DATABASE_URL"]))
    assert wait_until(lambda: redis_answers(values["REDIS_URL"]))
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (7,)


def test_removing_the_folder_ends_the_servers(state: Path) -> None:
    other = start_other(state)
    answer_of(other)
    layout = Layout.at(state)
    pids = pid_in(layout.postgres / "postmaster.pid"), pid_in(layout.redis / "redis.pid")
    assert wait_until(lambda: not is_free(layout.keeper_lock))
    state.rename(state.with_name("removed"))
    assert wait_until(lambda: not any(command_of(pid) for pid in pids if pid))
    finish(other)


def test_a_kill_in_the_middle_of_creation_does_not_spoil_the_folder(state: Path) -> None:
    other = start_other(state, start_new_session=True)
    assert wait_until(lambda: state.exists() and any(state.glob("postgres.new-*/PG_VERSION")))
    os.killpg(other.pid, signal.SIGKILL)  # with its initdb, which would go on writing
    other.communicate()
    assert not (state / "postgres").exists()
    values = ensure(state)
    assert postgres_answers(values["DATABASE_URL"])
    assert list(state.glob("postgres.new-*")) == []


def test_a_pid_file_whose_pid_another_program_has_is_ignored(state: Path) -> None:
    ensure(state)
    layout = Layout.at(state)
    content = (layout.postgres / "postmaster.pid").read_text()
    release(state)
    sleeper = subprocess.Popen(["sleep", "60"], user=layout.account.uid if layout.account else None)
    try:
        stale = layout.postgres / "postmaster.pid"
        stale.write_text(content.replace(content.split("\n", 1)[0], str(sleeper.pid), 1))
        assert postgres_answers(ensure(state)["DATABASE_URL"])
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("name", ["a-very-long-folder-name-" * 6, "it's a folder; really"])
def test_awkward_paths_use_a_short_socket_folder(state: Path, name: str) -> None:
    awkward = state / name
    values = ensure(awkward)
    layout = Layout.at(awkward)
    try:
        assert wait_until(lambda: not is_free(layout.keeper_lock))
        assert layout.sockets.parent == Path("/tmp")
        assert postgres_answers(values["DATABASE_URL"])
    finally:
        release(awkward)
        shutil.rmtree(layout.sockets)


@as_root
def test_root_runs_the_servers_as_another_account(state: Path) -> None:
    ensure(state)
    layout = Layout.at(state)
    for pid_file in (layout.postgres / "postmaster.pid", layout.redis / "redis.pid"):
        assert Path(f"/proc/{pid_in(pid_file)}").stat().st_uid != 0
    assert layout.passwords.stat().st_uid == 0


@as_root
def test_root_with_a_closed_home_keeps_the_data_where_the_account_can_reach(state: Path) -> None:
    state.mkdir(mode=0o700)
    closed = state / "below"
    values = ensure(closed)
    layout = Layout.at(closed)
    try:
        assert layout.home.parent == Path("/var/tmp")
        assert postgres_answers(values["DATABASE_URL"])
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
    finally:
        release(closed)
        shutil.rmtree(layout.home)


def python_for(account: dict[str, object]) -> str:
    """Ours where the account may run it (it may be under root's closed home), else the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            done = subprocess.run(
                [python, "-c", "import sys, diversion.local; sys.exit(sys.version_info < (3, 11))"],
                cwd=ROOT,
                env={"PYTHONPATH": PYTHONPATH},
                capture_output=True,
                **account,
            )
        except PermissionError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("another account cannot read this checkout or any fitting Python")


@as_root
def test_an_ordinary_account_runs_the_servers_as_itself() -> None:
    account = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="diversion-local-"))
    shutil.chown(folder, "nobody", "nogroup")
    try:
        python = python_for(account)
        other = start_other(folder / "state", python, **account)
        values = answer_of(other)
        pid = pid_in(folder / "state" / "postgres" / "postmaster.pid")
        assert pid
        assert postgres_answers(values["DATABASE_URL"])
        finish(other)
        assert wait_until(lambda: not command_of(pid))
    finally:
        shutil.rmtree(folder)
