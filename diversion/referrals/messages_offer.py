"""What a person is told of an offer before they have opened it, on contacts that they called safe (rule 14)."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from diversion.core import clock
from diversion.core.references import spoken
from diversion.notifications.enums import Channel, MessageState
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import safe_address
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Offer


class ToSafeContact(Message):
    """To a contact that the person called safe, confirmed or not, while the offer waits to be opened."""

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return safe_address(participant_id=recipient_id, channel=channel)


@register
class OfferReference(ToSafeContact):
    """The half of the key that says where: by e-mail, or by text where that alone is safe."""

    kind = "offer-reference"
    template = "referrals/offer-reference"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        offer = _waiting(subject_id, recipient_id, at)
        if offer is None:
            return None
        return {
            "reference": spoken(offer.referral.reference),
            "link": link_to("home-show"),
            "letter_follows": not OutboxMessage.objects.filter(kind=OfferPin.kind, subject_id=subject_id).exists(),
            "help_phone": offer.referral.agency.help_phone or settings.HELP_PHONE,
        }


@register
class OfferPin(ToSafeContact):
    """The other half, by text alone. The PIN is read as it is sent: once erased, there is nothing to send."""

    kind = "offer-pin"
    template = "referrals/offer-pin"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        offer = _waiting(subject_id, recipient_id, at)
        if offer is None or not offer.letter_pin or reference_went_by_text(offer):
            return None
        return {"pin": offer.letter_pin}


def reference_went_by_text(offer: Offer) -> bool:
    """A text message with the case's reference was sent, or is on its way, for this issue of the offer or an earlier one."""
    texts = OutboxMessage.objects.filter(kind=OfferReference.kind, channel=Channel.SMS, case_id=offer.referral_id)
    return texts.exclude(state=MessageState.DROPPED).exists()


def _waiting(offer_id: UUID, participant_id: UUID, at: datetime) -> Offer | None:
    offers = Offer.objects.filter(
        pk=offer_id,
        referral__participant=participant_id,
        referral__state=ReferralState.OFFERED,
        ended_at=None,
        opened_at=None,
        expires_on__gte=clock.day_of(at),
    )
    return offers.select_related("referral__agency").first()
