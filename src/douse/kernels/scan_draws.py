"""Chance counts for a scan: cases dealt anew under the hypothesis that no place and time stands out."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@njit(cache=True, inline="always", error_model="numpy")
def mixed(state: np.uint64) -> np.uint64:
    """Random 64 bits of a state (SplitMix64; Steele et al. 2014, doi 10.1145/2714064.2660195)."""
    state = (state ^ (state >> _S30)) * _MIX_1
    state = (state ^ (state >> _S27)) * _MIX_2
    return state ^ (state >> _S31)


@njit(cache=True, inline="always", error_model="numpy")
def _below(state: np.uint64, size: int) -> np.int64:
    """Whole number from 0 to size - 1, size below 2**32 (bias below size / 2**32)."""
    return np.int64(((mixed(state) >> _S32) * np.uint64(size)) >> _S32)


@njit(cache=True, error_model="numpy")
def deal(pool: NDArray[np.int32], slots: NDArray[np.int32], seed: np.uint64, dealt: NDArray[np.int32]) -> None:
    """Draw members of a pool for slots, each member once (partial Fisher-Yates shuffle).

    Parameters
    ----------
    pool : numpy.ndarray[int32], shape (N,)
        Zone of each case (permutation), or cell of each person (Bernoulli); shuffled in place.
    slots : numpy.ndarray[int32], shape (S,)
        What is added to the member drawn: the day's cell offset (permutation), or 0.
    seed : numpy.uint64
        Address of the replicate: the same seed and the same pool give the same answer.
    dealt : numpy.ndarray[int32], shape (S,)
        Cell of each case, filled in.
    """
    size = len(pool)
    state = seed
    for i in range(len(slots)):
        state += _STEP
        at = i + _below(state, size - i)
        member = pool[at]
        pool[at] = pool[i]
        pool[i] = member
        dealt[i] = member + slots[i]


@njit(cache=True, error_model="numpy")
def scatter(chance: NDArray[np.float64], alias: NDArray[np.int32], seed: np.uint64, dealt: NDArray[np.int32]) -> None:
    """Draw a cell for each case with given chances (alias method; Walker 1977, doi 10.1145/355744.355749).

    `chance` and `alias`, shape (cells,), come from `alias_table`; `dealt`, shape (cases,), is filled with cells.
    """
    size = len(chance)
    state = seed
    for i in range(len(dealt)):
        state += _STEP
        bits = mixed(state)
        cell = np.int64(((bits >> _S32) * np.uint64(size)) >> _S32)
        dealt[i] = cell if np.float64(bits & _LOW) * 2.0**-32 < chance[cell] else alias[cell]


@njit(cache=True, error_model="numpy")
def alias_table(weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Alias table of weights, shape (cells,): the chance to stay in a cell, and where to go else."""
    size = len(weight)
    chance = weight * (size / weight.sum())
    alias = np.arange(size).astype(np.int32)
    small = np.empty(size, np.int32)
    large = np.empty(size, np.int32)
    n_small = n_large = 0
    for cell in range(size):
        if chance[cell] < 1:
            small[n_small] = cell
            n_small += 1
        else:
            large[n_large] = cell
            n_large += 1
    while n_small and n_large:
        n_small -= 1
        low, high = small[n_small], large[n_large - 1]
        alias[low] = high
        chance[high] -= 1 - chance[low]
        if chance[high] < 1:
            n_large -= 1
            small[n_small] = high
            n_small += 1
    for i in range(n_large):
        chance[large[i]] = 1.0
    for i in range(n_small):
        chance[small[i]] = 1.0
    return chance, alias
