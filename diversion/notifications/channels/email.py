"""E-mail by SMTP. One recipient each; the reference is the Message-ID."""

import smtplib
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from diversion.notifications.channels.base import ChannelAdapter, ChannelIsDown, ChannelRefuses
from diversion.notifications.registry import Letterbox


class EmailChannel(ChannelAdapter):
    """SMTP as Django's settings say. SMTP cannot be asked afterwards, so a hand-over in doubt is not repeated."""

    can_be_asked = False

    def send(self, letterbox: Letterbox) -> None:
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        message = EmailMessage(
            subject=letterbox.subject,
            body=letterbox.body,
            to=[letterbox.address.to],
            headers={"Message-ID": f"<{letterbox.reference}@{host}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise ChannelRefuses from error
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelIsDown from error

    def took(self, reference: UUID) -> None:
        return None
