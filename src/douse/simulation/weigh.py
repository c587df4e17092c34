"""Weights of runs: how well each foretold the reports of the known days, by which the days to come are weighed.

Importance sampling in rounds (population Monte Carlo, Cappé et al. 2004, doi 10.1198/106186004X12803). All rounds
count, by the mixture of what they were drawn from (Veach and Guibas 1995; Owen and Zhou 2000,
doi 10.1080/01621459.2000.10473909).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, ndtri
from scipy.stats import multivariate_normal, norm

from douse.errors import UsageError
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SCATTER = 10.0  # k of the negative binomial of reports around those of a run
NOTHING = 0.5  # reports expected of a run in which there are none
LEAST_PART = 3  # days at the beginning that make a part of their own
PRIOR_SHARE = 0.2  # of later rounds, drawn as in the first
PRIOR_RUNS = 5.0
WIDER = 1.5  # variance of a later round, against that of the runs so far
LEAST_EFFECTIVE = 0.1  # of the runs: with less, the likelihood is tempered
LEAST_EFFECTIVE_RUNS = 20.0


@dataclass(frozen=True)
class Diagnostics:
    """Whether the weights can be trusted.

    Attributes
    ----------
    runs : int
        In all rounds.
    effective : float
        Effective number of runs, 1 / sum of squared weights, after tempering.
    effective_before : float
        The same before tempering.
    largest : float
        Share of the weight of the run with most.
    tempered : float
        Power that the likelihood was raised to; 1: none was needed.
    best, worst : float
        Logarithm of the likelihood of the run that fits best and worst.
    reported, expected : numpy.ndarray[float64], shape (W,)
        Cases reported in each part of the known days, and the weighted mean of the runs.
    inside : float
        Share of the parts whose reports lie within the central 90% of the weighted runs.
    """

    runs: int
    effective: float
    effective_before: float
    largest: float
    tempered: float
    best: float
    worst: float
    reported: Floats
    expected: Floats
    inside: float

    @property
    def good(self) -> bool:
        """Whether enough runs agree with the reports for the weights to be taken at their word."""
        return self.tempered == 1.0 and self.effective >= LEAST_EFFECTIVE_RUNS


def parts_of(days: int, skipped: int) -> list[slice]:
    """Weeks of the known days, counted from the last back; the first days, when a run cannot report yet, left out."""
    parts = []
    end = days
    while end - skipped >= LEAST_PART:
        begin = max(skipped, end - DAYS_PER_WEEK)
        parts.append(slice(begin, end))
        end = begin
    return parts[::-1]


def log_likelihood(reported: Ints, simulated: Ints, parts: list[slice]) -> Floats:
    """Logarithm of the chance of the reports given those of each run; negative binomial, by part.

    Parameters
    ----------
    reported : numpy.ndarray[int64], shape (B,)
        By day, on record.
    simulated : numpy.ndarray[int64], shape (M, B or more)
        By run and day.
    parts : list of slice
        See `parts_of`.

    Returns
    -------
    numpy.ndarray[float64], shape (M,)
    """
    total = np.zeros(len(simulated))
    for part in parts:
        y, mean = float(reported[part].sum()), simulated[:, part].sum(axis=1) + NOTHING
        total += (
            gammaln(y + SCATTER) - gammaln(SCATTER) - gammaln(y + 1)
            + SCATTER * np.log(SCATTER / (SCATTER + mean)) + y * np.log(mean / (SCATTER + mean))
        )  # fmt: skip
    return total


@dataclass(frozen=True)
class Prior:
    """What is thought of d parameters before the runs: independent normal distributions.

    Attributes
    ----------
    mean, sd : numpy.ndarray[float64], shape (d,)
    """

    mean: Floats
    sd: Floats

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Parameters, each evenly spread over its distribution; shape (runs, d)."""
        if runs < 1:
            raise UsageError("Weights need runs.", allowed="1 and more")
        strata = np.stack([rng.permutation(runs) for _ in self.mean], axis=1)
        drawn: Floats = self.mean + self.sd * ndtri((strata + rng.random(strata.shape)) / runs)
        return drawn

    def log_density(self, at: Floats) -> Floats:
        """Shape (n,)."""
        density: Floats = norm.logpdf(at, self.mean, self.sd).sum(axis=1)
        return density


