"""A message that is due now wakes the pump as its transaction commits; one for later waits for the tick."""

from datetime import timedelta
from uuid import uuid4

import pytest
from celery import current_app

from diversion.core import clock
from diversion.notifications.outbox import queue_message

pytestmark = pytest.mark.django_db


def test_only_what_is_due_now_wakes_the_pump(django_capture_on_commit_callbacks) -> None:
    at = clock.now()
    message = {"kind": "offer-accepted", "recipient_id": uuid4(), "subject_id": uuid4(), "at": at}
    with django_capture_on_commit_callbacks() as later:
        queue_message(**message, due_at=at + timedelta(minutes=1))
    with django_capture_on_commit_callbacks() as now:
        queue_message(**message)
    assert (len(later), len(now)) == (0, 1)


def _nobody() -> None:
    raise OSError("nobody there")


def test_an_unreachable_broker_does_not_undo_the_change(django_capture_on_commit_callbacks, monkeypatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: _nobody())
    with django_capture_on_commit_callbacks(execute=True):
        queue_message(kind="offer-accepted", recipient_id=uuid4(), subject_id=uuid4(), at=clock.now())
