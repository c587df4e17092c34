"""People of an area in equal parts that lie together: one part a sampling site."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """Parts of people.

    Attributes
    ----------
    zone : numpy.ndarray[int64], shape (P,)
        Zone with the most people of each part.
    spot : numpy.ndarray[float64], shape (P, 2)
        Middle of its people: latitude, longitude; NaN where no zone says where it lies.
    """

    zone: Ints
    spot: Floats


def equal_parts(zones: Ints, people: Floats, spots: Floats, count: int) -> Parts:
    """Cut an area across its longer side again and again, until each part has the same number of people.

    Parameters
    ----------
    zones : numpy.ndarray[int64], shape (Z,)
        Smallest zones of the area; a zone may be shared by several parts.
    people : numpy.ndarray[float64], shape (Z,)
        Who live there, above 0.
    spots : numpy.ndarray[float64], shape (Z, 2)
        Latitude and longitude. Where some are not known, zones of neighbouring numbers count as neighbours.
    count : int
        Parts, one at least.
    """
    known = bool(np.isfinite(spots).all())
    at = spots if known else np.column_stack([np.arange(len(zones)), np.zeros(len(zones))])
    flat = at * (np.array([1.0, np.cos(np.radians(at[:, 0].mean()))]) if known else 1.0)
    found: list[tuple[int, Floats]] = []
    waiting = [(np.arange(len(zones)), people.astype(np.float64), count)]
    while waiting:
        which, weight, parts = waiting.pop()
        if parts == 1:
            middle = np.average(spots[which], axis=0, weights=weight) if known else np.full(2, np.nan)
            found.append((int(zones[which[np.argmax(weight)]]), middle))
            continue
        axis = int(np.ptp(flat[which], axis=0).argmax())
        order = np.lexsort((which, flat[which, 1 - axis], flat[which, axis]))
        which, weight = which[order], weight[order]
        first = parts // 2
        share = weight.sum() * first / parts
        before = np.concatenate([[0.0], np.cumsum(weight)[:-1]])
        left = np.clip(share - before, 0.0, weight)
        for some, several in ((weight - left, parts - first), (left, first)):
            kept = some > 0
            kept[int(np.argmax(some))] = True
            waiting.append((which[kept], np.maximum(some[kept], 1e-9), several))
    return Parts(np.array([zone for zone, _ in found], dtype=np.int64), np.array([spot for _, spot in found]))
