"""The second way to the truth: no notice is needed, only time."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from courses.enums import BookingState
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from payments.enums import AttemptState, ChargeState
from payments.gateway import GatewayIsDown, GatewayRefused, connect
from payments.models import Charge, PaymentAttempt
from payments.policies import LIVE
from payments.services.charges import cancel_charge
from payments.services.opening import open_page
from payments.services.settle import settle_attempt

BY = Actor.system("card payments")
BATCH = 100
# Younger attempts are somebody's at this moment, and a notice is on its way.
LEFT_ALONE_FOR = timedelta(minutes=2)
log = structlog.get_logger("diversion.payments")


def poll_attempts(*, at: datetime) -> int:
    """Ask what became of attempts that are two minutes old or over, soonest over first; says how many it asked about.

    An attempt whose page was never written down gets it; a page for a place that is not kept any more is ended. A page is
    over five minutes before its hold, so that every hold is asked about before it lapses.
    """
    due = Q(reserved_at__lte=at - LEFT_ALONE_FOR) | Q(expires_at__lte=at)
    rows = PaymentAttempt.objects.filter(due, state__in=LIVE).order_by("expires_at")
    asked = 0
    for attempt in rows.select_related("charge__booking")[:BATCH]:
        try:
            _look_at(attempt, at=at)
        except GatewayIsDown:
            break
        except (Refusal, GatewayRefused) as refusal:
            log.error("attempt_not_settled", attempt_id=str(attempt.pk), why=type(refusal).__name__)
        asked += 1
    return asked


def cancel_unpaid(*, at: datetime) -> int:
    """Nothing is owed for places that ended unpaid; says for how many that was found."""
    ended = Charge.objects.filter(state=ChargeState.OWED).exclude(booking__state=BookingState.HELD)
    charges = list(ended.exclude(attempts__state__in=LIVE)[:BATCH])
    for charge in charges:
        cancel_charge(charge=charge, by=BY, at=at)
    return len(charges)


def _look_at(attempt: PaymentAttempt, *, at: datetime) -> None:
    if attempt.state == AttemptState.RESERVED:
        open_page(attempt_id=attempt.pk, by=BY, at=at)
        return
    if attempt.charge.booking.state != BookingState.HELD:
        _end(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=at)


def _end(session_id: str) -> None:
    try:
        connect().expire_session(session_id)
    except GatewayRefused:
        return  # it is over already: settling finds out how
