"""Owing money back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from diversion.audit.transitions import begin, move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from payments.enums import NEVER_THE_CHARGES, AttemptState, ChargeState, RefundCause, RefundState
from payments.messages import PaymentReturned
from payments.models import Charge, PaymentAttempt, Refund
from payments.services.locks import lock_attempt, lock_charge
from payments.services.telling import tell_participant
from payments.sources import refundable, sources


class MoreThanWasPaid(Refusal):
    sentence = _("This is more than is left of what was paid.")


@transaction.atomic
def refund_charge(*, charge: Charge, cause: RefundCause, amount: int, by: Actor, at: datetime) -> Sequence[Refund]:
    """Owe back `amount` pence of what settled a charge, to the cards it came from, the latest payment first.

    What was paid for an earlier place and carried over goes back to the card that paid it then. Once for each cause: asked
    again, they are the same refunds. Nothing is owed back of nothing.

    :raises MoreThanWasPaid: less than that is left, refunds on their way included.
    """
    charge = lock_charge(charge.pk)
    asked = list(charge.refunds.filter(cause=cause))
    if asked or not amount:
        return asked
    if not 0 < amount <= _left(charge, cause):
        raise MoreThanWasPaid()
    made = []
    for attempt, left in sources(charge):
        part = min(left, amount)
        if part:
            made.append(_owe(attempt, charge, cause, part, by=by, at=at))
        amount -= part
    return made


@transaction.atomic
def request_refund(*, attempt: PaymentAttempt, cause: RefundCause, amount: int, by: Actor, at: datetime) -> Refund:
    """Owe back `amount` pence of what one attempt took, once for each cause: asked again, it is the same refund.

    The money itself is returned by `refund_pump`, after the commit. The participant is told.

    :raises MoreThanWasPaid: less than that is left, refunds on their way included; or nothing was taken.
    """
    attempt = lock_attempt(attempt.pk)
    asked: Refund | None = attempt.refunds.filter(cause=cause, charge=attempt.charge).first()
    if asked:
        return asked
    returned = attempt.refunds.aggregate(sum=Sum("amount_pence"))["sum"] or 0
    if attempt.state != AttemptState.PAID or not 0 < amount <= (attempt.taken_pence or 0) - returned:
        raise MoreThanWasPaid()
    return _owe(attempt, attempt.charge, cause, amount, by=by, at=at)


def _left(charge: Charge, cause: RefundCause) -> int:
    """A price difference is what the earlier charge does not need any more: it is not bounded by what that one cost."""
    return sum(left for _attempt, left in sources(charge)) if cause in NEVER_THE_CHARGES else refundable(charge)


def _owe(attempt: PaymentAttempt, charge: Charge, cause: RefundCause, amount: int, *, by: Actor, at: datetime) -> Refund:
    referral = charge.booking.requirement.referral
    refund = Refund(attempt=attempt, charge=charge, cause=cause, amount_pence=amount, requested_at=at)
    begin(refund, state=RefundState.REQUESTED, by=by, at=at, case_id=referral.pk, cause=cause, amount_pence=amount)
    if cause not in NEVER_THE_CHARGES and charge.state != ChargeState.REFUND_DUE:
        move(charge, to=ChargeState.REFUND_DUE, by=by, at=at, case_id=referral.pk)
    tell_participant(kind=PaymentReturned.kind, referral=referral, subject_id=refund.pk, at=at)
    return refund
