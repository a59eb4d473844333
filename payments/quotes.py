"""What moving, or giving a place up, would cost at a moment: asked by the page that says it and by the service that does it."""

from dataclasses import dataclass
from datetime import datetime

from courses.enums import MoveCause
from courses.models import Booking
from courses.notice import Quote, fee_of, is_cooling_off, notice_of, quote
from courses.services.moving import cause_of, terms_for
from payments.enums import ChargeState
from payments.models import Charge
from payments.sources import refundable


def fee_for_leaving(booking: Booking, *, at: datetime) -> int:
    """What is kept of a place's price when the person leaves it now, in pence (domain sections 5 and 8).

    Nothing, if it is not their doing, or while they may still think better of it.
    """
    terms = terms_for(booking.requirement)
    if cause_of(booking) == MoveCause.PROVIDER or is_cooling_off(terms, confirmed_at=booking.confirmed_at, at=at):
        return 0
    notice = notice_of(terms, starts_at=booking.starts_at, at=at)
    return fee_of(notice, price_pence=booking.price_pence)


@dataclass(frozen=True, slots=True)
class Purse:
    """What the person brings along when they move now: what was paid for the old place, and the fee that is kept of it."""

    paid_pence: int
    fee_pence: int

    def quote(self, price_pence: int) -> Quote:
        """What the move costs to a place at `price_pence`."""
        return quote(paid_pence=self.paid_pence, fee_pence=self.fee_pence, price_pence=price_pence)


def purse_of(*, booking: Booking, charge: Charge | None, at: datetime) -> Purse:
    """For a move from a place whose charge is given. A flexible place costs nothing to move (rule 9)."""
    paid = refundable(charge) if charge and charge.state == ChargeState.PAID else 0
    return Purse(paid, 0 if booking.flexible_pence else fee_for_leaving(booking, at=at))


def money_back(booking: Booking, charge: Charge | None, *, at: datetime) -> int:
    """What goes back to the card if the person gives the place up now, in pence."""
    if charge is None or charge.state != ChargeState.PAID:
        return 0
    return max(refundable(charge) - fee_for_leaving(booking, at=at), 0)
