"""Every kind of message there is. Apps further up the street register theirs; the pump looks them up by name."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True)
class Address:
    """Where one message goes. Read from the recipient's record at the moment of sending, never stored in the outbox."""

    channel: str
    to: str
    language: str


@dataclass(frozen=True)
class Letterbox:
    """A message ready to hand over: subject for e-mail, body for both, `reference` to ask the channel about it later."""

    reference: UUID
    address: Address
    subject: str
    body: str


class Message(ABC):
    """Base of every message kind. Templates live in `templates/messages/<app>/<kind>.{subject,email,sms}.txt`."""

    kind: ClassVar[str]
    template: ClassVar[str]

    @abstractmethod
    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        """Where to send it now; None when the contact is missing or not confirmed: it is dropped."""

    @abstractmethod
    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        """What the template needs, read now; None when what it was about has ended: it is dropped."""


def link_to(name: str, *args: str) -> str:
    """The whole address of one of our pages, for the text of a message."""
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


MESSAGES: dict[str, Message] = {}


def register(message: type[Message]) -> type[Message]:
    """Class decorator: makes a kind known by its name.

    :raises ValueError: another class has the name.
    """
    if message.kind in MESSAGES:
        raise ValueError(f"two messages are called {message.kind}")
    MESSAGES[message.kind] = message()
    return message
