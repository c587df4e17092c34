"""The nowcast itself: models of delay and curve, judged by their own past nowcasts, and what they say together."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from douse.situation.nowcast_triangle import Step

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

# Models of the delay: how long a report day counts, in longest delays, and whether the delays drift with the date.
DELAYS = ((0.4, False), (0.3, True))
LEAST_MEMORY = 2.0
# Models of the curve, all combinations, weighed by their evidence: standard deviation of the increments of the log
# level a step, share of an increment that carries on, dispersion k of the counts, scatter v of the reporting.
GRIDS: dict[Step, tuple[tuple[float, ...], ...]] = {
    "day": ((0.05, 0.1, 0.2, 0.4), (0.0, 0.6, 0.9), (8.0, 40.0, 250.0), (0.0, 0.05, 0.2, 0.8)),
    "week": ((0.1, 0.2, 0.4), (0.0, 0.6), (8.0, 40.0, 250.0), (0.0, 0.05, 0.2, 0.8)),
}
# Growth a step that carries on is about so large (log scale: a doubling in a week of days). Few cases cannot tell, and
# without this a handful of them is taken for an explosion.
GROWTH_SD: dict[Step, float] = {"day": 0.1, "week": 0.7}


# A curve of less weight than this share of the best one's is not tried again at past dates.
LEAST_WEIGHT = 0.05
# Past as-of dates that are nowcast again; how fast they lose weight, in longest delays; reports that it takes.
PAST, FADE, LEAST_REPORTS, LEAST_PART = 40, 2.0, 20.0, 0.1
LEAST_PAIRS = 30
# What past errors may say about the spread: factor on the model's, and addition to it, with normal priors of their
# logarithms. Errors of neighbouring dates repeat each other: so many count as one.
SCALES, ADDITIONS = np.array([0.5, 1.0, 1.5, 2.5, 4.0]), np.array([0.001, 0.01, 0.03, 0.1, 0.3, 0.8])
SCALE_SD, ADDITION_CENTRE, ADDITION_SD = 0.7, 0.01, 3.0
REPEATS = 3.0
# Factor on the spread of the mixture, and the standard deviation of its logarithm beforehand.
WHOLE_SCALES, WHOLE_SD = np.array([0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25]), 0.5
# Part of the judgement of all ages that each class of ages takes over.
BORROWED = 0.2
# Cases in favour of equal weights of the models; of the one that says that nothing more comes; its mean (log scores
# need one above 0).
EQUAL_WEIGHT, NOTHING_WEIGHT, NOTHING = 5.0, 1.0, 0.5
STACKING_ROUNDS = 200
SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Prediction:
    """What is still to come for the open dates, under each model.

    Attributes
    ----------
    mean, size : numpy.ndarray[float64], shape (M, R)
        Negative binomial of the cases still to be reported, by model and date (oldest first, the last is that of the
        as-of date).
    weights : numpy.ndarray[float64], shape (M,)
        Of the models.
    shared : numpy.ndarray[float64], shape (R, R)
        Covariance of the logarithm of the means, of the model with most weight.
    """

    mean: Floats
    size: Floats
    weights: Floats
    shared: Floats


def predict(counts: Floats, step: Step) -> Prediction:
    """Predict what is still to be reported.

    Four models (two for weeks): delays that stay and delays that drift, with and without weekdays; each over all
    smooth curves of `curves_of`, weighed by evidence. Every model nowcasts up to 40 past as-of dates from what was
    known then; what came until now tells how far its spread is to be widened or narrowed, by age of the date, and how
    much weight it has in the mixture (stacking); one more model says that nothing more comes. A mixture is wider than
    its parts, so its spread is judged again.

    Parameters
    ----------
    counts : numpy.ndarray[float64], shape (T, D + 1)
        Reports by date (oldest first, the last is the as-of date) and delay, D >= 1; one report or more.
    step : {"day", "week"}
        Length of a row.

    References
    ----------
    Yao et al. 2018 (stacking of predictive distributions), doi 10.1214/17-BA1091.
    """
    from douse.kernels.nowcast import hindsight, unreported  # noqa: PLC0415  numba takes half a second

    last = len(counts) - 1
    cumulated = counts.cumsum(1)
    group = delay_groups(counts.shape[1], step)
    past = past_dates(counts, last)
    came, importance = _came_since(cumulated, last, past)
    judged = np.isfinite(came)
    curves = curves_of(step)
    means, spreads, shareds, scores, means_then, spreads_then = [], [], [], [], [], []
    for (memory, drift), weekdays in product(DELAYS, (False, True) if step == "day" else (False,)):
        steps = max(memory * (counts.shape[1] - 1), LEAST_MEMORY)
        mean, spread, weights, shared = unreported(
            counts, cumulated, last, last + counts.shape[1], steps, drift, weekdays, group, curves
        )
        tried = curves[weights >= LEAST_WEIGHT * weights.max()]
        then, spread_then = hindsight(counts, cumulated, last, past, steps, drift, weekdays, group, tried)
        factor, addition, score = calibrate(came, then, spread_then, importance)
        age = np.arange(len(mean))[::-1]
        means.append(mean)
        spreads.append(factor[age] * spread + addition[age] + SMALLEST_SPREAD)
        means_then.append(then[judged])
        spreads_then.append((factor * spread_then + addition + SMALLEST_SPREAD)[judged])
        shareds.append(shared)
        scores.append(score)
    # the last model: reports have stopped
    _, addition, score = calibrate(came, np.where(judged, NOTHING, np.nan), np.zeros_like(came), importance)
    means.append(np.where(means[0] > 0, NOTHING, 0.0))
    spreads.append(addition[np.arange(len(means[0]))[::-1]] + SMALLEST_SPREAD)
    means_then.append(np.full(int(judged.sum()), NOTHING))
    spreads_then.append(np.broadcast_to(addition + SMALLEST_SPREAD, came.shape)[judged])
    shareds.append(shareds[0])
    scores.append(score)
    prior = np.array([EQUAL_WEIGHT] * (len(means) - 1) + [NOTHING_WEIGHT])
    weights = stack(np.array(scores), importance[judged], prior)
    whole = sharpen(came[judged], np.array(means_then), np.array(spreads_then), weights, importance[judged])
    return Prediction(np.array(means), 1 / (whole * np.array(spreads)), weights, shareds[int(weights.argmax())])


def curves_of(step: Step) -> Floats:
    """Models of the curve, shape (C, 5): the four settings of `GRIDS` and the logarithm of the prior weight."""
    grid = np.array(list(product(*GRIDS[step])))
    growth = grid[:, 1] * grid[:, 0] / np.sqrt(1 - grid[:, 1] ** 2)
    return np.column_stack([grid, -0.5 * (growth / GROWTH_SD[step]) ** 2])


def delay_groups(delays: int, step: Step) -> Ints:
    """Group of each delay for the weekdays' effect: each of the first week its own, the second week, the rest."""
    delay = np.arange(delays)
    if step == "week":
        return np.zeros(delays, dtype=np.int64)
    first_week = np.minimum(np.maximum(delay - 1, 0), 5)
    group: Ints = np.select([delay < 7, delay < 14], [first_week, np.full(delays, 6)], 7)
    return group


