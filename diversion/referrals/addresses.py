"""Where people are written to: read as a message is sent, so that a change of address holds for what is queued."""

from uuid import UUID

from diversion.accounts.models import User
from diversion.notifications.enums import Channel
from diversion.notifications.registry import Address, Message
from diversion.referrals.models import Participant


def participant_address(*, participant_id: UUID, channel: str) -> Address | None:
    """The participant's confirmed contact on a channel.

    None when there is none, it was never confirmed or is not safe, or nobody may write to them: they died or are in custody.
    """
    participant = Participant.objects.may_be_written_to().filter(pk=participant_id).first()
    if participant is None or _is_unsafe(participant, channel):
        return None
    if channel == Channel.EMAIL:
        to, confirmed_at = participant.email, participant.email_confirmed_at
    else:
        to, confirmed_at = participant.mobile, participant.mobile_confirmed_at
    return Address(channel=channel, to=to, language=participant.language) if to and confirmed_at else None


def _is_unsafe(participant: Participant, channel: str) -> bool:
    """The person said that this way of reaching them is not safe: others see it. Unasked is not unsafe."""
    said = participant.safe_contact or {}
    return said.get("email" if channel == Channel.EMAIL else "text") is False


def safe_address(*, participant_id: UUID, channel: str) -> Address | None:
    """The participant's contact on a channel that they called safe when they were asked, confirmed or not.

    None otherwise, or when nobody may write to them: they died or are in custody.
    """
    participant = Participant.objects.may_be_written_to().filter(pk=participant_id).first()
    if participant is None:
        return None
    to, word = (participant.email, "email") if channel == Channel.EMAIL else (participant.mobile, "text")
    said = participant.safe_contact or {}
    return Address(channel=channel, to=to, language=participant.language) if to and said.get(word) is True else None


def staff_address(*, user_id: UUID, channel: str) -> Address | None:
    """The work e-mail of somebody who still works here. Staff get no text messages."""
    if channel != Channel.EMAIL:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.email or user.membership is None:
        return None
    return Address(channel=channel, to=user.email, language=user.language)


class ToParticipant(Message):
    """Base of what participants are told, wherever it comes from."""

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return participant_address(participant_id=recipient_id, channel=channel)
