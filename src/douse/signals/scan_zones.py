"""Candidate zones of a scan: circles round each place, nearest places first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Radius of the earth in km that SaTScan 10.3.2 computes with.
EARTH_KM = 6367.0
_CHUNK = 512  # centres whose distances are held at once
_CLOSE = 1e-9  # relative slack of a share, against rounding in a sum


class Nested(NamedTuple):
    """Circles: for each centre its places, nearest first.

    Attributes
    ----------
    start : numpy.ndarray[int64], shape (S + 1,)
        Where each centre's places begin in `member`.
    member : numpy.ndarray[uint16 or int32], shape (M,)
        Places.
    """

    start: Ints
    member: NDArray[np.uint16]

    def sites(self, centre: int, size: int) -> Ints:
        """The nearest places of a centre, nearest first."""
        begin = self.start[centre]
        return self.member[begin : begin + size].astype(np.int64)


def circles(positions: Floats, weight: Floats, *, sphere: bool, max_share: float, max_radius: float | None) -> Nested:
    """Places of each circle, as long as they hold at most `max_share` of the weight and lie within `max_radius`.

    Parameters
    ----------
    positions : numpy.ndarray[float64], shape (S, 2 or 3)
        x and y, or points on the unit sphere.
    weight : numpy.ndarray[float64], shape (S,)
        Expected cases (permutation: cases; Bernoulli: persons) of each place over the whole study.
    sphere : bool
        Whether positions are points on the sphere; `max_radius` is then in km, else in the unit of x and y.
    max_share : float
        Share of the weight that a circle may hold.
    max_radius : float, optional
        Greatest distance from the centre.

    Returns
    -------
    Nested
        Equally distant places are in the order of their names. A centre that holds too much by itself has no circle.
    """
    count = len(positions)
    most = max_share * weight.sum() * (1 + _CLOSE)
    sizes, members = [], []
    for begin in range(0, count, _CHUNK):
        apart = _apart(positions[begin : begin + _CHUNK], positions)
        order = np.argsort(apart, axis=1, kind="stable")
        within = np.cumsum(weight[order], axis=1) <= most
        if max_radius is not None:
            farthest = 2 * np.sin(max_radius / (2 * EARTH_KM)) if sphere else max_radius
            within &= np.take_along_axis(apart, order, axis=1) <= farthest * (1 + _CLOSE)
        sizes.append(within.sum(axis=1))
        members.append(order[within])
    kind = np.uint16 if count <= np.iinfo(np.uint16).max else np.int32
    start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]) if count else np.zeros(1)
    flat = np.concatenate(members) if members else np.zeros(0)
    return Nested(start.astype(np.int64), flat.astype(kind))


def nearest(positions: Floats, most: int) -> Ints:
    """The nearest places of each place, itself first; shape (S, most)."""
    found: Ints = np.argsort(_apart(positions, positions), axis=1, kind="stable")[:, :most]
    return found


def distances(positions: Floats, centre: int, others: Ints, *, sphere: bool) -> Floats:
    """Distances from a place: great circles in km, or in the unit of x and y."""
    apart = _apart(positions[[centre]], positions[others])[0]
    great: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(apart / 2, 1.0)) if sphere else apart
    return great


def _apart(these: Floats, those: Floats) -> Floats:
    """Straight distances, shape (these, those); through the earth for points on the sphere."""
    total = np.zeros((len(these), len(those)))
    for axis in range(these.shape[1]):
        total += np.square(these[:, axis, None] - those[None, :, axis])
    apart: Floats = np.sqrt(total)
    return apart
