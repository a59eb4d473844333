"""What is owed for a booking."""

from datetime import datetime

from django.db import transaction

from courses.models import Booking
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import new_reference
from payments.enums import ChargeState
from payments.models import Charge
from payments.services.locks import lock_booking
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
    vat = 0
    if booking.course.provider.vat_registered:
        vat = vat_within(booking.price_pence - recovery, rate=rate_on(clock.day_of(at)))
    charge = Charge(
        booking=booking,
        amount_pence=booking.price_pence,
        cost_recovery_pence=recovery,
        vat_pence=vat,
        agency=referral.agency,
        created_at=at,
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
