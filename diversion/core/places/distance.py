"""Distances as the crow flies, in miles, in Python and in SQL by the same formula."""

from math import asin, cos, radians, sin, sqrt

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
    lat, lon = Cast(F(latitude), FloatField()), Cast(F(longitude), FloatField())
    north = Power(Sin(Radians(lat - Value(place.latitude)) / 2.0), 2.0)
    east = Power(Sin(Radians(lon - Value(place.longitude)) / 2.0), 2.0)
    chord = north + Cos(Radians(lat)) * Value(cos(radians(place.latitude))) * east
    return ExpressionWrapper(2 * EARTH_RADIUS_MILES * ASin(Sqrt(chord)), output_field=FloatField())
