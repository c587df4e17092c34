"""Weights of runs: how well each foretold the reports of the known days, by which the days to come are weighed.

Importance sampling in two rounds (population Monte Carlo, Cappé et al. 2004, doi 10.1198/106186004X12803). Both rounds
count, by the mixture of what they were drawn from (Veach and Guibas 1995; Owen and Zhou 2000,
doi 10.1080/01621459.2000.10473909).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp
from scipy.stats import norm

from douse.errors import UsageError
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Beforehand: logarithm of the factor on transmission, and of that on hidden infections (mean, standard deviation). Wide
# on purpose: R on record has the response in it, the factor has not, so that the weights must choose.
PRIOR = np.array([[-0.3, 0.7], [0.0, 0.5]])
SCATTER = 10.0  # k of the negative binomial of reports around those of a run
NOTHING = 0.5  # reports expected of a run in which there are none
LEAST_PART = 3  # days at the beginning that make a part of their own
PRIOR_SHARE = 0.2  # of the second round, drawn as in the first
LEAST_EFFECTIVE = 0.1  # of the runs: with less, the likelihood is tempered
LEAST_EFFECTIVE_RUNS = 20.0


@dataclass(frozen=True)
class Diagnostics:
    """Whether the weights can be trusted.

    Attributes
    ----------
    runs : int
        In both rounds.
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


def first_draws(runs: int, rng: np.random.Generator) -> Floats:
    """Parameters of a first round, evenly spread over what is thought beforehand; shape (runs, 2)."""
    if runs < 1:
        raise UsageError("Weights need runs.", allowed="1 and more")
    return np.stack(
        [norm.ppf((rng.permutation(runs) + rng.random(runs)) / runs, mean, sd) for mean, sd in PRIOR], axis=1
    )


class Proposal:
    """What a second round is drawn from: the runs of the first by their weights, widened, and the prior.

    Parameters
    ----------
    drawn : numpy.ndarray[float64], shape (M, 2)
        Parameters of the first round.
    weights : numpy.ndarray[float64], shape (M,)
        Their weights; sum 1.
    """

    def __init__(self, drawn: Floats, weights: Floats) -> None:
        self.centres, self.weights = drawn, weights
        mean = weights @ drawn
        spread = np.sqrt(np.maximum(weights @ (drawn - mean) ** 2, 1e-4))
        # Silverman's rule in two dimensions, by the effective number of runs.
        self.width = spread * (1 / max(1.0, effective(weights))) ** (1 / 6)

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Parameters of a second round; shape (runs, 2)."""
        chosen = rng.choice(len(self.centres), runs, p=self.weights)
        near = self.centres[chosen] + rng.normal(size=(runs, 2)) * self.width
        return np.where(rng.random(runs)[:, None] < PRIOR_SHARE, first_draws(runs, rng), near)

    def log_density(self, at: Floats) -> Floats:
        """Of the second round; shape (n,)."""
        apart = (at[:, None, :] - self.centres) / self.width
        near = logsumexp(
            -0.5 * (apart**2).sum(axis=2) - np.log(2 * np.pi * self.width.prod()), axis=1, b=self.weights[None, :]
        )
        return np.logaddexp(np.log(PRIOR_SHARE) + log_prior(at), np.log1p(-PRIOR_SHARE) + near)


def log_prior(at: Floats) -> Floats:
    """Logarithm of the density beforehand; shape (n,)."""
    return norm.logpdf(at, PRIOR[:, 0], PRIOR[:, 1]).sum(axis=1)


def mixture_weights(at: Floats, proposal: Proposal | None, first: int, second: int) -> Floats:
    """Logarithm of prior over what both rounds were drawn from; shape (n,)."""
    prior = log_prior(at)
    if proposal is None or second == 0:
        return np.zeros(len(at))
    whole = first + second
    drawn = np.logaddexp(np.log(first / whole) + prior, np.log(second / whole) + proposal.log_density(at))
    return prior - drawn


def normalised(log_weights: Floats) -> Floats:
    """Weights with the sum 1."""
    raised: Floats = np.exp(log_weights - logsumexp(log_weights))
    return raised / raised.sum()


def effective(weights: Floats) -> float:
    """Effective number of runs (Kong 1992)."""
    return float(1 / (weights**2).sum())


def tempered(log_importance: Floats, log_like: Floats) -> tuple[Floats, float]:
    """Weights, the likelihood raised to the largest power up to 1 that leaves enough effective runs; and the power."""
    target = min(max(LEAST_EFFECTIVE_RUNS, LEAST_EFFECTIVE * len(log_like)), 0.5 * len(log_like))

    def at(power: float) -> Floats:
        return normalised(log_importance + power * log_like)

    if effective(at(1.0)) >= target:
        return at(1.0), 1.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(at(middle)) >= target else (low, middle)
    return at(low), low


def diagnostics(  # noqa: PLR0913, PLR0917  what they are made of
    reported: Ints, simulated: Ints, parts: list[slice], weights: Floats, log_importance: Floats, log_like: Floats,
    power: float,
) -> Diagnostics:  # fmt: skip
    """Figures that tell whether the weights can be trusted."""
    seen = np.array([reported[part].sum() for part in parts], np.float64)
    runs = np.stack([simulated[:, part].sum(axis=1) for part in parts], axis=1).astype(np.float64)
    bounds = weighted_quantiles(runs, weights, np.array([0.05, 0.95]))
    return Diagnostics(
        runs=len(weights),
        effective=effective(weights),
        effective_before=effective(normalised(log_importance + log_like)),
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
