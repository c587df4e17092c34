"""Addressed random numbers: what is drawn depends only on the seed and on what it is for."""

import hashlib

import numpy as np


def stream(seed: int, *address: str | int) -> np.random.Generator:
    """Random numbers of one purpose.

    The same seed and address give the same numbers, whatever was drawn before. Arrays with one element a person
    are drawn whole, so that element i belongs to person i under every course of events.

    Parameters
    ----------
    seed : int
        Seed of the city.
    *address : str or int
        Purpose, day and whatever else tells the draws apart.
    """
    text = "/".join([str(seed), *map(str, address)])
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))


def key(seed: int, *address: str | int) -> np.uint64:
    """Key of the random numbers of one purpose, for kernels that draw by themselves; as `stream`."""
    text = "/".join([str(seed), *map(str, address)])
    return np.uint64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
