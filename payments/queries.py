"""Where a booking's money stands, as a person is told it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from courses.enums import BookingState
from courses.models import Booking
from payments.enums import ChargeState, RefundState
from payments.models import Charge, Refund
from payments.policies import LIVE

SEATED = frozenset({BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED})


class Standing(StrEnum):
    SEATED = "seated"
    CHECKING = "checking"
    RETURNED = "returned"
    UNPAID = "unpaid"


def standing(booking: Booking) -> Standing:
    """What our rows say of a booking. The address a person came back on proves nothing and is not looked at."""
    if booking.state in SEATED:
        return Standing.SEATED
    charge = Charge.objects.filter(booking=booking).first()
    if charge is None:
        return Standing.UNPAID
    if charge.attempts.filter(refunds__isnull=False).exists():
        return Standing.RETURNED
    if charge.state == ChargeState.PAID or charge.attempts.filter(state__in=LIVE).exists():
        return Standing.CHECKING
    return Standing.UNPAID


@dataclass(frozen=True)
class Returned:
    """One sum that goes back, and when it went."""

    amount_pence: int
    done_at: datetime | None


def returned(booking: Booking) -> list[Returned]:
    """The sums that go back for a booking, oldest first. What could not be returned to the card is still listed as to come."""
    refunds = Refund.objects.filter(attempt__charge__booking=booking).order_by("requested_at")
    return [Returned(each.amount_pence, each.done_at if each.state == RefundState.DONE else None) for each in refunds]
