"""What participants are told once a register is in. Neutral words, as everywhere (rule 14)."""

from datetime import datetime
from uuid import UUID

from courses.enums import BookingState
from courses.models import Attendance, Booking, Certificate
from diversion.notifications.registry import link_to, register
from diversion.referrals.addresses import ToParticipant
from diversion.referrals.enums import ReferralState
from diversion.referrals.messages import OfficerMessage


@register
class CertificateReady(ToParticipant):
    """Sent when a certificate is issued; dropped when it has been revoked by then."""

    kind = "certificate-ready"
    template = "courses/certificate-ready"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        stands = Certificate.objects.filter(pk=subject_id, revoked_at=None).exists()
        return {"link": link_to("my-home")} if stands else None


@register
class SessionMissed(ToParticipant):
    """Sent when a session was missed; dropped when that has been put right by then, or the place given up."""

    kind = "session-missed"
    template = "courses/session-missed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        missed = Booking.objects.filter(
            pk=subject_id, state__in=[BookingState.NOT_COMPLETED, BookingState.CONFIRMED]
        ).exists()
        return {"link": link_to("my-home")} if missed else None


@register
class MarkAmended(ToParticipant):
    """Sent when a mark on a sent register was changed; dropped when it was changed again by then: that one has its own."""

    kind = "mark-amended"
    template = "courses/mark-amended"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        counts = Attendance.objects.that_count().filter(pk=subject_id).exists()
        return {"link": link_to("my-home")} if counts else None


@register
class MarkAmendedForOfficer(OfficerMessage):
    """To the officer in the case: a register that was sent says something else now. Where to look, never about whom."""

    kind = "mark-amended-officer"
    template = "courses/mark-amended-officer"
    page = "case-show"
    states = frozenset(ReferralState) - {ReferralState.DRAFT}
