"""Whole numbers out of shares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from douse.city.made.numbers import MadeNumbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ROUNDS = 60
_STEEPEST = 12.0
_DIGITS = 9  # so that the last bits of exp do not decide


def whole(weight: NDArray[Any], total: Ints) -> Ints:
    """Whole numbers in proportion to weights, by largest remainders.

    Parameters
    ----------
    weight : numpy.ndarray, shape (R, C)
        Not negative.
    total : numpy.ndarray[int64], shape (R,)
        Sum of each row wanted.

    Returns
    -------
    numpy.ndarray[int64], shape (R, C)
        Rows sum to `total`; rows without any weight are 0.
    """
    full = weight.astype(np.float64)
    heaviest = full.sum(axis=1)
    wanted = np.round(full / np.maximum(heaviest, 1e-300)[:, None] * total[:, None], _DIGITS)
    kept = np.floor(wanted).astype(np.int64)
    missing = np.where(heaviest > 0, total - kept.sum(axis=1), 0)
    rank = np.argsort(np.argsort(kept - wanted, axis=1, kind="stable"), axis=1, kind="stable")
    shared: Ints = kept + (rank < missing[:, None])
    return shared


def by_year(count: Ints, share: Floats, luck: Floats) -> Ints:
    """Spread counts over cells with given shares, each to within one of its due and on average exact.

    Parameters
    ----------
    count : numpy.ndarray[int64], shape (Z,)
        To be spread.
    share : numpy.ndarray[float64], shape (Y,)
        Sums to 1.
    luck : numpy.ndarray[float64], shape (Z,)
        Uniform numbers, which shift the rounding.

    Returns
    -------
    numpy.ndarray[int64], shape (Z, Y)
    """
    edge = np.r_[0.0, np.cumsum(share)[:-1], 1.0]
    steps = np.floor(np.round(edge[None, :] * count[:, None] + luck[:, None], _DIGITS)).astype(np.int64)
    steps[:, -1] = steps[:, 0] + count
    spread: Ints = np.diff(np.minimum(steps, steps[:, -1:]), axis=1)
    return spread


def tilted(weight: Floats, size: Floats, mean: Floats) -> Floats:
    """Shares near some weights whose mean size is as wanted: weights times exp(slope times size).

    Parameters
    ----------
    weight : numpy.ndarray[float64], shape (Z, S)
        Shares to be near to.
    size : numpy.ndarray[float64], shape (S,)
        Ascending.
    mean : numpy.ndarray[float64], shape (Z,)
        Mean wanted.

    Returns
    -------
    numpy.ndarray[float64], shape (Z, S)
        Rows sum to 1.
    """
    low, high = np.full(len(mean), -_STEEPEST), np.full(len(mean), _STEEPEST)
    share = weight
    for _ in range(_ROUNDS):
        slope = (low + high) / 2
        share = weight * np.exp(slope[:, None] * (size - size.mean())[None, :])
        share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
        short = share @ size < mean
        low, high = np.where(short, slope, low), np.where(short, high, slope)
    shares: Floats = np.round(share, _DIGITS)
    return shares


def age_shares(numbers: MadeNumbers) -> Floats:
    """Share of residents at each year of age, 0 to the oldest."""
    bands = numbers.base.ages
    last = int(numbers.made.ages.oldest.value)
    starts = [band.from_age for band in bands]
    share = np.zeros(last + 1)
    for band, start, end in zip(bands, starts, [*starts[1:], last + 1], strict=True):
        share[start:end] = band.share.value / max(1, end - start)
    share /= share.sum()
    return share
