"""Where cases live, for a spatial kernel whose reach is learned with the tree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from douse.errors import DataError
from douse.kernels.earth import great_circle

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Places of N cases among R regions.

    Parameters
    ----------
    place : numpy.ndarray[int64], shape (N,)
        Place of each case; -1 where it is not known.
    region : numpy.ndarray[int64], shape (P,)
        Region of each place.
    km : numpy.ndarray[float64], shape (P, R)
        Kilometres from each place to each region.
    population : numpy.ndarray[float64], shape (R,)
        People.
    """

    place: Ints
    region: Ints
    km: Floats
    population: Floats


def places_of(
    region: ArrayLike, longitude: ArrayLike, latitude: ArrayLike, population: ArrayLike | None = None
) -> Places:
    """Places of cases from the coordinates of regions.

    Parameters
    ----------
    region : array_like of int, shape (N,)
        Region of each case; -1 where it is not known.
    longitude, latitude : array_like, shape (R,)
        Degrees.
    population : array_like, shape (R,), optional
        People; without it every region counts the same.

    Raises
    ------
    DataError
        Where a coordinate or a population is missing or out of range.
    """
    at = np.asarray(region, dtype=np.int64)
    lon, lat = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    people = np.ones(len(lon)) if population is None else np.asarray(population, dtype=np.float64)
    if not (np.abs(lon) <= 180).all() or not (np.abs(lat) <= 90).all() or not (people > 0).all():
        raise DataError(
            "places: a region without coordinates or without people.",
            allowed="longitude within 180, latitude within 90 degrees, population above 0",
            next_step="Complete the table of regions, or leave the region of its cases blank.",
        )
    if (at >= len(lon)).any():
        raise DataError("places: a case in a region that is not in the table.", next_step="Add the region.")
    used: Sequence[int] = sorted(set(at[at >= 0].tolist()))
    order = {there: place for place, there in enumerate(used)}
    place = np.array([order.get(there, -1) for there in at.tolist()], dtype=np.int64)
    rows = np.array(used, dtype=np.int64)
    km = great_circle(lat[rows, np.newaxis], lon[rows, np.newaxis], lat, lon)
    return Places(place, rows, km, people)