class Proposal:
    """What a later round is drawn from: a normal distribution around the runs so far by their weights, and the prior.

    Parameters
    ----------
    prior : Prior
        Of which a share is kept, so that nothing that is possible is left out.
    drawn : numpy.ndarray[float64], shape (M, d)
        Parameters so far.
    weights : numpy.ndarray[float64], shape (M,)
        Their weights; sum 1.
    """

    def __init__(self, prior: Prior, drawn: Floats, weights: Floats) -> None:
        self.prior, self.mean = prior, weights @ drawn
        apart = drawn - self.mean
        runs = effective(weights)
        spread = (weights[:, None] * apart).T @ apart
        # Few effective runs say little of the spread: so many runs' worth of the prior's is mixed in.
        spread = (runs * spread + PRIOR_RUNS * np.diag(prior.sd**2)) / (runs + PRIOR_RUNS)
        self.spread = WIDER * spread

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Parameters of the round; shape (runs, d)."""
        near = rng.multivariate_normal(self.mean, self.spread, runs)
        return np.where(rng.random(runs)[:, None] < PRIOR_SHARE, self.prior.draw(runs, rng), near)

    def log_density(self, at: Floats) -> Floats:
        """Shape (n,)."""
        near = multivariate_normal.logpdf(at, self.mean, self.spread)
        density: Floats = np.logaddexp(
            np.log(PRIOR_SHARE) + self.prior.log_density(at), np.log1p(-PRIOR_SHARE) + np.atleast_1d(near)
        )
        return density


def log_importance(at: Floats, prior: Prior, rounds: Sequence[tuple[int, "Prior | Proposal"]]) -> Floats:
    """Logarithm of the prior over the mixture of what all rounds were drawn from; shape (n,).

    Parameters
    ----------
    at : numpy.ndarray[float64], shape (n, d)
        Parameters of the runs.
    prior : Prior
        Before the runs.
    rounds : sequence of (int, Prior or Proposal)
        Runs of each round, and what they were drawn from.
    """
    drawn = logsumexp(np.stack([source.log_density(at) for _, source in rounds]), axis=0, b=_shares(rounds))
    ratio: Floats = prior.log_density(at) - drawn
    return ratio


def _shares(rounds: Sequence[tuple[int, "Prior | Proposal"]]) -> Floats:
    runs = np.array([runs for runs, _ in rounds], np.float64)
    share: Floats = (runs / runs.sum())[:, None]
    return share


def normalised(log_weights: Floats) -> Floats:
    """Weights with the sum 1."""
    raised: Floats = np.exp(log_weights - logsumexp(log_weights))
    weights: Floats = raised / raised.sum()
    return weights


def effective(weights: Floats) -> float:
    """Effective number of runs (Kong 1992)."""
    return float(1 / (weights**2).sum())


def tempered(log_ratio: Floats, log_like: Floats) -> tuple[Floats, float]:
    """Weights, the likelihood raised to the largest power up to 1 that leaves enough effective runs; and the power."""
    target = min(max(LEAST_EFFECTIVE_RUNS, LEAST_EFFECTIVE * len(log_like)), 0.5 * len(log_like))

    def at(power: float) -> Floats:
        return normalised(log_ratio + power * log_like)

    if effective(at(1.0)) >= target:
        return at(1.0), 1.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(at(middle)) >= target else (low, middle)
    return at(low), low


def diagnostics(  # noqa: PLR0913, PLR0917  what they are made of
    reported: Ints, simulated: Ints, parts: list[slice], weights: Floats, log_ratio: Floats, log_like: Floats,
    power: float,
) -> Diagnostics:  # fmt: skip
    """Figures that tell whether the weights can be trusted."""
    seen = np.array([reported[part].sum() for part in parts], np.float64)
    runs = np.stack([simulated[:, part].sum(axis=1) for part in parts], axis=1).astype(np.float64)
    bounds = weighted_quantiles(runs, weights, np.array([0.05, 0.95]))
    return Diagnostics(
        runs=len(weights),
        effective=effective(weights),
        effective_before=effective(normalised(log_ratio + log_like)),
        largest=float(weights.max()),
        tempered=power,
        best=float(log_like.max()),
        worst=float(log_like.min()),
        reported=seen,
        expected=weights @ runs,
        inside=float(((bounds[0] <= seen) & (seen <= bounds[1])).mean()) if len(seen) else float("nan"),
    )


def weighted_quantiles(values: Floats, weights: Floats, at: Floats) -> Floats:
    """Quantiles over the first axis by weight: the smallest value that holds so much; shape (len(at), ...)."""
    order = np.argsort(values, axis=0, kind="stable")
    upto = np.cumsum(weights[order], axis=0)
    found = [np.argmax(upto >= min(share, 1 - 1e-9) * upto[-1], axis=0) for share in at]
    ordered = np.take_along_axis(values, order, axis=0)
    return np.array([np.take_along_axis(ordered, index[None, ...], axis=0)[0] for index in found])
