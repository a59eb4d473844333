"""Beat, its tasks, the minute's jobs and the queues agree: nothing is scheduled that nobody does."""

import re
import time
from pathlib import Path

import pytest
from django.conf import settings

from diversion.celery import app
from diversion.notifications.ticks import JOBS, every_minute
from tests.architecture.source import ROOT

QUEUE_OPTION = re.compile(r"(?:-Q|--queues)[ =](\S+)")


@pytest.fixture(scope="module")
def tasks():
    app.loader.import_default_modules()
    app.finalize()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def queues_read() -> set[str]:
    """What the worker in the Procfile reads: the queues it names, or the default one."""
    worker = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("worker:"))
    named = QUEUE_OPTION.search(worker)
    return set(named[1].split(",")) if named else {app.conf.task_default_queue}


def test_every_beat_entry_has_its_task(tasks):
    assert settings.CELERY_BEAT_SCHEDULE
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(tasks)


def test_every_task_goes_to_a_queue_that_a_worker_reads(tasks):
    sent_to = {app.amqp.router.route({}, name)["queue"].name for name in tasks}
    named = {
        entry.get("options", {}).get("queue", app.conf.task_default_queue)
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    assert sent_to | named <= queues_read()


def test_every_task_has_a_name_of_its_own_choosing(tasks):
    """A name made from the module's path changes when the module moves, and orphans what waits in the queue."""
    assert [name for name, task in tasks.items() if name == f"{task.__module__}.{task.__name__}"] == []


def test_every_job_is_one_that_the_tick_wakes(tasks):
    assert len(JOBS) >= 8
    assert len({id(job) for job in JOBS.values()}) == len(JOBS)
    assert "diversion.run_job" in tasks


def test_a_name_is_given_to_one_job():
    name = next(iter(JOBS))
    with pytest.raises(ValueError, match=re.escape(name)):
        every_minute(name)(lambda at: time.sleep(0))


def test_every_module_that_names_a_job_is_loaded(tasks):
    written = {
        name
        for package in ("diversion", "courses", "payments")
        for path in sorted(Path(ROOT / package).rglob("*.py"))
        for name in re.findall(r'^@every_minute\("([^"]+)"\)', path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert written == set(JOBS)
