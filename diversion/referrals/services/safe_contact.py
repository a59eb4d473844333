"""Telling of an offer by e-mail and text, where the person said that it is safe. The letter is made all the same."""

from datetime import datetime

from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import next_safe_moment, safe_hours
from diversion.referrals.messages_offer import OfferPin, OfferReference, reference_went_by_text
from diversion.referrals.models import Offer


def tell_where_safe(*, offer: Offer, at: datetime) -> None:
    """Queue what may be told, for the person's own safe hours and never at night. Call it inside the transaction that issues.

    Reference and PIN never travel together: the reference by e-mail and the PIN by text where both are safe; where one is, the
    reference alone, and the PIN stays in the letter. A phone that was once sent this case's reference is never sent a PIN.
    """
    participant = offer.referral.participant
    said = (participant.safe_contact if participant else None) or {}
    email = bool(participant and participant.email and said.get("email"))
    text = bool(participant and participant.mobile and said.get("text"))
    if participant is None or not (email or text):
        return
    queued = [(OfferReference.kind, Channel.EMAIL if email else Channel.SMS)]
    if email and text and not reference_went_by_text(offer):
        queued.append((OfferPin.kind, Channel.SMS))
    for kind, channel in queued:
        queue_message(
            kind=kind,
            recipient_id=participant.pk,
            subject_id=offer.pk,
            at=at,
            due_at=next_safe_moment(at, safe_hours(said)),
            stale_at=clock.end_of(offer.expires_on),
            case_id=offer.referral_id,
            channels=[channel],
        )
