"""The Hilbert curve: an order of points in the plane that keeps neighbours near."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BITS = 16  # the curve passes through 2^16 by 2^16 cells
_SIDE = 1 << _BITS


def along_curve(km: Floats) -> Ints:
    """Order of points along the curve through the square around them; points of one cell keep their order.

    Parameters
    ----------
    km : numpy.ndarray[float64], shape (Z, 2)
        East and north, km.

    Returns
    -------
    numpy.ndarray[int64], shape (Z,)
        Numbers of the points, in order.
    """
    low = km.min(axis=0)
    width = max(float((km - low).max()), 1e-9)
    cell = np.minimum(((km - low) / width * _SIDE).astype(np.int64), _SIDE - 1)
    return np.argsort(_distance(cell[:, 0], cell[:, 1]), kind="stable")


def on_curve(share: Floats) -> Floats:
    """Points of the unit square at shares of the length of the curve, 0 to 1; shape (Z, 2)."""
    left = np.minimum((share * _SIDE * _SIDE).astype(np.int64), _SIDE * _SIDE - 1)
    x, y = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    for bit in range(_BITS):
        side = 1 << bit
        right = (left // 2) & 1
        up = (left ^ right) & 1
        x, y = _turned(x, y, right, up, side)
        x, y = x + side * right, y + side * up
        left = left // 4
    points: Floats = np.c_[x + 0.5, y + 0.5] / _SIDE
    return points


def _distance(x: Ints, y: Ints) -> Ints:
    """Steps along the curve to cells."""
    steps = np.zeros(len(x), np.int64)
    for bit in range(_BITS - 1, -1, -1):
        side = 1 << bit
        right, up = ((x & side) > 0).astype(np.int64), ((y & side) > 0).astype(np.int64)
        steps += side * side * ((3 * right) ^ up)
        x, y = _turned(x & (side - 1), y & (side - 1), right, up, side)
    return steps


def _turned(x: Ints, y: Ints, right: Ints, up: Ints, side: int) -> tuple[Ints, Ints]:
    """Turn a quarter of the square so that the curve enters and leaves it where it should."""
    mirrored = (up == 0) & (right == 1)
    x, y = np.where(mirrored, side - 1 - x, x), np.where(mirrored, side - 1 - y, y)
    swapped = up == 0
    return np.where(swapped, y, x), np.where(swapped, x, y)
