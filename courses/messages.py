"""What participants are told about their place. Neutral words: nothing names the course's subject or who asked for it (rule 14)."""

from datetime import datetime
from uuid import UUID

from courses.enums import BookingState
from courses.models import Booking, Session
from diversion.notifications.registry import link_to, register
from diversion.referrals.addresses import ToParticipant


@register
class BookingConfirmed(ToParticipant):
    """Sent when a place is confirmed; dropped when it has been given up by then."""

    kind = "booking-confirmed"
    template = "courses/booking-confirmed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        booking = Booking.objects.select_related("course").filter(pk=subject_id, state=BookingState.CONFIRMED).first()
        return {"starts_at": booking.course.first_starts_at, "link": link_to("my-home")} if booking else None


@register
class SessionReminder(ToParticipant):
    """Sent before a session, whose time is read as it is sent; dropped when the recipient has no confirmed place by then."""

    kind = "session-reminder"
    template = "courses/session-reminder"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        confirmed = Booking.objects.filter(
            course__sessions=subject_id, state=BookingState.CONFIRMED, requirement__referral__participant=recipient_id
        )
        session = Session.objects.filter(pk=subject_id, starts_at__gt=at).first() if confirmed.exists() else None
        return {"starts_at": session.starts_at, "link": link_to("my-home")} if session else None
