"""How the illness runs in a person: worked out anew from the address of the infection, never stored."""

from typing import Any

import numpy as np
from numba import njit

from douse.kernels.epidemic_layout import ILL_AT_HOME, NATURE, SHIELD, Floats, Small
from douse.kernels.squares import Bits, Index, draw, share, uint64

STRENGTHS, INCUBATIONS = 4096, 1024
_SYMPTOMS_SCALE = 1.0 / (1 << 32)
SOURCES = 2  # of protection before the run: an earlier infection, a vaccine


@njit(cache=True, nogil=True, inline="always")
def nature(  # noqa: PLR0913, PLR0917  a kernel takes its arrays one by one
    key: Bits,
    person: Index,
    infected: Index,
    age: Index,
    incubation: Small,
    strength: Small,
    symptomatic: Floats,
) -> tuple[Index, Any, Any]:
    """Days from infection to onset, relative infectiousness, and whether there are symptoms.

    Parameters
    ----------
    key, person, infected
        Of the run; number of the person; day of infection.
    age : int
        Band.
    incubation : shape (INCUBATIONS,)
        Days, by quantile.
    strength : shape (STRENGTHS,)
        By quantile; mean 1.
    symptomatic : shape (16,)
        Share with symptoms by age.
    """
    bits = draw(key, person, NATURE | infected)
    days = np.int64(incubation[np.int64(bits & uint64(INCUBATIONS - 1))])
    force = strength[np.int64((bits >> uint64(10)) & uint64(STRENGTHS - 1))]
    ill = np.float64(bits >> uint64(32)) * _SYMPTOMS_SCALE < symptomatic[age]
    return days, force, ill


@njit(cache=True, nogil=True)
def covered(key: Bits, person: Index, source: Index, chance: float) -> Any:
    """Whether a person had been infected (source 0) or vaccinated (source 1) before the run."""
    bits = draw(key, person, SHIELD)
    half = bits >> uint64(32) if source == 0 else bits & uint64(0xFFFFFFFF)
    return np.float64(half) * _SYMPTOMS_SCALE < chance


@njit(cache=True, nogil=True)
def unshielded(  # noqa: PLR0913, PLR0917
    key: Bits, person: Index, age: Index, day: Index, cover: Floats, holds: Floats, kept: float
) -> Any:
    """Risk of a person who may have been infected or vaccinated before the run, against that of one who was not.

    Parameters
    ----------
    cover : shape (SOURCES, 16)
        Share of people with the protection, by age.
    holds : shape (SOURCES, days)
        Protection against infection by day of the run.
    kept : float
        Share of the protection that the variant leaves.
    """
    risk = 1.0
    for source in range(SOURCES):
        if cover[source, age] > 0.0 and covered(key, person, source, cover[source, age]):
            risk *= 1.0 - holds[source, day] * kept
    return risk


@njit(cache=True, nogil=True)
def stays_home_ill(key: Bits, person: Index, infected: Index, chance: float) -> Any:
    """Whether a person with symptoms stays at home from onset on, without being told."""
    return share(draw(key, person, ILL_AT_HOME | infected)) < chance
