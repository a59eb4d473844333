"""What the minute asks of courses."""

from datetime import datetime

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from courses.services.booking import lapse_holds
from courses.services.chasing import alarm_of_registers, remind_of_registers
from courses.services.licence_warnings import warn_of_ending_licences
from courses.services.replacing import see_to_people
from courses.services.waiting_offers import sweep
from diversion.celery import app
from diversion.core import clock
from diversion.notifications.ticks import every_minute

log = structlog.get_logger("diversion.courses")


@every_minute("courses.lapse_holds")
def lapse_run_out_holds(at: datetime) -> None:
    """Tidy the holds that ran out. Nothing waits for it: a run-out hold makes way as soon as somebody wants the place."""
    lapse_holds(at=at)


@every_minute("courses.see_to_cancelled")
def see_to_cancelled_courses(at: datetime) -> None:
    """Go on with the people of cancelled courses, also where a worker stopped half-way."""
    see_to_people(at=at)


@app.task(name="courses.begin_with_cancelled")
def begin_with_cancelled() -> None:
    """Begin at once with the people of a course that has just been cancelled."""
    see_to_people(at=clock.now())


def wake_for_cancelled() -> None:
    """Have it begun as soon as the cancelling is committed. A queue that is down costs a minute, no more."""
    transaction.on_commit(_wake)


def _wake() -> None:
    try:
        begin_with_cancelled.delay()
    except OperationalError:
        log.warning("wake_up_lost")


@every_minute("courses.warn_of_ending_licences")
def warn_of_licences(at: datetime) -> None:
    """Each warning once, however often the minute comes."""
    warn_of_ending_licences(at=at)


@every_minute("courses.chase_registers")
def chase_registers(at: datetime) -> None:
    """Each reminder and each question once."""
    remind_of_registers(at=at)
    alarm_of_registers(at=at)


@every_minute("courses.offer_free_places")
def offer_free_places(at: datetime) -> None:
    """To whoever waits for them. Whatever freed a place, it is found here."""
    sweep(at=at)
