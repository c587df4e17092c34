"""Chance replicates of a scan: how large the greatest ratio is where nothing stands out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Maxima = Callable[[int, int], Floats]

EULER = 0.5772156649015329
_BATCH = 100
_TIE = 1e-9  # two ratios this close are the same: sums in another order


@dataclass(frozen=True)
class Chance:
    """Greatest ratios of chance replicates.

    Attributes
    ----------
    maxima : numpy.ndarray[float64], shape (R,)
        One a replicate that was run.
    """

    maxima: Floats

    def p(self, ratio: float) -> float:
        """Rank of a ratio among the replicates, over their number, the data themselves counted as one."""
        return float((self.maxima >= ratio - _TIE).sum() + 1) / (len(self.maxima) + 1)

    def p_gumbel(self, ratio: float) -> float | None:
        """Upper tail of the Gumbel distribution with the mean and variance of the maxima.

        None where they do not vary (Abrams, Kulldorff & Kleinman 2010, doi 10.1186/1476-072X-9-61).
        """
        fitted = self._gumbel()
        return None if fitted is None else float(-np.expm1(-np.exp(-(ratio - fitted[0]) / fitted[1])))

    def bound(self, alpha: float) -> float | None:
        """Least ratio whose p is at most alpha; by the Gumbel distribution where replicates are too few for that."""
        rank = int(alpha * (len(self.maxima) + 1) + _TIE)
        if rank > len(self.maxima):
            return 0.0
        if rank >= 1:
            return float(np.sort(self.maxima)[-rank]) + 2 * _TIE
        fitted = self._gumbel()
        return None if fitted is None else float(fitted[0] - fitted[1] * np.log(-np.log1p(-alpha)))

    def _gumbel(self) -> tuple[float, float] | None:
        """Mode and scale by the method of moments."""
        spread = float(self.maxima.std()) if len(self.maxima) else 0.0
        if spread <= 0:
            return None
        scale = spread * 6**0.5 / np.pi
        return float(self.maxima.mean()) - EULER * scale, scale


def run(maxima: Maxima, replicates: int, observed: float, *, enough: int | None) -> Chance:
    """Run replicates, and stop early where `enough` of them reach the observed ratio.

    Parameters
    ----------
    maxima : callable
        Greatest ratios of replicates begin .. end - 1.
    replicates : int
        How many at most.
    observed : float
        Greatest ratio of the data.
    enough : int, optional
        Replicates that reach `observed` after which the answer is clear (Besag & Clifford 1991,
        doi 10.1093/biomet/78.2.301); None: never stop early.
    """
    found = [np.zeros(0)]
    reached = 0
    for begin in range(0, replicates, _BATCH):
        batch = maxima(begin, min(begin + _BATCH, replicates))
        hits = np.flatnonzero(batch >= observed - _TIE)
        if enough is not None and reached + len(hits) >= enough:
            found.append(batch[: hits[enough - reached - 1] + 1])
            break
        reached += len(hits)
        found.append(batch)
    return Chance(np.concatenate(found))


def seeds(seed: int, begin: int, end: int) -> NDArray[np.uint64]:
    """Addresses of replicates begin .. end - 1: the same whatever batch they are drawn in."""
    base = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
    state = base + np.arange(begin + 1, end + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    # mixed (SplitMix64), so that replicates lie far apart in the generator's period
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = state ^ (state >> np.uint64(31))
    return mixed
