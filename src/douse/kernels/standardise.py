"""Transformations that make counts with a known mean about standard normal, and the counts that belong to a sum."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import hyp2f1

Floats = NDArray[np.float64]
Transformation = Literal["standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none"]

# R's surveillance reads the hypergeometric function off a table that was made with ten digits.
TABLE_PARAMETERS = (0.3333333333, 0.6666666667, 1.666666667)
FINE, FINE_END, TABLE_END = 100, -10.0, -100.0  # so many steps to 1, down to the first; whole steps to the second


def standardised(counts: Floats, mean: Floats, trans: Transformation, alpha: float) -> Floats:
    """Counts as values that are about standard normal while their mean is `mean`.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (S, T)
    mean : numpy.ndarray[float64], shape (S, T) or (S, 1)
        Above 0; NaN gives NaN.
    trans : Transformation
        Which transformation; "none" gives the counts themselves.
    alpha : float
        Dispersion for the two negative binomial ones: the variance is mean + alpha mean^2.
    """
    if trans == "none":
        return counts
    scores: Floats
    if trans == "standard":
        scores = (counts - mean) / np.sqrt(mean)
    elif trans == "rossi":
        scores = (counts - 3 * mean + 2 * np.sqrt(counts * mean)) / (2 * np.sqrt(mean))
    elif trans == "pearsonNegBin":
        scores = (counts - mean) / np.sqrt(mean + alpha * mean**2)
    elif trans == "anscombeNegBin":
        scores = (_anscombe(counts, alpha) - _anscombe(mean, alpha)) / (mean + alpha * mean**2) ** (1 / 6)
    else:
        centre = mean ** (2 / 3) - (mean ** (-1 / 3) / 9 if trans == "anscombe2nd" else 0.0)
        scores = (np.cbrt(counts) ** 2 - centre) / (2 / 3 * mean ** (1 / 6))
    return scores


def count_bounds(room: Floats, mean: Floats, trans: Transformation, alpha: float) -> Floats:
    """The count whose standardised value is `room`: what R's surveillance calls the upper bound of a CUSUM.

    Never below 0; for "standard" rounded up. For "rossi" the lower root of a quadratic equation, 0 where there is
    none; for "anscombe2nd" with a term that is not quite the inverse (mean^(1/3) for mean^(-1/3)), both as in R. Not
    for "anscombeNegBin" and "none".
    """
    if trans == "rossi":
        deviations = np.sqrt(mean) * room
        inside = 4 * mean**2 + 2 * mean * deviations
        bound = 2 * deviations + 5 * mean - 2 * np.sqrt(np.maximum(inside, 0))
        bound[inside < 0] = 0.0
    elif trans == "standard":
        bound = np.ceil(np.sqrt(mean) * room + mean)
    elif trans == "pearsonNegBin":
        bound = np.sqrt(mean + alpha * mean**2) * room + mean
    else:
        centre = mean ** (2 / 3) - (mean ** (1 / 3) / 9 if trans == "anscombe2nd" else 0.0)
        raised = np.maximum(2 / 3 * mean ** (1 / 6) * room + centre, 0)
        bound = raised * np.sqrt(raised)
    above: Floats = np.maximum(bound, 0)
    return above


def _anscombe(values: Floats, alpha: float) -> Floats:
    """Anscombe residual of a negative binomial variable, less what depends on its mean (Hilbe 2011, section 5.1)."""
    known = np.unique(values[~np.isnan(values)])
    found = 1.5 * known ** (2 / 3) * _hypergeometric(-alpha * known)
    answer = np.full_like(values, np.nan)
    there = ~np.isnan(values)
    answer[there] = found[np.searchsorted(known, values[there])]
    return answer


def _hypergeometric(z: Floats) -> Floats:
    """2F1(1/3, 2/3; 5/3; z) for z <= 0, as the table in R's surveillance has it.

    That table holds ten digits at steps of 0.01 down to -10 (the nearest is taken) and of 1 down to -100 (with
    straight lines between); below that, where it ends, the function itself is taken.
    """
    near, far = (-(np.floor(-z * FINE) + more) / FINE for more in (0, 1))
    fine = np.round(hyp2f1(*TABLE_PARAMETERS, np.where(np.abs(near - z) <= np.abs(far - z), near, far)), 10)
    whole = np.ceil(z)
    right, left = (np.round(hyp2f1(*TABLE_PARAMETERS, at), 10) for at in (whole, whole - 1))
    coarse = left + (right - left) * (z - (whole - 1))
    value: Floats = np.where(z >= FINE_END, fine, np.where(z >= TABLE_END, coarse, hyp2f1(1 / 3, 2 / 3, 5 / 3, z)))
    return value
