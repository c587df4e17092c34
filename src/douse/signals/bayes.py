"""Bayes rule: a count that the same weeks of earlier years, or the weeks just before, make unlikely."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.baseline_windows import baseline_windows
from douse.kernels.farrington_bounds import count_bound
from douse.signals.rki import check_baseline, judged_from
from douse.signals.series import series_of

Floats = NDArray[np.float64]

PRIOR_CASES = 0.5  # Jeffreys' prior of a Poisson mean


def bayes(  # noqa: PLR0913 (the rule has these settings; each has a default)
    counts: pl.DataFrame,
    *,
    b: int = 0,
    w: int = 6,
    act_y: bool = True,
    alpha: float = 0.05,
    last: int | None = None,
) -> pl.DataFrame:
    """Bayes rule; equal to ``bayes`` of R's surveillance.

    The baseline of a step is the steps up to `w` away from the same step of each of the `b` years before, and with
    `act_y` the `w` steps just before. Given a Poisson mean with Jeffreys' prior, the next count is negative binomial;
    the bound is its 1 - alpha quantile.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`); send the steps without cases as 0. A
        year is 52 weeks, 365 days or 12 months. Steps of the baseline without a count are left out of it.
    b, w, act_y : default 0, 6, True
        The baseline: 6 weeks just before. Bayes 2 and 3 of R are b=1, and b=2, w=4, act_y=False.
    alpha : float, default 0.05
        Chance of a false alarm a step, at most, where the baseline and the step have one Poisson mean.
    last : int, optional
        Judge only so many steps at the end. Default: all that can be.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected, bound, score (standard deviations above expected), p (chance of a count of at
        least this size), alarm; one row a row given, sorted by zone and date. Null where the calendar (from the
        first date of any zone) does not go back far enough, or with no count known in the baseline. A baseline without
        a case is one of half a case.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Riebler 2004, Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung bei Surveillance-Daten;
    Hoehle 2007, doi 10.1007/s00180-007-0074-8.
    """
    check_baseline(b, w, last, act_y=act_y)
    if not 0 < alpha < 1:
        raise UsageError("The alpha of the Bayes rule is out of range.", allowed="between 0 and 1")
    series = series_of(counts)
    known, total, _ = baseline_windows(series.counts, years=b, half_width=w, period=series.steps_per_year, recent=act_y)
    judged = (known > 0) & ~np.isnan(series.counts)
    judged[:, : judged_from(series.shape[1], last)] = False
    expected, bound, score, chance = (np.full(series.shape, np.nan) for _ in range(4))
    some, cases, seen = known[judged], total[judged], series.counts[judged]
    mean, phi = (cases + PRIOR_CASES) / some, (some + 1) / some
    expected[judged], score[judged] = mean, (seen - mean) / np.sqrt(mean * phi)
    bound[judged], chance[judged] = _each_once(cases, some, seen, alpha)
    return series.answer(expected=expected, bound=bound, score=score, p=chance)


def _each_once(cases: Floats, some: Floats, seen: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Bound and p. Many steps have the same baseline and the same count: each such triple is worked out once."""
    key = np.zeros(len(cases), dtype=np.int64)
    for part in (cases, some, seen):
        values, rank = np.unique(part, return_inverse=True)
        key = key * len(values) + rank
    _, one, back = np.unique(key, return_index=True, return_inverse=True)
    cases, some, seen = cases[one], some[one], seen[one]
    bound, chance = count_bound((cases + PRIOR_CASES) / some, (some + 1) / some, seen, alpha=alpha)
    return bound[back], chance[back]
