"""Buildings that may serve as sampling sites: those set aside for it, else schools, halls and the like."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from douse.kernels.earth import EARTH_KM
from douse.planning.basis import Basis

Floats = NDArray[np.float64]
# Kinds of places with a hall or a yard, and room to wait apart.
SUITABLE = ("school", "event", "leisure", "gym", "worship")
_NEAREST = 8


def candidates(basis: Basis) -> pl.DataFrame:
    """Facilities and places that may be sites and say where they are: kind, place, latitude, longitude."""
    facilities = basis.known.table("facilities").filter(
        (pl.col("kind").cast(pl.String) == "sampling_site") & (pl.col("lead_time_days").fill_null(0) == 0)
    )
    places = basis.known.table("places").filter(pl.col("kind").cast(pl.String).is_in(SUITABLE))
    both = pl.concat(
        [
            facilities.select(pl.lit("sampling_site").alias("kind"), place="facility_id", **_SPOT),
            places.select(pl.lit("place").alias("kind"), place="place_id", **_SPOT),
        ]
    )
    return both.drop_nulls().sort("kind", "place", descending=[True, False])


_SPOT = {"latitude": pl.col("latitude"), "longitude": pl.col("longitude")}


def matched(spots: Floats, kind: pl.Series, at: Floats, reach: float) -> list[int]:
    """Candidate of each part, -1 for none: nearest pairs first, sampling sites before other places, each once.

    Parameters
    ----------
    spots : numpy.ndarray[float64], shape (P, 2)
        Latitude and longitude of the parts; NaN where not known.
    kind : polars.Series
        Of the candidates (C,).
    at : numpy.ndarray[float64], shape (C, 2)
        Where they are.
    reach : float
        Kilometres that people go at most.
    """
    chosen = [-1] * len(spots)
    known = np.flatnonzero(np.isfinite(spots).all(axis=1))
    if not len(known) or not len(at):
        return chosen
    pairs: list[tuple[int, float, int, int]] = []
    for rank, name in enumerate(("sampling_site", "place")):
        these = np.flatnonzero((kind == name).to_numpy())
        if not len(these):
            continue
        tree = cKDTree(on_sphere(at[these]))
        many = min(_NEAREST, len(these))
        far, which = tree.query(on_sphere(spots[known]), k=many, distance_upper_bound=reach)
        far, which = far.reshape(-1, many), which.reshape(-1, many)
        for row, near in zip(*np.nonzero(np.isfinite(far)), strict=True):
            pairs.append((rank, float(far[row, near]), int(known[row]), int(these[which[row, near]])))
    used: set[int] = set()
    for _, _, part, candidate in sorted(pairs):
        if chosen[part] < 0 and candidate not in used:
            chosen[part] = candidate
            used.add(candidate)
    return chosen


def on_sphere(spots: Floats) -> Floats:
    """Points in kilometres in space, shape (N, 3); distances of a town are those along the ground."""
    latitude, longitude = np.radians(spots[:, 0]), np.radians(spots[:, 1])
    around = np.cos(latitude)
    points: Floats = EARTH_KM * np.column_stack(
        [around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)]
    )
    return points


def kilometres(one: Floats, other: Floats) -> Floats:
    """Straight distances, shape (N, M), NaN where a place is not known."""
    a, b = on_sphere(one), on_sphere(other)
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T
    far: Floats = np.sqrt(np.maximum(square, 0.0))
    return far
