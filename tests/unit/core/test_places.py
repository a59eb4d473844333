import re
import uuid

import pytest
from django.db.models import FloatField, Value

from diversion.core.places import Place, distance_miles, locate, miles_between
from diversion.core.places.gazetteer import postcode_areas, postcode_districts
from tests.unit.core.sealed_models import Person


def test_every_postcode_area_is_known_and_lies_in_the_islands() -> None:
    areas = postcode_areas()
    assert len(areas) == 124
    assert len({(place.latitude, place.longitude) for place in areas.values()}) == 124
    assert [a for a, p in areas.items() if not (49 < p.latitude < 61 and -9 < p.longitude < 2)] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [(text, Place("M1", 53.48, -2.23)) for text in ("M1", "m1", "M1 4BT", "m14bt", " m1 4bt ", "M1 4")]
    + [(text, Place("M14", 53.45, -2.22)) for text in ("M14", "m14", "M14 5RX", "m145rx")]
    + [(text, Place("Manchester", 53.48, -2.24)) for text in ("M", "Manchester", "MANCHESTER", "M78")],
)
def test_a_postcode_a_district_an_area_and_a_town_are_located(text: str, place: Place) -> None:
    assert locate(text) == place


ISLANDS_AND_HIGHLANDS = {"HS", "IV", "KW", "PA", "PH", "TR", "ZE"}


def test_every_district_lies_near_the_chief_town_of_its_area() -> None:
    areas, districts = postcode_areas(), postcode_districts()
    assert len(districts) == 2865
    apart = {code: miles_between(place, areas[re.match("[A-Z]+", code)[0]]) for code, place in districts.items()}  # type: ignore[index]
    assert [code for code, miles in apart.items() if miles > 60 and code[:2] not in ISLANDS_AND_HIGHLANDS] == []


@pytest.mark.parametrize("text", ["BT1 5GS", "BT99", "JE2 3AB", "GY1", "IM1 1AA"])
def test_where_districts_are_not_open_data_the_area_is_the_answer(text: str) -> None:
    assert locate(text) == postcode_areas()[text[:2]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EC1A 1BB", "EC1A"),
        ("w1a 0ax", "W1A"),
        ("B33 8TH", "B33"),
        ("stoke on trent", "Stoke-on-Trent"),
        ("kings lynn", "King's Lynn"),
        ("Saint Helens", "St Helens"),
        ("Ely", None),
        ("QQ1 1AA", None),
        ("M1 4BTX", None),
        ("", None),
        ("'; DROP", None),
    ],
)
def test_the_right_place_is_found_or_none(text: str, name: str | None) -> None:
    place = locate(text)
    assert (place.name if place else None) == name


@pytest.mark.parametrize(
    ("start", "end", "miles"),
    [("London", "Edinburgh", 332), ("Leeds", "Manchester", 36), ("Cardiff", "Bristol", 25.5), ("Truro", "Lerwick", 690)],
)
def test_distances_are_those_of_the_map(start: str, end: str, miles: float) -> None:
    a, b = locate(start), locate(end)
    assert a
    assert b
    assert miles_between(a, b) == pytest.approx(miles, rel=0.03)
    assert miles_between(a, b) == pytest.approx(miles_between(b, a))
    assert miles_between(a, a) == 0


@pytest.mark.usefixtures("sealed_tables", "db")
def test_the_database_and_python_agree_and_a_missing_point_stays_missing() -> None:
    Person.objects.create(id=uuid.uuid4(), surname="x")
    here = postcode_areas()["LS"]
    for place in postcode_areas().values():
        row = Person.objects.annotate(
            lat=Value(place.latitude, FloatField()),
            lon=Value(place.longitude, FloatField()),
            none=Value(None, FloatField()),
            miles=distance_miles("lat", "lon", here),
            unknown=distance_miles("lat", "none", here),
        ).get()
        assert (row.miles, row.unknown) == (pytest.approx(miles_between(here, place), abs=1e-6), None)
