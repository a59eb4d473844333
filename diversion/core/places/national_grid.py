"""From the Ordnance Survey's national grid to degrees: Airy's ellipsoid, the inverse of the transverse Mercator projection.

What comes out is on the grid's own datum, within 130 metres of what a satellite says: far less than the two decimals that a place has.
"""

from math import cos, degrees, radians, sin, tan

AXIS, MINOR_AXIS = 6_377_563.396, 6_356_256.909
SCALE = 0.9996012717
TRUE_LATITUDE, TRUE_LONGITUDE = radians(49), radians(-2)
EAST_OF_ORIGIN, NORTH_OF_ORIGIN = 400_000, -100_000
ECCENTRICITY = 1 - (MINOR_AXIS / AXIS) ** 2
N = (AXIS - MINOR_AXIS) / (AXIS + MINOR_AXIS)


def to_degrees(east: float, north: float) -> tuple[float, float]:
    """(latitude, longitude) of a point given in metres east and north of the grid's false origin."""
    latitude = TRUE_LATITUDE + (north - NORTH_OF_ORIGIN) / (AXIS * SCALE)
    while abs(left := north - NORTH_OF_ORIGIN - _arc(latitude)) >= 0.01:  # metres
        latitude += left / (AXIS * SCALE)
    bend = 1 - ECCENTRICITY * sin(latitude) ** 2
    across, along = AXIS * SCALE / bend**0.5, AXIS * SCALE * (1 - ECCENTRICITY) / bend**1.5
    eta, t, secant = across / along - 1, tan(latitude), 1 / cos(latitude)
    e = (east - EAST_OF_ORIGIN) / across
    north_by = e**2 / 2 - e**4 / 24 * (5 + 3 * t**2 + eta - 9 * t**2 * eta) + e**6 / 720 * (61 + 90 * t**2 + 45 * t**4)
    east_by = (
        e
        - e**3 / 6 * (across / along + 2 * t**2)
        + e**5 / 120 * (5 + 28 * t**2 + 24 * t**4)
        - e**7 / 5040 * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)
    )
    return degrees(latitude - t * across / along * north_by), degrees(TRUE_LONGITUDE + secant * east_by)


def _arc(latitude: float) -> float:
    """Metres along the central meridian from the true origin."""
    less, more = latitude - TRUE_LATITUDE, latitude + TRUE_LATITUDE
    return (
        MINOR_AXIS
        * SCALE
        * (
            (1 + N + 5 / 4 * (N**2 + N**3)) * less
            - (3 * N + 3 * N**2 + 21 / 8 * N**3) * sin(less) * cos(more)
            + 15 / 8 * (N**2 + N**3) * sin(2 * less) * cos(2 * more)
            - 35 / 24 * N**3 * sin(3 * less) * cos(3 * more)
        )
    )
