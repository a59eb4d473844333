"""The card company's notices: taken in once each, acted on from the table. A notice only says where to look."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F

from diversion.core.errors import Refusal
from diversion.notifications.models import Heartbeat
from payments.gateway import GatewayIsDown, GatewayRefused, Notice, connect
from payments.models import PaymentAttempt, StripeEvent
from payments.services.settle import settle_attempt

KINDS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "payment_intent.succeeded",
    "charge.refunded",
    "charge.dispute.created",
    "refund.created",
    "refund.updated",
    "refund.failed",
)
BATCH = 100
MOST_TRIES = 30
LISTED_UNTIL = "payments.listed_until"
# Events appear in the list a little after they happen.
OVERLAP = timedelta(minutes=15)
LISTED_FOR = timedelta(days=29)
log = structlog.get_logger("diversion.payments")


def take_in(*, notice: Notice, at: datetime) -> None:
    """Keep a notice, once, however often it comes."""
    row = StripeEvent(event_id=notice.event_id, kind=notice.kind[:60], object_id=notice.object_id[:120], received_at=at)
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)


def handle_notice(*, event_id: str, at: datetime) -> None:
    """Look at what a notice is about and bring our rows up to date. Doing it again changes nothing.

    :raises GatewayIsDown: it stays in the table for the next minute.
    """
    rows = StripeEvent.objects.filter(pk=event_id, handled_at=None)
    event = rows.first()
    if event is None:
        return
    rows.update(tries=F("tries") + 1)
    try:
        if event.kind.startswith("checkout.session."):
            for attempt in PaymentAttempt.objects.filter(stripe_session_id=event.object_id):
                settle_attempt(attempt_id=attempt.pk, at=at)
    except GatewayIsDown:
        rows.update(tries=F("tries") - 1)
        raise
    rows.update(handled_at=at)


def handle_waiting(*, at: datetime) -> None:
    """Handle what nobody has handled yet, least tried first, so that one that always fails stops no other."""
    waiting = StripeEvent.objects.filter(handled_at=None, tries__lt=MOST_TRIES).order_by("tries", "received_at")
    for event_id in list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            handle_notice(event_id=event_id, at=at)
        except GatewayIsDown:
            return
        except (Refusal, GatewayRefused) as refusal:
            log.error("notice_not_handled", event_id=event_id, why=type(refusal).__name__)


def list_lost(*, at: datetime) -> int:
    """Take in the notices that never arrived, by the card company's own list since the last look; says how many.

    :raises GatewayIsDown: the next minute asks for the same stretch again.
    """
    last = Heartbeat.objects.filter(name=LISTED_UNTIL).values_list("at", flat=True).first()
    since = max(last - OVERLAP, at - LISTED_FOR) if last else at - LISTED_FOR
    listed = connect().list_events(since=since, kinds=KINDS)
    known = set(StripeEvent.objects.filter(pk__in=[each.event_id for each in listed]).values_list("pk", flat=True))
    lost = [each for each in listed if each.event_id not in known]
    for notice in lost:
        take_in(notice=notice, at=at)
    Heartbeat.objects.update_or_create(name=LISTED_UNTIL, defaults={"at": at})
    return len(lost)
