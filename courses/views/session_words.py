"""How a session's move reads before it is made."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.queries.rescheduling import Move
from diversion.core.moments import moment_words

CHANGES_HEAD = [{"text": _("Session")}, {"text": _("Now")}, {"text": _("Then")}]


def change_rows(found: Move) -> list[list[dict[str, Any]]]:
    """A row for each session that moves: its title, its time now, its time then."""
    sessions = {session.position: session for session in found.sessions}
    return [
        [
            {"text": sessions[change.position].title, "header": True},
            {"text": moment_words(sessions[change.position].starts_at)},
            {"text": moment_words(change.starts_at)},
        ]
        for change in found.changes
    ]
