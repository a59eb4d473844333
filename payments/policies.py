"""When a place may be paid for on the card company's page."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState
from courses.models import Booking
from diversion.core.errors import Refusal
from payments.enums import AttemptState
from payments.models import PaymentAttempt

# The card company keeps a page open for 30 minutes at least; the minute covers the way there and clocks that differ.
PAGE_OPEN_FOR = timedelta(minutes=31)
# How much longer than the page the place is kept, so that whoever pays in the last second still has it.
PLACE_KEPT_AFTER = timedelta(minutes=5)
LIVE = frozenset({AttemptState.RESERVED, AttemptState.OPEN})


class TimeToPayIsOver(Refusal):
    sentence = _("The time to pay for this place has ended. Choose a course again.")


def is_held(*, booking: Booking, at: datetime) -> bool:
    """True while the place is kept for payment."""
    return booking.state == BookingState.HELD and booking.held_until > at


def check_can_pay(*, booking: Booking, at: datetime) -> None:
    """The place is still kept, and either a page to pay on is open or there is time to open one.

    The place must outlast the page. The hold is made longer for that once; after that there is no time for another page.

    :raises TimeToPayIsOver: otherwise.
    """
    if not is_held(booking=booking, at=at):
        raise TimeToPayIsOver()
    if booking.price_pence == 0 or not booking.hold_extended or booking.requirement.funded:
        return
    if booking.held_until >= at + PAGE_OPEN_FOR + PLACE_KEPT_AFTER:
        return
    if not PaymentAttempt.objects.filter(charge__booking=booking, state__in=LIVE, expires_at__gt=at).exists():
        raise TimeToPayIsOver()


def can_pay(*, booking: Booking, at: datetime) -> bool:
    """True when `check_can_pay` has nothing against it."""
    try:
        check_can_pay(booking=booking, at=at)
    except TimeToPayIsOver:
        return False
    return True
