"""Text messages by GOV.UK Notify. The outbox row's id is its reference, so that it can be asked after a crash."""

from typing import Any
from uuid import UUID

from django.conf import settings
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from diversion.notifications.channels.base import ChannelAdapter, ChannelIsDown, ChannelRefuses
from diversion.notifications.registry import Letterbox

TOO_MANY = 429


class NotifySmsChannel(ChannelAdapter):
    """One Notify template with a single `body` placeholder: the words are ours, in both languages."""

    def send(self, letterbox: Letterbox) -> None:
        if not settings.NOTIFY_API_KEY:
            # No text messages are bought: the officer learns that this person was not reached.
            raise ChannelRefuses
        try:
            _client().send_sms_notification(
                phone_number=letterbox.address.to,
                template_id=settings.NOTIFY_SMS_TEMPLATE,
                personalisation={"body": letterbox.body},
                reference=str(letterbox.reference),
            )
        except HTTPError as error:
            if error.status_code == TOO_MANY or error.status_code >= 500:
                raise ChannelIsDown from error
            raise ChannelRefuses from error

    def took(self, reference: UUID) -> bool:
        if not settings.NOTIFY_API_KEY:
            return False
        try:
            found = _client().get_all_notifications(reference=str(reference))
        except HTTPError as error:
            raise ChannelIsDown from error
        return bool(found["notifications"])


def _client() -> Any:
    return NotificationsAPIClient(settings.NOTIFY_API_KEY, timeout=10)
