"""Have several chains come to the same answer: the potential scale reduction factor."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def split_rhat(draws: Floats) -> Floats:
    """R-hat of chains cut in halves (Gelman et al. 2013, Bayesian Data Analysis 3, section 11.4).

    Parameters
    ----------
    draws : numpy.ndarray[float64], shape (C, S, Q)
        S draws of Q quantities from C chains; S is 4 or more.

    Returns
    -------
    numpy.ndarray[float64], shape (Q,)
        1 where a quantity never changes; infinite where each chain holds to a value of its own.
    """
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, draws.shape[1] - half :]])
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = parts.mean(axis=1).var(axis=0, ddof=1)
    total = within * (half - 1) / half + between
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total <= 1e-300, 1.0, np.sqrt(total / within))
