"""Where a postcode or a town is, roughly, and how far apart two places are. No outside service."""

from diversion.core.places.distance import distance_miles, miles_apart, miles_between
from diversion.core.places.gazetteer import Place, locate

__all__ = ["Place", "distance_miles", "locate", "miles_apart", "miles_between"]
