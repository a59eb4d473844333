"""What a person searched for, kept between pages. The place is sealed: the session table is part of every dump."""

from base64 import b64decode, b64encode
from typing import Any

from django.http import HttpRequest

from diversion.core.encryption.envelope import DecryptionFailed, seal, unseal
from diversion.core.places import Place, locate
from diversion.referrals.models import Participant

PLACE = "course-search-place"
SEALED_FOR = b"session|course-search-place"
FILTERS = "course-search-filters"


def near(request: HttpRequest, participant: Participant | None) -> str:
    """The town or postcode district to search near: what was typed last, else the person's own, else "" for anywhere."""
    if PLACE in request.session:
        try:
            return unseal(b64decode(request.session[PLACE]), place=SEALED_FOR).decode()
        except (DecryptionFailed, ValueError):
            return ""  # sealed with a key that has been put away since
    home = locate(participant.postcode) if participant and participant.postcode else None
    return home.name if home else ""


def keep_place(request: HttpRequest, place: Place | None) -> None:
    """Search near this place from now on; None for anywhere."""
    name = place.name if place else ""
    request.session[PLACE] = b64encode(seal(name.encode(), place=SEALED_FOR)).decode()


def keep_filters(request: HttpRequest, chosen: dict[str, Any]) -> None:
    """Remember the filters, so that asking for help can say what was looked for. Writes only when they changed."""
    if kept_filters(request) != chosen:
        request.session[FILTERS] = chosen


def kept_filters(request: HttpRequest) -> dict[str, Any]:
    """The filters of the last search."""
    kept: dict[str, Any] = request.session.get(FILTERS, {})
    return kept
