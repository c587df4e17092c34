"""What is drawn for a run: transmission week by week, who comes for a test, and how many infections are hidden."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from douse.simulation.contact_numbers import contact_numbers
from douse.simulation.course import Course
from douse.simulation.past import Past
from douse.simulation.start import found_share
from douse.simulation.weigh import Prior
from douse.situation.estimates import Estimates
from douse.situation.forecast_paths import LEAN
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
# Logarithm of the factor on transmission in the last known week, and of that on hidden infections: mean, standard
# deviation. Wide on purpose: R on record has the response in it, the factor has not, so the weights must choose.
SCALE, HIDDEN = (-0.1, 0.7), (0.0, 0.5)
STEP = 0.3  # standard deviation of the change of the logarithm from week to week
KEEPS = 0.7  # a week: the rest of log R is drawn back to where outbreaks that are watched end up
_MOST_LOG_R = 1.0
_Z90, _Z95 = 1.645, 1.96
_SEEKS = (0.02, 0.98)
LOG_SCALE, LOG_HIDDEN, SEEK, STEPS = range(4)  # columns of the parameters; steps go on to the end


@dataclass(frozen=True)
class Unknowns:
    """The prior of what is not known, and how parameters become runs.

    Attributes
    ----------
    prior : Prior
        Columns: logarithms of the scale and of the factor on hidden infections, logit of the share who seek a test,
        then steps of the logarithm of transmission from week to week, known ones first, backwards from the as-of day.
    back, days : int
        Known days of a run, and all of them.
    known_steps : int
        Steps within the known days.
    drawn_back : float
        Logarithm by which R on record lies above where it is drawn to.
    """

    prior: Prior
    back: int
    days: int
    known_steps: int
    drawn_back: float

    def seeks(self, parameters: Floats) -> Floats:
        """Share of people with symptoms who come for a test; shape (M,)."""
        share: Floats = np.clip(expit(parameters[:, SEEK]), *_SEEKS)
        return share

    def transmission(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Scale of each run, shape (M,), and season, shape (M, days): the largest of each is 1."""
        steps = parameters[:, STEPS:]
        known, ahead = steps[:, : self.known_steps], steps[:, self.known_steps :]
        weeks = np.arange(1, ahead.shape[1] + 1)
        pull = self.drawn_back * (KEEPS ** (weeks - 1) - KEEPS**weeks)
        before = -np.cumsum(known, axis=1)[:, ::-1]
        after = np.cumsum(ahead - pull, axis=1)
        knots = np.concatenate([before, np.zeros((len(steps), 1)), after], axis=1)
        at = self.known_steps + np.ceil((np.arange(self.days) - (self.back - 1)) / DAYS_PER_WEEK).astype(np.int64)
        path = knots[:, np.clip(at, 0, knots.shape[1] - 1)]
        top = path.max(axis=1)
        season: Floats = np.exp(path - top[:, None])
        return np.exp(parameters[:, LOG_SCALE] + top), season


def unknowns_of(estimates: Estimates, past: Past, course: Course, days: int) -> Unknowns:
    """What is thought before the runs.

    The share who seek a test is that of the estimated ascertainment, less what is found by looking for it; where that
    cannot be told, the library's with its range. After the as-of day transmission moves on by chance, and where R on
    record lies above it is drawn back to a little below 1, as in the forecast of the reports.

    Parameters
    ----------
    estimates : Estimates
        Ascertainment and R.
    past : Past
        Share of cases who were looked for; known days.
    course : Course
        Share of infections with symptoms.
    days : int
        Of a run.
    """
    seek = _seek(estimates, past, course)
    known = max(0, -(-past.back // DAYS_PER_WEEK) - 1)
    ahead = -(-(days - past.back) // DAYS_PER_WEEK)
    rows = np.array([SCALE, HIDDEN, seek, *[(0.0, STEP)] * (known + ahead)])
    return Unknowns(Prior(rows[:, 0], rows[:, 1]), past.back, days, known, _above(estimates))


def _seek(estimates: Estimates, past: Past, course: Course) -> tuple[float, float]:
    found = estimates.ascertainment.filter(pl.col("method") == "combined").row(0, named=True)
    if found["estimate"] and found["lower"] and found["upper"]:
        seeks = found["estimate"] / found_share(past, course, 1.0)
        spread = np.log(found["upper"] / found["lower"]) / (2 * _Z95)
        share = float(np.clip(seeks, *_SEEKS))
        return float(logit(share)), float(np.clip(spread / (1 - share), 0.1, 1.5))
    seeks = contact_numbers().testing.seeks_after
    low, high = seeks.low or seeks.value, seeks.high or seeks.value
    return float(logit(seeks.value)), float((logit(high) - logit(low)) / (2 * _Z90))


def _above(estimates: Estimates) -> float:
    """Logarithm of R on record over where it is drawn to; 0 where there is none, or it is lower."""
    means = estimates.reproduction["mean"].drop_nulls().drop_nans()
    if not len(means):
        return 0.0
    return max(0.0, float(np.clip(np.log(max(float(means[-1]), 1e-3)), -_MOST_LOG_R, _MOST_LOG_R)) - LEAN)
