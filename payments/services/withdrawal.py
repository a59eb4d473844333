"""The agency withdraws a case: nothing is owed any more, and what was paid goes back."""

from datetime import datetime

from django.db import transaction

from diversion.core.actor import Actor
from diversion.referrals.models import Referral
from payments.enums import ChargeState, RefundCause
from payments.models import Charge
from payments.queries import fees_to_return
from payments.services.charges import cancel_charge
from payments.services.refunds import refund_charge


@transaction.atomic
def settle_withdrawal(*, referral: Referral, by: Actor, at: datetime) -> int:
    """Cancel what a case owes and owe back, in full, what was paid for courses not completed. Says how many pence.

    The caller holds the case (`courses.services.withdrawal.lock_cases`). What is paid afterwards, on a page that was open
    already, goes back as it arrives (`settle`).
    """
    for charge in Charge.objects.filter(booking__requirement__referral=referral, state=ChargeState.OWED).order_by("pk"):
        cancel_charge(charge=charge, by=by, at=at)
    fees = fees_to_return(referral)
    for charge, pence in fees:
        refund_charge(charge=charge, cause=RefundCause.AGENCY_WITHDREW, amount=pence, by=by, at=at)
    return sum(pence for _charge, pence in fees)
