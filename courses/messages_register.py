"""What participants are told once a register is in. Neutral words, as everywhere (rule 14)."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, Certificate
from diversion.notifications.registry import Address, Message, register
from diversion.referrals.addresses import participant_address


class _AfterTheRegister(Message):
    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return participant_address(participant_id=recipient_id, channel=channel)

    def link(self) -> dict[str, object]:
        return {"link": settings.SITE_URL.rstrip("/") + reverse("my-home")}


@register
class CertificateReady(_AfterTheRegister):
    """Sent when a certificate is issued; dropped when it has been revoked by then."""

    kind = "certificate-ready"
    template = "courses/certificate-ready"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        stands = Certificate.objects.filter(pk=subject_id, revoked_at=None).exists()
        return self.link() if stands else None


@register
class SessionMissed(_AfterTheRegister):
    """Sent when a course can no longer be completed; dropped when that has been put right by then."""

    kind = "session-missed"
    template = "courses/session-missed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        missed = Booking.objects.filter(pk=subject_id, state=BookingState.NOT_COMPLETED).exists()
        return self.link() if missed else None