def past_dates(counts: Floats, last: int) -> Ints:
    """Rows of the past as-of dates on which enough was known to nowcast: 20 reports, a tenth of those of today."""
    row, delay = np.nonzero(counts)
    known = np.bincount(row + delay, weights=counts[row, delay], minlength=last + 1).cumsum()
    past = np.arange(max(last - PAST, 4), last, dtype=np.int64)
    kept: Ints = past[known[past] >= max(LEAST_REPORTS, LEAST_PART * known[-1])]
    return kept


def age_class(age: Ints) -> Ints:
    """Class of an age: 0, 1, 2-3, 4-7, 8-15, ... steps."""
    found: Ints = np.where(age == 0, 0, np.floor(np.log2(np.maximum(age, 1))) + 1).astype(np.int64)
    return found


def calibrate(came: Floats, mean: Floats, spread: Floats, importance: Floats) -> tuple[Floats, Floats, Floats]:
    """Factor on a model's spread and addition to it, by age, that make what came likeliest.

    Parameters
    ----------
    came, mean, spread, importance : numpy.ndarray[float64], shape (P, D + 1)
        What came after each past as-of date for dates of each age (NaN where not judged), the model's mean and
        spread of it, and the weight of the pair.

    Returns
    -------
    factor, addition : numpy.ndarray[float64], shape (D + 1,)
    score : numpy.ndarray[float64], shape (N,)
        Log probability of each judged count under the calibrated model.
    """
    judged = np.isfinite(came)
    ages = came.shape[1]
    factor, addition = np.ones(ages), np.full(ages, ADDITION_CENTRE)
    if judged.sum() < LEAST_PAIRS:
        return factor, addition, np.zeros(int(judged.sum()))
    inflated = SCALES[:, None, None] * spread[judged] + ADDITIONS[:, None] + SMALLEST_SPREAD
    fit = log_probability(came[judged], mean[judged], 1 / inflated)
    of_pair = age_class(np.nonzero(judged)[1])
    weighted = fit * importance[judged] / REPEATS
    prior = -0.5 * (np.log(SCALES) / SCALE_SD)[:, None] ** 2
    prior = prior - 0.5 * (np.log(ADDITIONS / ADDITION_CENTRE) / ADDITION_SD) ** 2
    score = np.empty(len(of_pair))
    of_age = age_class(np.arange(ages))
    for group in range(int(of_age.max()) + 1):
        mine = of_pair == group
        total = weighted[..., mine].sum(-1) + BORROWED * weighted.sum(-1) + prior
        i, j = np.unravel_index(int(total.argmax()), total.shape)
        factor[of_age == group], addition[of_age == group] = SCALES[i], ADDITIONS[j]
        score[mine] = fit[i, j, mine]
    return factor, addition, score


