"""What is owed for a booking."""

from datetime import datetime
from typing import Any

from django.db import transaction

from courses.models import Booking
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import new_reference
from payments.enums import ChargeState, RefundCause
from payments.models import Charge
from payments.quotes import purse_of
from payments.services.locks import lock_booking
from payments.services.refunds import refund_charge
from payments.sources import refundable
from payments.vat import rate_on, vat_within


@transaction.atomic
def charge_booking(*, booking: Booking, by: Actor, at: datetime) -> Charge:
    """What is owed for a booking, worked out once: asked again, it is the same charge.

    The price is the one fixed when the place was held. Out of it the originating agency recovers its cost, never more than
    there is (rule 8); what remains is the provider's, and contains VAT if the provider is registered.
    """
    booking = lock_booking(booking.pk)
    charge: Charge | None = Charge.objects.filter(booking=booking).first()
    if charge:
        return charge
    referral = booking.requirement.referral
    recovery = min(referral.scheme_version.cost_recovery_pence if referral.scheme_version else 0, booking.price_pence)
    carry = _carry_of(booking, at=at)
    vat = 0
    if booking.course.provider.vat_registered:
        vat = vat_within(booking.price_pence - recovery, rate=rate_on(clock.day_of(at)))
    charge = Charge(
        booking=booking,
        amount_pence=booking.price_pence,
        cost_recovery_pence=recovery,
        vat_pence=vat,
        agency_id=referral.agency_id,
        created_at=at,
        **carry,
    )
    begin(charge, state=ChargeState.OWED, by=by, at=at, case_id=referral.pk)
    return charge


def mark_paid(*, charge: Charge, by: Actor, at: datetime) -> None:
    """The money is there: the charge gets its receipt. The caller holds the charge's row and checked that it is owed."""
    move(
        charge,
        to=ChargeState.PAID,
        by=by,
        at=at,
        case_id=charge.booking.requirement.referral_id,
        changes={"paid_at": at, "receipt_number": new_reference()},
        amount_pence=charge.amount_pence,
    )


def _carry_of(booking: Booking, *, at: datetime) -> dict[str, Any]:
    """Of a move: what was paid for the earlier place, what of it is kept as the fee, and what it pays of the new one."""
    earlier = Charge.objects.filter(booking=booking.supersedes_id).first() if booking.supersedes else None
    if earlier is None or booking.supersedes is None or earlier.state != ChargeState.PAID:
        return {}
    found = purse_of(booking=booking.supersedes, charge=earlier, at=at).quote(booking.price_pence)
    return {"carried_from": earlier, "carried_pence": found.carried, "kept_pence": found.kept}


def carry_money(*, charge: Charge, by: Actor, at: datetime) -> None:
    """A move is made: what was paid for the earlier place pays for the new one, and what is left over goes back.

    The caller holds both courses, has confirmed the new place, and hears nothing where there is no money to carry.

    :raises MoveIsNotAllowed: the money of the earlier place is on its way back already.
    """
    earlier = charge.carried_from
    if earlier is None or charge.carried_at:
        return
    case_id = charge.booking.requirement.referral_id
    over = refundable(earlier) - charge.kept_pence - charge.carried_pence
    if over > 0:
        refund_charge(charge=earlier, cause=RefundCause.PRICE_DIFFERENCE, amount=over, by=by, at=at)
    move(earlier, to=ChargeState.CARRIED, by=by, at=at, case_id=case_id, carried_pence=charge.carried_pence)
    charge.carried_at = at
    charge.save(update_fields=["carried_at"])


def return_earlier(*, charge: Charge, by: Actor, at: datetime) -> None:
    """A move is made to a place that somebody else pays for: what was paid for the earlier one goes back whole, and no fee is kept.

    As `carry_money`, of which it stands in place.

    :raises MoveIsNotAllowed: the money of the earlier place is on its way back already.
    """
    earlier = charge.carried_from
    if earlier is None:
        return
    refund_charge(charge=earlier, cause=RefundCause.PRICE_DIFFERENCE, amount=refundable(earlier), by=by, at=at)
    move(earlier, to=ChargeState.CARRIED, by=by, at=at, case_id=charge.booking.requirement.referral_id, carried_pence=0)
    charge.carried_pence, charge.kept_pence, charge.carried_at = 0, 0, at
    charge.save(update_fields=["carried_pence", "kept_pence", "carried_at"])


def fund_charge(*, charge: Charge, by: Actor, at: datetime) -> None:
    """Somebody else pays for the place. The caller holds the booking's course and checked that the charge is owed."""
    move(charge, to=ChargeState.FUNDED, by=by, at=at, case_id=charge.booking.requirement.referral_id)


@transaction.atomic
def cancel_charge(*, charge: Charge, by: Actor, at: datetime) -> None:
    """The place ended unpaid, so nothing is owed any more. A charge that is not owed stays as it is."""
    booking = lock_booking(charge.booking_id)
    owed = Charge.objects.select_for_update(no_key=True).filter(pk=charge.pk, state=ChargeState.OWED).first()
    if owed:
        move(owed, to=ChargeState.CANCELLED, by=by, at=at, case_id=booking.requirement.referral_id)
