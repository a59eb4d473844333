"""Asking the card company for the page of a reserved attempt. A crash anywhere here is mended by asking again: same key, same page."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from courses.services.booking import AlreadyExtended, HoldIsOver, extend_hold
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from payments.enums import AttemptState
from payments.gateway import CardPage, GatewayIsDown, GatewayRefused, PageOrder, connect
from payments.models import PaymentAttempt
from payments.policies import PLACE_KEPT_AFTER
from payments.services.locks import lock_attempt

# Nobody was ever sent to a page whose address we never got, so giving it up costs nobody anything.
GIVE_UP_AFTER = timedelta(minutes=5)


def open_page(*, attempt_id: UUID, by: Actor, at: datetime) -> str:
    """The address of a reserved attempt's page. Empty when the attempt is not reserved any more: look at it again.

    :raises GatewayIsDown: the card company does not answer; the attempt stays reserved, for five minutes at most.
    """
    attempt = PaymentAttempt.objects.select_related("charge__booking__course__provider").get(pk=attempt_id)
    try:
        page = connect().create_session(_order(attempt))
    except GatewayRefused:
        _give_up(attempt_id, by=by, at=at)
        return ""
    except GatewayIsDown:
        attempt.refresh_from_db(fields=["state"])
        if attempt.state != AttemptState.RESERVED:
            return ""  # another window of the same person was quicker
        if at >= attempt.reserved_at + GIVE_UP_AFTER:
            _give_up(attempt_id, by=by, at=at)
        raise
    if _write_down(attempt_id, page, by=by, at=at):
        return page.url
    _withdraw(page)
    return ""


def _order(attempt: PaymentAttempt) -> PageOrder:
    """Made of the rows alone, so that a repeat under the same key is the same request."""
    booking = attempt.charge.booking
    return PageOrder(
        key=f"attempt:{attempt.pk}",
        reference=attempt.public_id,
        amount_pence=attempt.amount_pence,
        descriptor=booking.course.provider.statement_descriptor,
        expires_at=attempt.expires_at,
        paid_url=_ours("checkout-return", booking.public_id),
        left_url=_ours("checkout-start", booking.public_id),
    )


def _ours(name: str, public_id: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=[public_id])


@transaction.atomic(durable=True)
def _write_down(attempt_id: UUID, page: CardPage, *, by: Actor, at: datetime) -> bool:
    """Note the page and keep the place until it is over and a little longer. False when the attempt or the hold ended meanwhile."""
    attempt = lock_attempt(attempt_id)
    if attempt.state == AttemptState.OPEN:
        return attempt.stripe_session_id == page.id
    if attempt.state != AttemptState.RESERVED:
        return False
    booking = attempt.charge.booking
    until = page.expires_at + PLACE_KEPT_AFTER
    case_id = booking.requirement.referral_id
    try:
        extend_hold(booking=booking, until=until, by=by, at=at)
    except AlreadyExtended:
        kept = booking.held_until >= until
    except HoldIsOver:
        kept = False
    else:
        kept = True
    if not kept:
        move(attempt, to=AttemptState.EXPIRED, by=by, at=at, case_id=case_id, changes={"stripe_session_id": page.id})
        return False
    changes = {"stripe_session_id": page.id, "expires_at": page.expires_at}
    move(attempt, to=AttemptState.OPEN, by=by, at=at, case_id=case_id, changes=changes)
    return True


@transaction.atomic(durable=True)
def _give_up(attempt_id: UUID, *, by: Actor, at: datetime) -> None:
    attempt = lock_attempt(attempt_id)
    if attempt.state == AttemptState.RESERVED:
        case_id = attempt.charge.booking.requirement.referral_id
        move(attempt, to=AttemptState.EXPIRED, by=by, at=at, case_id=case_id)


def _withdraw(page: CardPage) -> None:
    """End a page that nobody will be sent to. If that fails it ends by itself within the half hour."""
    try:
        connect().expire_session(page.id)
    except (GatewayIsDown, GatewayRefused):
        return
