"""Random numbers that are addressed, not drawn: a function of a key and a counter.

Widynski 2020, "Squares: a fast counter-based RNG", arXiv 2004.06278 (five rounds: 64 bits).
"""

from typing import Any

import numba
import numpy as np
from numba import njit

# Scalars of kernels, which may be Python's or NumPy's: a whole number; 64 random bits.
Index = Any
Bits = Any
uint64: Any = numba.uint64

_HALF = uint64(32)
_ODD = uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def squares64(counter: Bits, key: Bits) -> Bits:
    """64 random bits of a counter under a key."""
    x = uint64(counter) * uint64(key)
    y = x
    z = y + uint64(key)
    x = x * x + y
    x = (x >> _HALF) | (x << _HALF)
    x = x * x + z
    x = (x >> _HALF) | (x << _HALF)
    x = x * x + y
    x = (x >> _HALF) | (x << _HALF)
    x = x * x + z
    t = x
    x = (x >> _HALF) | (x << _HALF)
    return t ^ ((x * x + y) >> _HALF)


@njit(cache=True, nogil=True)
def draw(key: Bits, who: Index, what: Index) -> Bits:
    """64 random bits of somebody (or a group, a zone: below 2^32) for a purpose (below 2^32)."""
    return squares64((uint64(who) << _HALF) | uint64(what), key)


@njit(cache=True, nogil=True)
def share(bits: Bits) -> float:
    """A number in [0, 1) from the upper 53 of 64 random bits."""
    return np.float64(bits >> uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def below(bits: Bits, n: Index) -> Index:
    """A whole number in [0, n) from the upper half of 64 random bits."""
    return np.int64(((bits >> _HALF) * uint64(n)) >> _HALF)


@njit(cache=True, nogil=True)
def key_of(seed: Index) -> Bits:
    """Key of a seed: its bits well mixed, as Squares asks of a key, and odd (SplitMix64, Steele et al. 2014)."""
    z = uint64(seed) * _ODD + _ODD
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return (z ^ (z >> uint64(31))) | uint64(1)


@njit(cache=True, nogil=True)
def poisson(mean: float, u: float, most: Index) -> Index:
    """A Poisson number from one uniform number, by inversion; `most` at most."""
    chance = np.exp(-mean)
    if chance == 0.0:  # a mean above 745
        return most
    upto, number = chance, 0
    while u >= upto and number < most and chance > 0.0:
        number += 1
        chance *= mean / number
        upto += chance
    return number
