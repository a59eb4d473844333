"""A small table of places: the chief town of each of the 124 postcode areas, and other large towns.

A postcode is placed at the chief town of its area, whatever its district: M1 and M44 are both
Manchester. That is good enough to put the nearest towns first, and wrong by up to about 20 miles
(more in the Highlands and mid-Wales); it cannot tell two venues of one town apart.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FULL = re.compile(r"([A-Z]{1,2})[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_DISTRICT = re.compile(r"([A-Z]{1,2})(?:[0-9][A-Z0-9]?)?")


@dataclass(frozen=True)
class Place:
    """A named point; degrees north and east, to two decimals (about half a mile)."""

    name: str
    latitude: float
    longitude: float


def locate(text: str) -> Place | None:
    """The place meant by a postcode (M1 4BT, m14bt), a district (M1), an area (M) or a town's name.

    None for anything else; that is an ordinary answer and not an error.
    """
    written = text.strip().upper()
    joined = re.sub(r"\s", "", written)
    # "M1 4" is a district and a digit more: what stands before the space is enough.
    match = _FULL.fullmatch(joined) or _DISTRICT.fullmatch(re.sub(r"\s+[0-9]$", "", written))
    if match and match[1] in postcode_areas():
        return postcode_areas()[match[1]]
    return _towns().get(_fold(text))


@cache
def postcode_areas() -> dict[str, Place]:
    """The postcode areas by their letters, those of the Crown dependencies included."""
    return {row["area"]: _place(row) for row in _rows("areas.csv")}


@cache
def _towns() -> dict[str, Place]:
    places = [*postcode_areas().values(), *map(_place, _rows("towns.csv"))]
    return {_fold(place.name): place for place in places}


def _rows(name: str) -> list[dict[str, str]]:
    table = resources.files(__package__).joinpath(name)
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _place(row: dict[str, str]) -> Place:
    return Place(row["town"], float(row["latitude"]), float(row["longitude"]))


def _fold(name: str) -> str:
    words = re.sub(r"\bsaint\b", "st", unicodedata.normalize("NFKD", name.casefold()))
    return "".join(letter for letter in words if letter.isalpha())
