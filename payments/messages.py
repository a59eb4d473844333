"""What participants are told about their money. Neutral words: an amount and a link, nothing of what it is for (rule 14)."""

from datetime import datetime
from uuid import UUID

from diversion.core.money import pounds
from diversion.notifications.registry import link_to, register
from diversion.referrals.addresses import ToParticipant
from payments.enums import NOT_THE_PERSONS_DOING, FundingState
from payments.models import Charge, FundingRequest, Refund


@register
class PaymentReceived(ToParticipant):
    """Sent when a payment has been received and the place is theirs. It stays true, whatever happens to the place later."""

    kind = "payment-received"
    template = "payments/payment-received"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        charge = Charge.objects.select_related("booking").filter(pk=subject_id, paid_at__isnull=False).first()
        if charge is None:
            return None
        return {"amount": pounds(charge.amount_pence), "link": link_to("receipt-show", charge.booking.public_id)}


@register
class PaymentReturned(ToParticipant):
    """Sent when money is owed back: how much and by when. The page behind the link says why."""

    kind = "payment-returned"
    template = "payments/payment-returned"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        refund = Refund.objects.select_related("charge__booking").filter(pk=subject_id).first()
        if refund is None:
            return None
        booking = refund.charge.booking
        return {
            "amount": pounds(refund.amount_pence),
            "not_your_fault": refund.cause in NOT_THE_PERSONS_DOING,
            "link": link_to("checkout-return", booking.public_id),
        }


@register
class FundingDecided(ToParticipant):
    """Sent when somebody decided on a request. What was decided stands on the page behind the link."""

    kind = "funding-decided"
    template = "payments/funding-decided"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        decided = FundingRequest.objects.filter(pk=subject_id, state__in=[FundingState.GRANTED, FundingState.DECLINED])
        return {"link": link_to("funding-show")} if decided.exists() else None
