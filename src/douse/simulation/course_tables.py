"""Distributions as tables that one uniform number looks up."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc, gammaincinv

from douse.kernels.delay_families import FAMILIES
from douse.kernels.person_word import AGE_STEP, AGES
from douse.library.pathogen import Delay
from douse.simulation.course_numbers import course_numbers
from douse.tracing.risk.delay_by_day import parameters

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
TABLE = 1024
STRENGTHS = 4096
MOST = 255


def day_table(delay: Delay, least: int, most: int = MOST) -> Bytes:
    """Days of a distribution: element q is the middle of the part from q/1024 to (q + 1)/1024, to the nearest day.

    Returns
    -------
    numpy.ndarray[uint8], shape (1024,)
        From `least` to `most`, ascending.
    """
    first, second = (np.asarray(number) for number in parameters(delay))
    days = FAMILIES[delay.family].quantile((np.arange(TABLE) + 0.5) / TABLE, first, second)
    return np.clip(np.rint(days), least, most).astype(np.uint8)


def strengths(dispersion: float) -> Floats:
    """Infectiousness of persons against the mean: gamma with a shape of `dispersion`, mean 1.

    With it the number of people infected is negative binomial with this dispersion (Lloyd-Smith et al. 2005, doi
    10.1038/nature04153), where all else is alike.

    Returns
    -------
    numpy.ndarray[float64], shape (4096,)
        Mean of each of 4,096 equally likely parts, ascending; their mean is 1.
    """
    edges = gammaincinv(dispersion, np.arange(1, STRENGTHS) / STRENGTHS)
    below = np.diff(gammainc(dispersion + 1, edges), prepend=0.0)
    above = -np.diff(gammaincc(dispersion + 1, edges), append=0.0)
    # The part beyond an edge keeps its digits where it is taken from above.
    parts = np.r_[below[: STRENGTHS // 2], above[STRENGTHS // 2 - 1 :]]
    return np.asarray(parts / parts.mean())


def by_age(starts: Sequence[int], values: Sequence[float]) -> Floats:
    """Values of a file's bands of age, as means over the bands of a simulation; the years of a band count alike.

    Parameters
    ----------
    starts : sequence of int
        First age of each of the file's bands, ascending from 0.

    Returns
    -------
    numpy.ndarray[float64], shape (16,)
    """
    years = np.arange(max(round(course_numbers().ages.oldest.value), AGE_STEP * (AGES - 1)) + 1)
    value = np.asarray(values)[np.searchsorted(starts, years, side="right") - 1]
    band = np.minimum(years // AGE_STEP, AGES - 1)
    return np.bincount(band, weights=value, minlength=AGES) / np.bincount(band, minlength=AGES)
