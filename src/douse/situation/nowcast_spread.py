"""Quantiles and joint draws of a nowcast."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaincinv, ndtr

from douse.situation.nowcast_model import Prediction

Floats = NDArray[np.float64]


def quantile(prediction: Prediction, share: float) -> Floats:
    """Smallest number still to come that is not exceeded with a probability of `share`, shape (R,)."""
    mean, size, weights = prediction.mean, prediction.size, prediction.weights
    low = np.full(mean.shape[1], -1.0)
    high = np.ones(mean.shape[1])
    while (short := _below(high, mean, size, weights) < share).any():
        high[short] *= 2
    while (wide := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = _below(middle, mean, size, weights) >= share
        high = np.where(wide & enough, middle, high)
        low = np.where(wide & ~enough, middle, low)
    return high


def draw(prediction: Prediction, draws: int, seed: int) -> Floats:
    """Joint draws of the numbers still to come, shape (draws, R).

    Each draw is of one model. Its dates go up and down together as far as they share the uncertainty of the level
    and of the delays (a Gaussian copula on the gamma part of each negative binomial); the rest is theirs alone.
    """
    generator = np.random.default_rng(seed)
    rows = prediction.mean.shape[1]
    model = generator.choice(len(prediction.weights), size=draws, p=prediction.weights)
    size = prediction.size[model]
    top = prediction.size[int(prediction.weights.argmax())]
    loading = _loading(prediction.shared, 1 / top)
    together = generator.standard_normal((draws, rows)) @ loading.T
    alone = generator.standard_normal((draws, rows)) * np.sqrt(np.maximum(1 - (loading**2).sum(1), 0))
    level = ndtr(together + alone)
    more: Floats = generator.poisson(prediction.mean[model] * gammaincinv(size, level) / size).astype(np.float64)
    return more


def _below(count: Floats, mean: Floats, size: Floats, weights: Floats) -> Floats:
    """Probability of at most `count` under the mixture, shape (R,)."""
    share = betainc(size, np.maximum(count, 0) + 1, size / (size + mean))
    below: Floats = np.where(count < 0, 0.0, weights @ share)
    return below


def _loading(shared: Floats, variance: Floats) -> Floats:
    """Matrix A with A A' the correlation that the dates share; its diagonal is at most 1."""
    scale = np.sqrt(np.maximum(variance, np.diag(shared)))
    values, vectors = np.linalg.eigh(shared / np.outer(scale, scale))
    loading: Floats = vectors * np.sqrt(np.maximum(values, 0))
    return loading
