"""Where a booking's money stands, as a person is told it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from courses.enums import BookingState
from courses.models import Booking
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral
from payments.enums import ChargeState, RefundState
from payments.models import Charge, Refund
from payments.policies import LIVE
from payments.sources import refundable

RETURNED_BY_AGENCY = frozenset(
    {
        BookingState.CONFIRMED,
        BookingState.CANCELLED_BY_AGENCY,
        BookingState.CANCELLED_BY_PROVIDER,
        BookingState.NOT_COMPLETED,
    }
)
"""Bookings whose fee goes back when the agency withdraws: in full unless completed (domain section 8)."""
SEATED = frozenset({BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED})


class Standing(StrEnum):
    SEATED = "seated"
    CHECKING = "checking"
    RETURNED = "returned"
    MOVED = "moved"
    UNPAID = "unpaid"


def standing(booking: Booking) -> Standing:
    """What our rows say of a booking. The address a person came back on proves nothing and is not looked at."""
    missed = booking.state == BookingState.NOT_COMPLETED
    if booking.state in SEATED and not (missed and case_is_over(booking)):
        return Standing.SEATED
    charge = Charge.objects.filter(booking=booking).first()
    if charge is None:
        return Standing.UNPAID
    if charge.refunds.exists():
        return Standing.RETURNED
    if charge.state == ChargeState.CARRIED:
        return Standing.MOVED
    if charge.state == ChargeState.PAID or charge.attempts.filter(state__in=LIVE).exists():
        return Standing.CHECKING
    return Standing.UNPAID


def case_is_over(booking: Booking) -> bool:
    """True when the agency ended the case that the booking was for: nothing is to be paid or chosen any more."""
    return booking.requirement.referral.state == ReferralState.WITHDRAWN


@dataclass(frozen=True)
class Returned:
    """One sum that goes back, and when it went."""

    amount_pence: int
    done_at: datetime | None


def returned(booking: Booking) -> list[Returned]:
    """The sums that go back for a booking, oldest first. What could not be returned to the card is still listed as to come."""
    refunds = Refund.objects.filter(charge__booking=booking).order_by("requested_at")
    return [Returned(each.amount_pence, each.done_at if each.state == RefundState.DONE else None) for each in refunds]


def fees_to_return(referral: Referral) -> list[tuple[Charge, int]]:
    """What goes back if the agency withdraws a case: each charge with the pence that are left of what was paid for it.

    Places that the person gave up stay settled as they were: that fee was lost, or returned, for a reason of its own.
    """
    charges = Charge.objects.filter(
        state__in=[ChargeState.PAID, ChargeState.REFUND_DUE, ChargeState.PART_REFUNDED],
        booking__requirement__referral=referral,
        booking__state__in=RETURNED_BY_AGENCY,
    )
    left = [(charge, refundable(charge)) for charge in charges.select_related("carried_from").order_by("pk")]
    return [(charge, pence) for charge, pence in left if pence]
