"""How a venue reads to its provider's administrators."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from courses.models import Venue
from courses.presentation import access_facts


def venue_rows(venues: Iterable[Venue]) -> list[list[dict[str, Any]]]:
    """A row for each venue: name, address, its rooms."""
    return [
        [
            {"text": venue.name, "url": reverse("venue-show", args=[venue.public_id]), "header": True},
            {"text": f"{venue.address}, {venue.postcode}"},
            {"text": ", ".join(room.name for room in venue.rooms.all()) or gettext("None yet")},
        ]
        for venue in venues
    ]


def venue_facts(venue: Venue) -> list[dict[str, Any]]:
    """One venue, as participants are told of it."""
    return [
        {"key": gettext("Address"), "value": f"{venue.address}, {venue.postcode}"},
        {"key": gettext("It has"), "value": ", ".join(access_facts(venue)) or gettext("Nothing said yet")},
        {"key": gettext("Getting in"), "value": venue.access_words or gettext("Nothing said yet")},
        {"key": gettext("Getting there"), "value": venue.transport_words or gettext("Nothing said yet")},
        {"key": gettext("Bank holidays"), "value": venue.get_nation_display()},
    ]


def room_rows(venue: Venue) -> list[list[dict[str, Any]]]:
    """The venue's rooms by name, with their places."""
    return [
        [
            {"text": room.name, "url": reverse("room-change", args=[room.public_id]), "header": True},
            {"text": str(room.capacity)},
        ]
        for room in venue.rooms.all()
    ]
