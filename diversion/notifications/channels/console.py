"""The demo's channel: a file for each message, and the message on the screen."""

import sys

from diversion.notifications.channels.file import FileChannel
from diversion.notifications.registry import Letterbox


class ConsoleChannel(FileChannel):
    """As the file channel, and shows each message, so that whoever tries the demo sees the codes."""

    def send(self, letterbox: Letterbox) -> None:
        super().send(letterbox)
        to = letterbox.address
        sys.stdout.write(f"\n--- {to.channel} to {to.to} | {letterbox.subject}\n{letterbox.body}\n---\n")
        sys.stdout.flush()
