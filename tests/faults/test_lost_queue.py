"""The queue is emptied, killed or doubled: the outbox knows what is due, and a tick sends it, once."""

import os
import signal
import time
from contextlib import suppress
from typing import Any

import pytest
import redis
from django.test import Client
from kombu.exceptions import OperationalError

from diversion.local.environment import state_folder
from diversion.local.layout import Layout
from diversion.local.processes import pid_in
from diversion.notifications.tasks import tick
from tests.faults.workers import broker, each_once, handed_over, queue_messages, states
from tests.local.waiting import wait_until


def test_what_a_flush_took_out_of_the_queue_goes_out_with_the_next_tick(start_worker: Any) -> None:
    queue_messages(50)
    with broker() as server:
        assert server.llen("celery") == 50
        server.flushall()
    start_worker()
    # Nobody knows of them: without the tick they would wait for ever.
    time.sleep(1.5)
    assert states() == {"queued": 50}
    tick.delay()
    assert wait_until(lambda: each_once(50)), states()
    assert set(handed_over().values()) == {1}


def test_a_flush_under_a_running_worker_needs_no_restart(start_worker: Any) -> None:
    start_worker()
    for wave in range(1, 4):
        with broker() as server:
            server.flushall()
        queue_messages(10)
        with broker() as server:
            server.flushall()
        tick.delay()
        assert wait_until(lambda wave=wave: each_once(10 * wave)), states()
    assert set(handed_over().values()) == {1}


def test_two_beats_and_two_workers_send_each_message_once(start_worker: Any) -> None:
    start_worker()
    start_worker()
    queue_messages(60)
    for _ in range(10):
        tick.delay()
    assert wait_until(lambda: each_once(60)), states()
    assert set(handed_over().values()) == {1}


def test_a_tick_through_a_real_worker_makes_the_service_well_again(start_worker: Any, client: Client) -> None:
    assert client.get("/health/").json()["unwell"] == ["beat"]
    start_worker()
    tick.delay()
    assert wait_until(lambda: client.get("/health/").status_code == 200)


def test_a_killed_redis_comes_back_and_the_worker_with_it(start_worker: Any) -> None:
    if os.environ["REDIS_URL"].partition("@")[2].partition(":")[0] != "127.0.0.1":
        pytest.skip("only the embedded Redis may be killed")
    start_worker()
    pid = pid_in(Layout.at(state_folder("test")).redis / "redis.pid")
    assert pid
    os.kill(pid, signal.SIGKILL)
    queue_messages(5)
    assert wait_until(answers)
    assert wait_until(lambda: tick_as_beat_does() and each_once(5), seconds=60), states()
    assert set(handed_over().values()) == {1}


def tick_as_beat_does() -> bool:
    """A tick that cannot be sent is lost; the next minute has another."""
    with suppress(OperationalError):
        tick.delay()
    return True


def answers() -> bool:
    try:
        with broker() as server:
            return bool(server.ping())
    except redis.RedisError:
        return False
