"""Luck of a day: fast and slow samplers, traffic, failed runs; a function of seed, day drawn and what it is of."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
SAMPLERS, WAYS, LABORATORIES, POOLS = 1, 2, 3, 4
_STEP, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def address(seed: int, draw: int, purpose: int) -> Words:
    """Key of one kind of luck on one day drawn; shape (1,)."""
    state = np.zeros(1, dtype=np.uint64)
    for part in (seed, draw, purpose):
        state = _mixed(state + np.array([part], dtype=np.uint64) * np.uint64(_STEP))
    return state


def factors(key: Words, spread: float, *numbers: Ints) -> Floats:
    """Log-normal factors of median 1, one for each number (or pair of numbers, ...)."""
    state = np.broadcast_to(key, numbers[0].shape).copy()
    for part in numbers:
        state = _mixed(state + (part.astype(np.uint64) + np.uint64(1)) * np.uint64(_STEP))
    uniform = ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    made: Floats = np.exp(spread * ndtri(uniform))
    return made


def _mixed(state: Words) -> Words:
    """Random 64 bits of a state (SplitMix64), as in the kernels."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_MIX_1)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_MIX_2)
    return state ^ (state >> np.uint64(31))
