"""The way to the card company's page: reserve an attempt, commit, ask for a page, write it down, send the person there."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from courses.models import Booking
from courses.services.booking import confirm_place
from diversion.audit.transitions import begin
from diversion.core.actor import Actor
from payments.enums import AttemptState, ChargeState
from payments.gateway import CardPage, GatewayIsDown, GatewayRefused, PageStatus, connect
from payments.models import PaymentAttempt
from payments.policies import LIVE, PAGE_OPEN_FOR, check_can_pay
from payments.services.charges import carry_money, charge_booking, mark_paid
from payments.services.funding import fund_place
from payments.services.locks import lock_booking
from payments.services.opening import open_page
from payments.services.settle import settle_attempt


def open_checkout(*, booking: Booking, by: Actor, at: datetime) -> str:
    """Where to send the person to pay: the page that is open already, or a new one.

    A page that is over is settled first: when it was paid, the address is that of the page that says so. A place that costs
    nothing, or that somebody else pays for, goes through the same door at once, without the card company.

    :raises TimeToPayIsOver: the place is not kept any more, or too short a time for a page.
    :raises GatewayIsDown: the card company does not answer. The place is kept; asked again, it is the same attempt.
    """
    for _ in range(2):
        attempt = _reserve(booking=booking, by=by, at=at)
        if attempt is None:
            return _after(booking)
        if attempt.state == AttemptState.RESERVED:
            url = open_page(attempt_id=attempt.pk, by=by, at=at)
            if url:
                return url
            continue
        # An answer kept from when it was opened may be old: ask before sending anybody there.
        page = _fetch(attempt)
        if page.status == PageStatus.OPEN:
            return page.url
        settle_attempt(attempt_id=attempt.pk, at=at)
        if page.paid:
            return _after(booking)
    raise GatewayIsDown()


def _fetch(attempt: PaymentAttempt) -> CardPage:
    """A page that we opened is always there: to be told otherwise is a fault that may be mended, a wrong key perhaps."""
    try:
        return connect().fetch_session(attempt.stripe_session_id or "")
    except GatewayRefused as refusal:
        raise GatewayIsDown() from refusal


@transaction.atomic(durable=True)
def _reserve(*, booking: Booking, by: Actor, at: datetime) -> PaymentAttempt | None:
    """The attempt under way or a new one, committed before the card company hears of it. None when there is nothing to pay."""
    booking = lock_booking(booking.pk)
    check_can_pay(booking=booking, at=at)
    charge = charge_booking(booking=booking, by=by, at=at)
    if charge.state != ChargeState.OWED:
        return None
    case_id = booking.requirement.referral_id
    if charge.due_pence == 0:
        charge.booking = booking
        mark_paid(charge=charge, by=by, at=at)
        confirm_place(booking_id=booking.pk, by=by, at=at)
        carry_money(charge=charge, by=by, at=at)
        return None
    if booking.requirement.funded:
        fund_place(booking=booking, by=by, at=at)
        return None
    attempt: PaymentAttempt | None = charge.attempts.filter(state__in=LIVE).first()
    if attempt:
        return attempt
    attempt = PaymentAttempt(
        charge=charge,
        number=charge.attempts.count() + 1,
        amount_pence=charge.due_pence,
        reserved_at=at,
        expires_at=at + PAGE_OPEN_FOR,
    )
    begin(attempt, state=AttemptState.RESERVED, by=by, at=at, case_id=case_id, number=attempt.number)
    return attempt


def _after(booking: Booking) -> str:
    return reverse("checkout-return", args=[booking.public_id])
