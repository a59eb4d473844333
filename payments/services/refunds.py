"""Owing money back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from diversion.audit.transitions import begin, move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from payments.enums import NEVER_THE_CHARGES, AttemptState, ChargeState, RefundCause, RefundState
from payments.messages import PaymentReturned
from payments.models import PaymentAttempt, Refund
from payments.services.locks import lock_attempt
from payments.services.telling import tell_participant


class MoreThanWasPaid(Refusal):
    sentence = _("This is more than is left of what was paid.")


@transaction.atomic
def request_refund(*, attempt: PaymentAttempt, cause: RefundCause, amount: int, by: Actor, at: datetime) -> Refund:
    """Owe back `amount` pence of what an attempt took, once for each cause: asked again, it is the same refund.

    The money itself is returned by `refund_pump`, after the commit. The participant is told.

    :raises MoreThanWasPaid: less than that is left, refunds on their way included; or nothing was taken.
    """
    attempt = lock_attempt(attempt.pk)
    asked: Refund | None = attempt.refunds.filter(cause=cause).first()
    if asked:
        return asked
    returned = attempt.refunds.aggregate(sum=Sum("amount_pence"))["sum"] or 0
    if attempt.state != AttemptState.PAID or not 0 < amount <= (attempt.taken_pence or 0) - returned:
        raise MoreThanWasPaid()
    referral = attempt.charge.booking.requirement.referral
    refund = Refund(attempt=attempt, cause=cause, amount_pence=amount, requested_at=at)
    begin(refund, state=RefundState.REQUESTED, by=by, at=at, case_id=referral.pk, cause=cause, amount_pence=amount)
    if cause not in NEVER_THE_CHARGES and attempt.charge.state != ChargeState.REFUND_DUE:
        move(attempt.charge, to=ChargeState.REFUND_DUE, by=by, at=at, case_id=referral.pk)
    tell_participant(kind=PaymentReturned.kind, referral=referral, subject_id=refund.pk, at=at)
    return refund
