"""The delays that dates are compared by, as day weights: incubation, infectiousness about onset, onset to found."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma as gamma_function
from scipy.stats import gamma, lognorm, weibull_min

from douse.library.pathogen import Delay, Pathogen
from douse.situation.serial_interval import serial_interval_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What is left out at either end.
_TAIL = 1e-4
# An incubation as uncertain as the serial interval leaves nothing for when people infect: the serial interval, which
# was measured between onsets, comes first.
_MOST_OF_SERIAL_SD = 0.8
_ROUNDS = 200


@dataclass(frozen=True)
class Weights:
    """Probabilities of `first`, `first` + 1 ... days."""

    first: int
    share: Floats

    @property
    def days(self) -> Ints:
        """The days that the shares are of."""
        return self.first + np.arange(len(self.share))


def widened(pathogen: Pathogen, spread: float) -> Pathogen:
    """The pathogen with a serial interval as uncertain as it is in an outbreak that nobody has measured yet.

    Parameters
    ----------
    pathogen : Pathogen
    spread : float
        Standard deviation of the mean between outbreaks, as a share of it.
    """
    serial = pathogen.serial_interval
    sd = float(np.hypot(serial.sd.value, spread * serial.mean.value))
    return pathogen.model_copy(
        update={"serial_interval": serial.model_copy(update={"sd": serial.sd.model_copy(update={"value": sd})})}
    )


def incubation(pathogen: Pathogen) -> Weights:
    """Infection to onset, whole days."""
    delay = pathogen.incubation
    sd = min(delay.sd.value, _MOST_OF_SERIAL_SD * pathogen.serial_interval.sd.value)
    last = round(pathogen.max_incubation.value)
    return Weights(0, day_weights(delay, delay.mean.value, sd, last + 1))


def serial_interval(pathogen: Pathogen) -> Weights:
    """Onset to onset, whole days from 0 on."""
    mean, sd = max(pathogen.serial_interval.mean.value, 1.1), pathogen.serial_interval.sd.value
    lags = int(np.ceil(mean + 6 * sd)) + 2
    share = serial_interval_weights(mean, sd, lags)
    return _trimmed(Weights(0, share / share.sum()))


def infectiousness(pathogen: Pathogen) -> Weights:
    """When a case infects others, in days from its onset: what, with the incubation, makes the serial interval.

    Deconvolved by maximum likelihood (Richardson 1972, doi 10.1364/JOSA.62.000055): no share is below 0.
    """
    serial, incubating = serial_interval(pathogen), incubation(pathogen)
    size = len(incubating.share)
    # From the first serial interval less the longest incubation, to the last serial interval.
    share = np.full(len(serial.share) + size - 1, 1.0)
    share /= share.sum()
    target = np.zeros(len(share) + size - 1)
    target[size - 1 : size - 1 + len(serial.share)] = serial.share
    for _ in range(_ROUNDS):
        made = np.convolve(share, incubating.share)
        ratio = np.divide(target, made, out=np.zeros_like(target), where=made > 0)
        share = share * np.correlate(ratio, incubating.share, mode="valid")
        share /= share.sum()
    return _trimmed(Weights(serial.first + 1 - size, share))


def day_weights(delay: Delay, mean: float, sd: float, days: int) -> Floats:
    """Share of a delay that ends 0, 1 ... days after the day on which it began, which it did at any time of the day."""
    edges = np.arange(days + 1, dtype=np.float64)
    fine = np.linspace(0, 1, 21)[:-1] + 0.025
    below = np.mean([_cdf(delay.family, mean, sd, np.maximum(edges - part, 0)) for part in fine], axis=0)
    share = np.diff(below)
    scaled: Floats = share / share.sum()
    return scaled


def _cdf(family: str, mean: float, sd: float, at: Floats) -> Floats:
    if family == "gamma":
        found = gamma.cdf(at, (mean / sd) ** 2, scale=sd**2 / mean)
    elif family == "weibull":
        shape = (sd / mean) ** -1.086  # Justus 1978; within 1% for shapes of 1 to 10
        scale = mean / gamma_function(1 + 1 / shape)
        found = weibull_min.cdf(at, shape, scale=scale)
    else:
        spread = np.sqrt(np.log1p((sd / mean) ** 2))
        found = lognorm.cdf(at, spread, scale=mean * np.exp(-(spread**2) / 2))
    answer: Floats = np.asarray(found, dtype=np.float64)
    return answer


def _trimmed(weights: Weights) -> Weights:
    """Without the days at either end that hold next to nothing."""
    upto = np.cumsum(weights.share)
    low = int(np.searchsorted(upto, _TAIL))
    high = int(np.searchsorted(upto, upto[-1] - _TAIL)) + 1
    kept = weights.share[low:high]
    return Weights(weights.first + low, kept / kept.sum())


def found_delay(onset: Ints, found: Ints, pathogen: Pathogen, *, pull: float = 20.0) -> Weights:
    """Onset to the day when a case was found, from cases with both; few cases lean on the pathogen.

    Parameters
    ----------
    onset, found : numpy.ndarray[int64], shape (N,)
        Of cases with both.
    pathogen : Pathogen
        Without cases to learn from: half of the infectious days on average, as much the standard deviation.
    pull : float
        Cases that the pathogen's word counts for.
    """
    before = _default_delay(pathogen)
    return learned_delay(onset, found, before, pull)


def learned_delay(onset: Ints, found: Ints, before: Weights, pull: float) -> Weights:
    """Shares of the delays seen, `before` counting for so many cases; delays beyond its range count as its ends."""
    size = len(before.share)
    seen = np.clip(found - onset - before.first, 0, size - 1)
    counts = np.bincount(seen, minlength=size).astype(np.float64)
    # Delays are seldom the same to the day next time: a triangle of three days.
    smooth = np.convolve(np.pad(counts, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid") if len(onset) else counts
    mixed = smooth * (counts.sum() / max(smooth.sum(), 1.0)) + pull * before.share
    return Weights(before.first, mixed / mixed.sum())


def _default_delay(pathogen: Pathogen) -> Weights:
    """From a week before onset (a contact tested in quarantine) to twice the days that a case is infectious."""
    infectious = max(pathogen.infectious_after_onset.value, 2.0)
    mean = infectious / 2
    days = np.arange(-_BEFORE, int(2 * infectious) + 1)
    share = np.diff(gamma.cdf(np.append(days, days[-1] + 1), 1.5, scale=mean / 1.5))
    early = np.where(days < 0, 0.01, 0.0)
    mixed = share / share.sum() * (1 - early.sum()) + early
    return Weights(-_BEFORE, mixed)


_BEFORE = 7
