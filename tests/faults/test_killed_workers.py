"""A worker is killed with SIGKILL in the middle of a batch: every message goes out exactly once, whoever is left to send it."""

import os
import signal
from typing import Any

import pytest

from diversion.notifications.tasks import tick
from tests.faults.workers import each_once, handed_over, queue_messages, run_out_of_leases, states, stopped_pid, ticks_until
from tests.local.waiting import wait_until

MESSAGES = 8


def kill_at_the_stop(start_worker: Any, channel: str, *, only_child: bool = False) -> None:
    """A worker takes a batch, stops at the third message and is killed there. One child, so that one message is in doubt."""
    worker = start_worker(channel, children=1)
    queue_messages(MESSAGES)
    assert wait_until(lambda: stopped_pid() is not None)
    if only_child:
        os.kill(stopped_pid() or 0, signal.SIGKILL)
    else:
        worker.kill()
    assert states()["attempting"] >= 1


def recover(start_worker: Any, channel: str) -> None:
    """The lease runs out, a new worker comes up, a minute passes."""
    run_out_of_leases()
    start_worker(channel)
    # Three ticks, not one: in the same minute the pump may have passed before the lost messages were found.
    for _ in range(3):
        tick.delay()
    assert wait_until(lambda: states()["attempting"] == 0)


@pytest.mark.parametrize("channel", ["StopsBefore", "StopsAfter"])
def test_a_worker_killed_in_the_middle_sends_each_message_once(start_worker: Any, channel: str) -> None:
    kill_at_the_stop(start_worker, channel)
    recover(start_worker, channel)
    tick.delay()
    assert wait_until(lambda: each_once(MESSAGES)), (states(), handed_over())
    assert set(handed_over().values()) == {1}


def test_a_child_killed_under_its_worker_is_made_good_by_that_worker(start_worker: Any) -> None:
    kill_at_the_stop(start_worker, "StopsAfter", only_child=True)
    run_out_of_leases()
    assert ticks_until(lambda: each_once(MESSAGES)), (states(), handed_over())
    assert set(handed_over().values()) == {1}


@pytest.mark.parametrize(("channel", "taken"), [("DumbBefore", MESSAGES - 1), ("DumbAfter", MESSAGES)])
def test_with_a_channel_that_cannot_be_asked_only_the_one_in_doubt_is_not_repeated(
    start_worker: Any, channel: str, taken: int
) -> None:
    kill_at_the_stop(start_worker, channel)
    recover(start_worker, channel)
    assert ticks_until(lambda: states() == {"sent": MESSAGES - 1, "failed": 1}), states()
    assert set(handed_over().values()) == {1}
    assert len(handed_over()) == taken


def test_without_asking_the_channel_a_message_would_go_twice(start_worker: Any) -> None:
    """What the question after a crash is for: a channel that has forgotten gets the same message again."""
    kill_at_the_stop(start_worker, "Forgetful")
    recover(start_worker, "Forgetful")
    assert ticks_until(lambda: each_once(MESSAGES)), (states(), handed_over())
    assert max(handed_over().values()) == 2
