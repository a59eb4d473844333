"""What became of an attempt: asked of the card company, compared with our own row, written down once. Forward only (rule 12)."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from courses.enums import BookingState, CourseState
from courses.models import Booking
from courses.services.booking import confirm_place
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.services.tasks import raise_task
from payments.enums import AttemptState, ChargeState, RefundCause
from payments.gateway import CardPage, PageStatus, connect
from payments.gateway.client import CURRENCY
from payments.messages import PaymentReceived
from payments.models import PaymentAttempt
from payments.services.charges import carry_money, mark_paid
from payments.services.locks import lock_attempt
from payments.services.refunds import request_refund
from payments.services.telling import tell_participant

BY = Actor.system("card payments")
log = structlog.get_logger("diversion.payments")


def settle_attempt(*, attempt_id: UUID, at: datetime) -> None:
    """Bring an attempt up to date with the card company. Any number of callers, in any order, come to the same end.

    Paid: the charge is paid and the place confirmed in one transaction, or, when the place has gone, all of it is to be
    returned. Over and unpaid: the attempt expires. Still open: nothing.

    :raises GatewayIsDown: ask again later.
    """
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.state == AttemptState.PAID or not attempt.stripe_session_id:
        return
    page = connect().fetch_session(attempt.stripe_session_id)
    if page.paid:
        _take(attempt_id, page, at=at)
    elif page.status == PageStatus.EXPIRED:
        _expire(attempt_id, at=at)


@transaction.atomic(durable=True)
def _take(attempt_id: UUID, page: CardPage, *, at: datetime) -> None:
    attempt = lock_attempt(attempt_id)
    if attempt.state == AttemptState.PAID:
        return
    charge = attempt.charge
    case_id = charge.booking.requirement.referral_id
    changes = {"paid_at": at, "stripe_payment_intent_id": page.payment_intent, "taken_pence": page.amount_pence}
    move(attempt, to=AttemptState.PAID, by=BY, at=at, case_id=case_id, changes=changes, taken_pence=page.amount_pence)
    if (page.amount_pence, page.currency, page.reference) != (attempt.amount_pence, CURRENCY, attempt.public_id):
        log.error("payment_not_as_asked", attempt_id=str(attempt.pk))
        _return(attempt, RefundCause.NOT_AS_ASKED, _("The card company took another sum than we asked for."), at=at)
    elif charge.state not in {ChargeState.OWED, ChargeState.CANCELLED}:
        request_refund(attempt=attempt, cause=RefundCause.PAID_TWICE, amount=page.amount_pence, by=BY, at=at)
    else:
        mark_paid(charge=charge, by=BY, at=at)
        _seat(attempt, at=at)


def _seat(attempt: PaymentAttempt, *, at: datetime) -> None:
    """The place is theirs; or it is not to be had any more, or the case has ended, and the money goes back."""
    charge = attempt.charge
    try:
        with transaction.atomic():
            confirm_place(booking_id=charge.booking_id, by=BY, at=at)
            carry_money(charge=charge, by=BY, at=at)
    except Refusal:
        charge.carried_at = None
        referral = charge.booking.requirement.referral
        referral.refresh_from_db(fields=["state"])
        if referral.state == ReferralState.WITHDRAWN:
            cause = RefundCause.AGENCY_WITHDREW
            request_refund(attempt=attempt, cause=cause, amount=attempt.taken_pence or 0, by=BY, at=at)
            return  # nobody has to find another place
        if Booking.objects.filter(pk=charge.booking_id, course__state=CourseState.CANCELLED).exists():
            words = _("The provider cancelled the course while the person was paying. Help them find another.")
            _return(attempt, RefundCause.PROVIDER_CANCELLED, words, at=at)
            return
        words = _("The payment arrived after the place had gone. This is not the person's failing: help them find another.")
        _return(attempt, RefundCause.HOLD_ENDED, words, at=at)
        return
    referral = charge.booking.requirement.referral
    tell_participant(kind=PaymentReceived.kind, referral=referral, subject_id=charge.pk, at=at)


def _return(attempt: PaymentAttempt, cause: RefundCause, words: str, *, at: datetime) -> None:
    request_refund(attempt=attempt, cause=cause, amount=attempt.taken_pence or 0, by=BY, at=at)
    referral = attempt.charge.booking.requirement.referral
    raise_task(
        referral=referral, kind=TaskKind.PAYMENT_RETURNED, subject_id=attempt.charge.booking_id, by=BY, at=at, detail=words
    )


@transaction.atomic(durable=True)
def _expire(attempt_id: UUID, *, at: datetime) -> None:
    attempt = lock_attempt(attempt_id)
    if attempt.state != AttemptState.OPEN:
        return
    charge = attempt.charge
    case_id = charge.booking.requirement.referral_id
    move(attempt, to=AttemptState.EXPIRED, by=BY, at=at, case_id=case_id)
    if charge.state == ChargeState.OWED and charge.booking.state != BookingState.HELD:
        move(charge, to=ChargeState.CANCELLED, by=BY, at=at, case_id=case_id)
