"""What somebody who waits is told: a place is kept for them, until when, and nothing of what it is (rule 14)."""

from datetime import datetime
from uuid import UUID

from courses.enums import BookingState
from courses.models import Booking
from diversion.notifications.registry import link_to, register
from diversion.referrals.addresses import ToParticipant


@register
class PlaceOffered(ToParticipant):
    """Sent when a place is kept for somebody who waited; dropped when they have answered or the time is over."""

    kind = "place-offered"
    template = "courses/place-offered"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        booking = Booking.objects.filter(pk=subject_id, state=BookingState.HELD, held_until__gt=at).first()
        return {"until": booking.held_until, "link": link_to("booking-show", booking.public_id)} if booking else None
