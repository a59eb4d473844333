"""Sessions in the database, sealed: what a person has half typed, and a second factor half set up, name nobody in a dump."""

import base64
from typing import Any

from django.contrib.sessions.backends import db

from diversion.core.encryption import envelope

PLACE = b"django_session|session_data"


class SessionStore(db.SessionStore):
    """Django's, with AES-256-GCM in place of its signature. A key retired from the ring ends the sessions it sealed."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Sealed JSON, as text."""
        return base64.b64encode(envelope.seal(self.serializer().dumps(session_dict), place=PLACE)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """The session's content; empty, so signed out, when it does not open."""
        try:
            plain = envelope.unseal(base64.b64decode(session_data), place=PLACE)
        except (envelope.DecryptionFailed, ValueError):
            return {}
        found: dict[str, Any] = self.serializer().loads(plain)
        return found
