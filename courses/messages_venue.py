"""What people are told when getting to a venue, or into it, is not what it was: where to look, never what or where (rule 14)."""

from datetime import datetime
from uuid import UUID

from courses.enums import BookingState
from courses.models import Booking
from diversion.notifications.registry import link_to, register
from diversion.referrals.addresses import ToParticipant


@register
class AccessChanged(ToParticipant):
    """Sent when the provider changed a venue's address or access; dropped when the place is given up or behind them by then."""

    kind = "access-changed"
    template = "courses/access-changed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        booking = Booking.objects.select_related("course").filter(pk=subject_id, state=BookingState.CONFIRMED).first()
        return {"link": link_to("my-home")} if booking and booking.ends_at > at else None
