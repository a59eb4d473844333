import uuid

import pytest
from django.db.models import FloatField, Value

from diversion.core.places import Place, distance_miles, locate, miles_between
from diversion.core.places.gazetteer import postcode_areas
from tests.unit.core.sealed_models import Person


def test_every_postcode_area_is_known_and_lies_in_the_islands() -> None:
    areas = postcode_areas()
    assert len(areas) == 124
    assert len({(place.latitude, place.longitude) for place in areas.values()}) == 124
    assert [a for a, p in areas.items() if not (49 < p.latitude < 61 and -9 < p.longitude < 2)] == []


@pytest.mark.parametrize(
    "text", ["M1", "m1", "M14", "M1 4BT", "m14bt", " m1 4bt ", "M1 4", "M", "Manchester", "MANCHESTER"]
)
def test_a_postcode_a_district_and_a_town_are_located(text: str) -> None:
    assert locate(text) == Place("Manchester", 53.48, -2.24)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EC1A 1BB", "London City"),
        ("w1a 0ax", "London West"),
        ("B33 8TH", "Birmingham"),
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
