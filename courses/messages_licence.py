"""What staff are told of a licence that ends. By e-mail; it names a programme and a colleague, never a participant."""

from datetime import datetime
from uuid import UUID

from courses.licensing import warning_due
from courses.models import ProviderLicence, TrainerLicence
from courses.queries.expiring import has_successor
from diversion.core import clock
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import staff_address


class LicenceMessage(Message):
    """Base of both; dropped when, by the time it is sent, the licence has ended, was made longer, or another follows it."""

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)


@register
class ProviderLicenceEnds(LicenceMessage):
    """To the provider's administrators."""

    kind = "provider-licence-ends"
    template = "courses/provider-licence-ends"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        licence = ProviderLicence.objects.select_related("programme").filter(pk=subject_id).first()
        return {**_facts(licence), "link": link_to("licence-list")} if licence and _holds(licence, at) else None


@register
class TrainerLicenceEnds(LicenceMessage):
    """To the trainer and to the administrators of who employs them."""

    kind = "trainer-licence-ends"
    template = "courses/trainer-licence-ends"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        licence = TrainerLicence.objects.select_related("programme", "trainer").filter(pk=subject_id).first()
        if licence is None or not _holds(licence, at):
            return None
        return {**_facts(licence), "name": licence.trainer.name, "link": link_to("session-list")}


def _holds(licence: ProviderLicence | TrainerLicence, at: datetime) -> bool:
    return warning_due(licence.valid_until, today=clock.day_of(at)) is not None and not has_successor(licence)


def _facts(licence: ProviderLicence | TrainerLicence) -> dict[str, object]:
    return {"programme": licence.programme.name, "last_day": licence.valid_until}
