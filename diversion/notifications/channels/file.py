"""Messages as files, for the demo and the tests: one file for each, named by its reference, so that a repeat is seen."""

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from diversion.notifications.channels.base import ChannelAdapter
from diversion.notifications.registry import Letterbox


class FileChannel(ChannelAdapter):
    """Writes under `MESSAGE_FOLDER`. A file appears whole or not at all."""

    def send(self, letterbox: Letterbox) -> None:
        folder = Path(settings.MESSAGE_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{letterbox.reference}.{os.getpid()}"
        part.write_text(
            f"To: {letterbox.address.to}\nChannel: {letterbox.address.channel}\nSubject: {letterbox.subject}\n\n{letterbox.body}\n"
        )
        try:
            os.link(part, self._path(letterbox.reference))
        except FileExistsError:
            # The same reference was handed over before: the first one stands.
            return
        finally:
            part.unlink()

    def took(self, reference: UUID) -> bool:
        return self._path(reference).exists()

    @staticmethod
    def _path(reference: UUID) -> Path:
        return Path(settings.MESSAGE_FOLDER) / f"{reference}.txt"
