"""People of an area in equal parts that lie together: one part a sampling site."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NOWHERE = np.full(2, np.nan)


def equal_parts(people: Floats, spots: Floats, count: int) -> Floats:
    """Middles of the parts, shape (P, 2): latitude and longitude; NaN where none of its zones says where it lies.

    An area is cut across its longer side again and again, until each part has the same number of people.

    Parameters
    ----------
    people : numpy.ndarray[float64], shape (Z,)
        Who live in the smallest zones of the area, above 0; a zone may be shared by several parts.
    spots : numpy.ndarray[float64], shape (Z, 2)
        Latitude and longitude. Zones where it is not known are put in the middle of the others; where it is of none,
        zones of neighbouring numbers count as neighbours.
    count : int
        Parts, one at least.
    """
    known: NDArray[np.bool_] = np.asarray(np.isfinite(spots).all(axis=1))
    if known.any():
        at = np.where(known[:, None], spots, np.average(spots[known], axis=0, weights=people[known]))
        flat = at * np.array([1.0, np.cos(np.radians(at[:, 0].mean()))])
    else:
        flat = np.column_stack([np.arange(len(people)), np.zeros(len(people))])
    found: list[Floats] = []
    waiting = [(np.arange(len(people)), people.astype(np.float64), count)]
    while waiting:
        which, weight, parts = waiting.pop()
        if parts == 1:
            there = known[which]
            middle = np.average(spots[which[there]], axis=0, weights=weight[there]) if there.any() else _NOWHERE
            found.append(middle)
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
    return np.array(found)
