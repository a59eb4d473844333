"""Channels that keep a journal of every hand-over, and stop dead at a chosen moment so that their worker can be killed there.

`MESSAGE_FOLDER/journal` has one line for each hand-over, so a message handed over twice shows even where the file is the same.
The first process to reach `STOPS_AT` hand-overs writes its pid to `stopped` and waits there; every later one goes on.
"""

import os
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from diversion.notifications.channels.file import FileChannel
from diversion.notifications.registry import Letterbox

STOPS_AT = 3
"""At this hand-over, so that a batch is cut in the middle."""


class Counting(FileChannel):
    """Hands over at once."""

    def send(self, letterbox: Letterbox) -> None:
        super().send(letterbox)
        with (Path(settings.MESSAGE_FOLDER) / "journal").open("a") as journal:
            journal.write(f"{letterbox.reference}\n")


class StopsBefore(Counting):
    """Stops before it hands over."""

    def send(self, letterbox: Letterbox) -> None:
        stop_here(taken=STOPS_AT - 1)
        super().send(letterbox)


class StopsAfter(Counting):
    """Stops when it has handed over, before the row can hear of it."""

    def send(self, letterbox: Letterbox) -> None:
        super().send(letterbox)
        stop_here(taken=STOPS_AT)


class Dumb:
    """Cannot be asked afterwards, as SMTP."""

    can_be_asked = False

    def took(self, reference: UUID) -> None:
        return None


class DumbBefore(Dumb, StopsBefore):
    """Stops before, and cannot say."""


class DumbAfter(Dumb, StopsAfter):
    """Stops after, and cannot say."""


class Forgetful(StopsAfter):
    """The safeguard removed: it says that it never took what it took."""

    def took(self, reference: UUID) -> bool:
        return False


def stop_here(*, taken: int) -> None:
    folder = Path(settings.MESSAGE_FOLDER)
    if len(list(folder.glob("*.txt"))) != taken:
        return
    try:
        with (folder / "stopped").open("x") as mark:
            mark.write(str(os.getpid()))
    except FileExistsError:
        return
    time.sleep(60)
