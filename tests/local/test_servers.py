"""The embedded servers: what a newcomer gets, who joins, who leaves."""

import os
import signal
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import psycopg
import pytest
import redis

from diversion.local import ensure, release
from diversion.local.layout import Layout
from diversion.local.processes import command_of, pid_in
from tests.local.processes import answer_of, finish, start_other
from tests.local.waiting import wait_until_gone, wait_until_stopped


def postmaster(state: Path) -> int:
    pid = pid_in(Layout.at(state).postgres / "postmaster.pid")
    assert pid is not None
    return pid


def redis_pid(state: Path) -> int:
    pid = pid_in(Layout.at(state).redis / "redis.pid")
    assert pid is not None
    return pid


def test_fresh_start_gives_an_owner_that_is_no_superuser_and_an_application_that_owns_nothing(state: Path) -> None:
    values = ensure(state)
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        found = owner.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname ~ '^diversion'"
        ).fetchall()
        assert sorted(found) == [
            ("diversion_app", False, False, False, False),
            ("diversion_owner", False, True, True, False),
        ]
        owner.execute("CREATE TABLE kept (id int)")
        assert owner.execute("SHOW fsync").fetchone() == ("on",)
        assert owner.execute("SHOW max_connections").fetchone() == ("300",)
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "SELECT * FROM kept",
        "CREATE SCHEMA mine",
    ):
        with (
            psycopg.connect(values["DATABASE_URL"]) as application,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            application.execute(statement)


def test_passwords_are_private_and_needed(state: Path) -> None:
    values = ensure(state)
    layout = Layout.at(state)
    assert stat.S_IMODE(layout.passwords.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.sockets.stat().st_mode) == 0o700
    parts = urlsplit(values["DATABASE_URL"])
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(values["DATABASE_URL"].replace(str(parts.password), "wrong"))
    with socket.create_connection(("127.0.0.1", int(urlsplit(values["REDIS_URL"]).port or 0))) as line:
        line.sendall(b"PING\r\n")
        assert line.recv(100).startswith(b"-NOAUTH")


def test_one_redis_address_serves_client_and_broker(state: Path) -> None:
    address = ensure(state)["REDIS_URL"]
    with redis.Redis.from_url(address) as client:
        assert client.ping() is True
    with kombu.Connection(address) as broker, broker.SimpleQueue("wakeups") as queue:
        queue.put("now")
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == "now"


def test_second_process_joins_and_may_leave(state: Path) -> None:
    values = ensure(state)
    before = postmaster(state), redis_pid(state)
    other = start_other(state)
    assert answer_of(other) == values
    finish(other)
    assert (postmaster(state), redis_pid(state)) == before
    psycopg.connect(values["DATABASE_URL"]).close()


def test_last_one_out_stops_and_the_data_stays(state: Path) -> None:
    other = start_other(state)
    first = answer_of(other)
    values = ensure(state)
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with redis.Redis.from_url(values["REDIS_URL"]) as client:
        client.set("kept", "7")
    pids = postmaster(state), redis_pid(state)
    finish(other)
    release(state)
    assert [command_of(pid) for pid in pids] == ["", ""]
    again = ensure(state)
    assert again == values == first
    with psycopg.connect(again["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (7,)
    with redis.Redis.from_url(again["REDIS_URL"]) as client:
        assert client.get("kept") == b"7"


def test_a_killed_user_leaves_nothing_running(state: Path) -> None:
    other = start_other(state)
    answer_of(other)
    pids = postmaster(state), redis_pid(state)
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    assert wait_until_stopped(Layout.at(state))
    assert all(wait_until_gone(pid) for pid in pids)


def test_six_processes_racing_to_start_share_one_server(state: Path) -> None:
    others = [start_other(state) for _ in range(6)]
    answers = [answer_of(other) for other in others]
    assert answers == [answers[0]] * 6
    for answer in answers:
        psycopg.connect(answer["DATABASE_URL"]).close()
    pid = postmaster(state)
    for other in others:
        finish(other)
    assert wait_until_stopped(Layout.at(state))
    assert wait_until_gone(pid)
