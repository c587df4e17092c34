"""Distances on the earth."""

import numpy as np
import pytest

from douse.kernels.earth import EARTH_KM, great_circle


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0.0, 0.0), (0.0, 90.0), EARTH_KM * np.pi / 2),
        ((90.0, 0.0), (-90.0, 0.0), EARTH_KM * np.pi),
        ((10.0, 179.5), (10.0, -179.5), EARTH_KM * np.radians(1) * np.cos(np.radians(10))),  # across the date line
        ((31.2, 121.5), (31.2, 121.5), 0.0),
        ((31.2304, 121.4737), (39.9042, 116.4074), 1067),  # Shanghai, Beijing
    ],
)
def test_known_distances(one, other, km):
    for a, b in ((one, other), (other, one)):
        assert great_circle(*np.array(a), *np.array(b)) == pytest.approx(km, rel=1e-3)


def test_a_point_that_is_not_known_has_no_distance():
    assert np.isnan(great_circle(np.array([np.nan, 1.0]), np.zeros(2), np.ones(2), np.zeros(2))).tolist() == [
        True,
        False,
    ]
