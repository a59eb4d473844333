"""What a channel promises. The same contract test runs against each."""

from abc import ABC, abstractmethod
from typing import ClassVar
from uuid import UUID

from diversion.notifications.registry import Letterbox


class ChannelIsDown(Exception):
    """It did not take the message now; later it may."""


class ChannelRefuses(Exception):
    """It will never take this message: the address is wrong or blocked."""


class ChannelAdapter(ABC):
    """An adapter to something outside. Nothing it is given may be logged.

    `can_be_asked`: whether `took` ever knows. Where it does not, the outbox notes each hand-over before it is made.
    """

    can_be_asked: ClassVar[bool] = True

    @abstractmethod
    def send(self, letterbox: Letterbox) -> None:
        """Hand over one message under its reference; a second hand-over of the same reference is not a second message if it can help it.

        :raises ChannelIsDown: try again later.
        :raises ChannelRefuses: never.
        """

    @abstractmethod
    def took(self, reference: UUID) -> bool | None:
        """After a crash: did it take this reference? None when it cannot say; then the message is not sent again."""