def stack(scores: Floats, importance: Floats, prior: Floats) -> Floats:
    """Weights of models whose mixture makes past counts likeliest, drawn to those believed before.

    Parameters
    ----------
    scores : numpy.ndarray[float64], shape (M, N)
        Log probability of each count under each model.
    importance : numpy.ndarray[float64], shape (N,)
    prior : numpy.ndarray[float64], shape (M,)
        Counts in favour of each model.
    """
    weights: Floats = prior / prior.sum()
    if not scores.size:
        return weights
    likelihood = np.exp(scores - scores.max(0))
    for _ in range(STACKING_ROUNDS):
        due = weights[:, None] * likelihood
        due /= due.sum(0)
        weights = ((due * importance).sum(1) + prior) / (importance.sum() + prior.sum())
    return weights


def sharpen(came: Floats, mean: Floats, spread: Floats, weights: Floats, importance: Floats) -> float:
    """Factor on the spread of all models that makes what came likeliest under their mixture.

    Parameters
    ----------
    came, importance : numpy.ndarray[float64], shape (N,)
        What came after past as-of dates, and the weight of each.
    mean, spread : numpy.ndarray[float64], shape (M, N)
        Of the calibrated models.
    weights : numpy.ndarray[float64], shape (M,)
        Of the models.
    """
    if len(came) < LEAST_PAIRS:
        return 1.0
    totals = []
    for factor in WHOLE_SCALES:
        parts = log_probability(came, mean, 1 / (factor * spread))
        top = parts.max(0)
        fit = np.log(weights @ np.exp(parts - top)) + top
        totals.append((fit * importance).sum() / REPEATS - 0.5 * (np.log(factor) / WHOLE_SD) ** 2)
    return float(WHOLE_SCALES[int(np.argmax(totals))])


def log_probability(count: Floats, mean: Floats, size: Floats) -> Floats:
    """Log probability of counts under a negative binomial with variance mean + mean**2 / size."""
    mean = np.maximum(mean, 1e-12)
    part = gammaln(count + size) - gammaln(size) - gammaln(count + 1)
    total: Floats = part + size * np.log(size / (size + mean)) + count * np.log(mean / (size + mean))
    return total


def _came_since(cumulated: Floats, last: int, past: Ints) -> tuple[Floats, Floats]:
    """What came from each past as-of date until now for dates of each age, and how much that counts."""
    delays = cumulated.shape[1]
    age = np.arange(delays)
    row = past[:, None] - age
    now = np.minimum(last - row, delays - 1)
    there = np.maximum(row, 0)
    came = cumulated[there, now] - cumulated[there, age]
    came[(row < 0) | (now <= age)] = np.nan
    importance = np.exp(-(last - past) / (FADE * delays))
    return came, np.broadcast_to(importance[:, None], came.shape)
