"""How a wait reads to whoever waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from courses.enums import WaitingState
from courses.models import WaitingEntry
from courses.presentation import wait_title
from courses.queries.waiting import people_ahead


def ahead_words(ahead: int) -> str:
    """How many are asked before, as the line stands now."""
    if ahead == 0:
        return gettext("Nobody is before you in line.")
    words = ngettext("%(n)d person is before you in line.", "%(n)d people are before you in line.", ahead)
    return words % {"n": ahead}


def wait_cards(entries: Iterable[WaitingEntry], *, at: datetime) -> list[dict[str, Any]]:
    """For the person's home page: what for, and where they stand. An offer is told by the place itself, further up."""
    return [
        {"entry": entry, "title": wait_title(entry), "ahead": ahead_words(people_ahead(entry, at=at))}
        for entry in entries
        if entry.state == WaitingState.JOINED
    ]
