"""Who is told of what a trainer writes down beside the marks. Where to look, never about whom or what."""

from datetime import datetime
from uuid import UUID

from courses.models import Concern, Session
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import staff_address
from diversion.referrals.enums import ReferralState
from diversion.referrals.messages import OfficerMessage


@register
class ConcernRaised(OfficerMessage):
    """To the officer in the case: a trainer's concern stands on it."""

    kind = "concern-raised"
    template = "courses/concern-raised"
    page = "case-show"
    states = frozenset(ReferralState) - {ReferralState.DRAFT}


@register
class ConcernForService(Message):
    """To the service team: a trainer's concern about a volunteer, for whom no officer is there to read it."""

    kind = "concern-for-service"
    template = "courses/concern-for-service"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return {"link": link_to("concern-list")} if Concern.objects.filter(pk=subject_id).exists() else None


@register
class SomebodyCame(Message):
    """To the provider's administrators: somebody came to a session without a place."""

    kind = "somebody-came"
    template = "courses/somebody-came"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        session = Session.objects.filter(pk=subject_id).first()
        return {"link": link_to("walk-in-record", session.public_id)} if session else None
