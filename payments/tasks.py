"""What wakes the money's services: a notice that has just come, and the minute."""

from datetime import datetime

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from diversion.celery import app
from diversion.core import clock
from diversion.notifications.ticks import every_minute
from payments.gateway import GatewayIsDown
from payments.services import notices, polling
from payments.services.cancelling import return_unchosen
from payments.services.refund_pump import pump_refunds

log = structlog.get_logger("diversion.payments")


@app.task(name="payments.handle_event")
def handle_event(*, event_id: str) -> None:
    """Handle one notice now. What does not work out is left to the minute."""
    at = clock.now()
    try:
        notices.handle_notice(event_id=event_id, at=at)
    except GatewayIsDown:
        return
    pump_refunds(at=at)


def wake(*, event_id: str) -> None:
    """Have a notice handled as soon as it is committed. A queue that is down costs a minute, no more."""
    transaction.on_commit(lambda: _wake(event_id))


def _wake(event_id: str) -> None:
    try:
        handle_event.delay(event_id=event_id)
    except OperationalError:
        log.warning("wake_up_lost", event_id=event_id)


@every_minute("payments.notices")
def handle_notices(at: datetime) -> None:
    """Take in what never arrived, then handle what waits."""
    try:
        notices.list_lost(at=at)
    except GatewayIsDown:
        return
    notices.handle_waiting(at=at)


@every_minute("payments.attempts")
def poll_attempts(at: datetime) -> None:
    """Ask about attempts under way, then close what ended unpaid."""
    polling.poll_attempts(at=at)
    polling.cancel_unpaid(at=at)


@every_minute("payments.refunds")
def return_money(at: datetime) -> None:
    """Return what is owed back, also of places whose people chose nothing else in time."""
    return_unchosen(at=at)
    pump_refunds(at=at)
