"""Distances on the earth taken as a sphere."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EARTH_KM = 6371.0  # mean radius (IUGG)
KM_A_DEGREE = 111.2  # of latitude


def great_circle(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Kilometres from points to points (haversine).

    Parameters
    ----------
    latitude, longitude, to_latitude, to_longitude : numpy.ndarray[float64]
        Degrees; of shapes that go together. NaN, where a point is not known, gives NaN.
    """
    north, to_north = np.radians(latitude), np.radians(to_latitude)
    half_turn = (np.radians(to_longitude) - np.radians(longitude)) / 2
    half = np.sin((to_north - north) / 2) ** 2 + np.cos(north) * np.cos(to_north) * np.sin(half_turn) ** 2
    km: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return km
