"""What staff are told of a licence that ends. By e-mail; it names a programme and a colleague, never a participant."""

from datetime import datetime
from uuid import UUID

from courses.models import ProviderLicence, TrainerLicence
from courses.queries.expiring import is_followed, licence_by_key, providers_ending, trainers_ending
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
        licence = providers_ending(today=clock.day_of(at)).filter(pk=subject_id).first()
        return {**_facts(licence), "link": link_to("licence-list")} if licence else None


@register
class TrainerLicenceEnds(LicenceMessage):
    """To the trainer and to the administrators of who employs them."""

    kind = "trainer-licence-ends"
    template = "courses/trainer-licence-ends"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        licence = trainers_ending(today=clock.day_of(at)).filter(pk=subject_id).first()
        return {**_facts(licence), "name": licence.trainer.name, "link": link_to("session-list")} if licence else None


@register
class LicenceEndedEarly(LicenceMessage):
    """Once, as the service team ends one: to the provider's administrators, and of a trainer's licence to the trainer too.

    Dropped when another licence has taken its place by then.
    """

    kind = "licence-ended-early"
    template = "courses/licence-ended-early"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        licence = licence_by_key(subject_id)
        if licence is None or is_followed(licence):
            return None
        return {**_facts(licence), "holder": licence.holder, "link": link_to("home-go")}


def _facts(licence: ProviderLicence | TrainerLicence) -> dict[str, object]:
    return {"programme": licence.programme.name, "last_day": licence.valid_until}
