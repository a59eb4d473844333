"""/health/ says what is well and names what is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from diversion.core import clock
from diversion.notifications.models import Heartbeat
from diversion.notifications.tasks import run_job

pytestmark = pytest.mark.django_db


def test_health_is_well_when_the_tick_has_just_run(client: Client) -> None:
    run_job(name="messages")
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json()["beat"] == "well"
    assert answer.json()["last_tick"] is not None


@pytest.mark.parametrize("age", [None, timedelta(minutes=4)])
def test_health_names_beat_when_it_is_silent(client: Client, age: timedelta | None) -> None:
    if age:
        Heartbeat.objects.create(name="messages", at=clock.now() - age)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["unwell"] == ["beat"]


def test_health_names_the_queue_when_it_does_not_answer(client: Client, monkeypatch: Any) -> None:
    from diversion.celery import app

    run_job(name="messages")
    monkeypatch.setattr(app.conf, "broker_read_url", "redis://127.0.0.1:1/0")
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["unwell"] == ["queue"]
