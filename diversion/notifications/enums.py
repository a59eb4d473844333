"""Channels and the states of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.core.lifecycle import Stateful


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class MessageState(Stateful):
    QUEUED = "queued"
    ATTEMPTING = "attempting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
