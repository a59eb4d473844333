"""What a person searched for, kept between pages. Never finer than a town: the session table is part of every dump."""

from typing import Any

from django.http import HttpRequest

from diversion.core.places import Place, locate
from diversion.referrals.models import Participant

PLACE = "course-search-place"
FILTERS = "course-search-filters"


def near(request: HttpRequest, participant: Participant | None) -> str:
    """The town to search near: what was typed last, else that of the person's own postcode, else "" for anywhere."""
    if PLACE in request.session:
        return str(request.session[PLACE])
    home = locate(participant.postcode) if participant and participant.postcode else None
    return home.name if home else ""


def keep_place(request: HttpRequest, place: Place | None) -> None:
    """Search near this town from now on; None for anywhere."""
    request.session[PLACE] = place.name if place else ""


def keep_filters(request: HttpRequest, chosen: dict[str, Any]) -> None:
    """Remember the filters, so that asking for help can say what was looked for. Writes only when they changed."""
    if kept_filters(request) != chosen:
        request.session[FILTERS] = chosen


def kept_filters(request: HttpRequest) -> dict[str, Any]:
    """The filters of the last search."""
    kept: dict[str, Any] = request.session.get(FILTERS, {})
    return kept
