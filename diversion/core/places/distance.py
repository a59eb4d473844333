"""Distances as the crow flies, in miles, in Python and in SQL by the same formula."""

from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.db.models import Expression, ExpressionWrapper, F, FloatField, Value
from django.db.models.functions import ASin, Cast, Cos, Power, Radians, Sin, Sqrt

from diversion.core.places.gazetteer import Place

EARTH_RADIUS_MILES = 3958.8


def miles_between(a: Place, b: Place) -> float:
    """Great-circle distance in miles."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    chord = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(chord)))


def distance_miles(latitude: str, longitude: str, place: Place) -> Expression:
    """An annotation: miles from the row's point to ``place``; NULL where the row has no point.

    ``latitude`` and ``longitude`` name number fields in degrees and may follow relations:
    ``Course.objects.annotate(miles=distance_miles("venue__latitude", "venue__longitude", here))``.
    """
    return miles_apart((F(latitude), F(longitude)), (Value(place.latitude), Value(place.longitude)))


def miles_apart(a: tuple[Any, Any], b: tuple[Any, Any]) -> Expression:
    """The same between two points given as expressions, each (latitude, longitude); NULL where either is."""
    (lat, lon), (other_lat, other_lon) = ([Cast(degrees, FloatField()) for degrees in point] for point in (a, b))
    north = Power(Sin(Radians(lat - other_lat) / 2.0), 2.0)
    east = Power(Sin(Radians(lon - other_lon) / 2.0), 2.0)
    chord = north + Cos(Radians(lat)) * Cos(Radians(other_lat)) * east
    return ExpressionWrapper(2 * EARTH_RADIUS_MILES * ASin(Sqrt(chord)), output_field=FloatField())
