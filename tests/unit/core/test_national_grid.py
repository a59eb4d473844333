"""The Ordnance Survey's own worked example, and the corners of the grid."""

import pytest

from diversion.core.places.national_grid import to_degrees


@pytest.mark.parametrize(
    ("east", "north", "latitude", "longitude"),
    [
        (651_409.903, 313_177.270, 52.6575703, 1.7179216),  # the worked example of "A guide to coordinate systems"
        (400_000, -100_000, 49.0, -2.0),  # the true origin
    ],
)
def test_the_grid_in_degrees(east: float, north: float, latitude: float, longitude: float) -> None:
    assert to_degrees(east, north) == pytest.approx((latitude, longitude), abs=1e-6)
