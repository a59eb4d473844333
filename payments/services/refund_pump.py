"""Returning the money that is owed back. Claim and commit, then call; after a lost answer look before asking again."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from diversion.audit.transitions import move, shift
from diversion.core.actor import Actor
from diversion.referrals.enums import TaskKind
from diversion.referrals.services.tasks import raise_task
from payments.enums import NEVER_THE_CHARGES, ChargeState, RefundState
from payments.gateway import GatewayIsDown, GatewayRefused, MadeRefund, connect
from payments.models import Refund
from payments.services.locks import lock_charge

BY = Actor.system("refunds")
BATCH = 50
# Longer than a task may live, so that a lease that ran out means that its worker is gone.
LEASE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(hours=6)
# The card company keeps a failure under its key as well: after so many tries, each with a look first, the key is changed.
TRIES_PER_KEY = 4
log = structlog.get_logger("diversion.payments")


def pump_refunds(*, at: datetime) -> int:
    """Return what is owed back, row by row, any number of pumps at once; says how many it settled.

    It stops at the first answer that does not come: the rest waits for the next minute.
    """
    for done in range(BATCH):
        refund = _claim(at=at)
        if refund is None:
            return done
        try:
            made = _made(refund)
        except GatewayRefused as refusal:
            _fail(refund.pk, code=refusal.code, at=at)
        except GatewayIsDown:
            _later(refund, at=at)
            return done
        else:
            _finish(refund.pk, made, at=at)
    return BATCH


@transaction.atomic(durable=True)
def _claim(*, at: datetime) -> Refund | None:
    """Take one refund that is due, or whose worker is gone, under a lease that is committed before anything is asked."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    due = Refund.objects.filter(free, state__in=[RefundState.REQUESTED, RefundState.ATTEMPTING])
    refund: Refund | None = due.select_for_update(skip_locked=True).order_by("requested_at").first()
    if refund is None:
        return None
    row = Refund.objects.filter(pk=refund.pk)
    shift(row, old=RefundState.REQUESTED, to=RefundState.ATTEMPTING)
    row.update(leased_until=at + LEASE, tries=F("tries") + 1)
    claimed: Refund = row.select_related("attempt").get()
    return claimed


def _made(refund: Refund) -> MadeRefund:
    """The card company's refund for this row: the one it has made already, or a new one."""
    payment_intent = refund.attempt.stripe_payment_intent_id or ""
    gateway = connect()
    if refund.tries > 1:
        for made in gateway.find_refunds(payment_intent):
            if made.is_of(refund.pk) and not made.failed:
                return made
    series = (refund.tries - 1) // TRIES_PER_KEY
    key = f"refund:{refund.pk}" + (f":{series}" if series else "")
    return gateway.create_refund(row=refund.pk, payment_intent=payment_intent, amount_pence=refund.amount_pence, key=key)


@transaction.atomic(durable=True)
def _finish(refund_id: UUID, made: MadeRefund, *, at: datetime) -> None:
    refund = _lock(refund_id)
    if refund.state != RefundState.ATTEMPTING:
        return
    charge = refund.charge
    case_id = charge.booking.requirement.referral_id
    changes = {"done_at": at, "stripe_refund_id": made.id, "leased_until": None}
    move(refund, to=RefundState.DONE, by=BY, at=at, case_id=case_id, changes=changes, amount_pence=refund.amount_pence)
    if refund.cause in NEVER_THE_CHARGES:
        return
    counted = Refund.objects.filter(charge=charge).exclude(cause__in=NEVER_THE_CHARGES)
    if counted.filter(state__in=[RefundState.REQUESTED, RefundState.ATTEMPTING]).exists():
        return
    returned = counted.filter(state=RefundState.DONE).aggregate(sum=Sum("amount_pence"))["sum"]
    whole = returned >= charge.settled_pence
    move(charge, to=ChargeState.REFUNDED if whole else ChargeState.PART_REFUNDED, by=BY, at=at, case_id=case_id)


@transaction.atomic(durable=True)
def _fail(refund_id: UUID, *, code: str, at: datetime) -> None:
    """The card company will not: the charge is as it was, and a person must look."""
    refund = _lock(refund_id)
    if refund.state != RefundState.ATTEMPTING:
        return
    log.error("refund_refused", refund_id=str(refund_id), code=code)
    charge = refund.charge
    referral = charge.booking.requirement.referral
    move(refund, to=RefundState.FAILED, by=BY, at=at, case_id=referral.pk, changes={"leased_until": None}, code=code)
    if refund.cause not in NEVER_THE_CHARGES and charge.state == ChargeState.REFUND_DUE:
        move(charge, to=ChargeState.PAID, by=BY, at=at, case_id=referral.pk)
    words = _("The money could not be returned to the card. It is still owed to the person: return it another way.")
    raise_task(referral=referral, kind=TaskKind.PAYMENT_RETURNED, subject_id=refund.pk, by=BY, at=at, detail=words)


def _later(refund: Refund, *, at: datetime) -> None:
    """Whether it was done is not known. Back in the queue, with a growing pause; the next try looks first."""
    pause = min(timedelta(minutes=2 ** min(refund.tries, 10)), LONGEST_PAUSE)
    shift(
        Refund.objects.filter(pk=refund.pk), old=RefundState.ATTEMPTING, to=RefundState.REQUESTED, leased_until=at + pause
    )


def _lock(refund_id: UUID) -> Refund:
    seen = Refund.objects.values_list("charge_id", flat=True).get(pk=refund_id)
    charge = lock_charge(seen)
    refund: Refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    refund.charge = charge
    return refund
