"""That a report of a visit is there. To staff, by e-mail; what it says is read behind sign-in."""

from datetime import datetime
from uuid import UUID

from courses.models import Visit
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import staff_address


@register
class VisitReported(Message):
    """To the trainer and the provider's administrators, but for whoever wrote it."""

    kind = "visit-reported"
    template = "courses/visit-reported"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        visit = Visit.objects.filter(pk=subject_id).first()
        return {"day": visit.occurred_at, "link": link_to("visit-show", visit.public_id)} if visit else None
