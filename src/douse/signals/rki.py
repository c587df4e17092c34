"""RKI rules: a count above the 95% limit of the mean of the same weeks of earlier years, or of the weeks before."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.baseline_windows import baseline_windows
from douse.signals.series import series_of

Floats = NDArray[np.float64]

# Upper 95% limits of a Poisson mean when 0, 1, ... 20 cases were seen (Crow and Gardner 1959, doi 10.2307/2333312).
UPPER_LIMITS = np.array([
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
    19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
])  # fmt: skip
LARGEST_IN_TABLE = 20
STANDARD_DEVIATIONS = 2


class System(NamedTuple):
    """Earlier years, steps each way, and whether the steps just before count: b, w and actY of R's surveillance."""

    b: int
    w: int
    act_y: bool


SYSTEMS = {1: System(0, 6, act_y=True), 2: System(1, 6, act_y=True), 3: System(2, 4, act_y=False)}


def rki(  # noqa: PLR0913 (the rule has these settings; each has a default)
    counts: pl.DataFrame,
    *,
    system: int = 3,
    b: int | None = None,
    w: int | None = None,
    act_y: bool | None = None,
    last: int | None = None,
) -> pl.DataFrame:
    """Rules of the Robert Koch Institute; equal to ``rki`` of R's surveillance.

    The baseline of a step is the steps up to `w` away from the same step of each of the `b` years before, and with
    `act_y` the `w` steps just before. Up to a mean of 20 the bound is the upper 95% limit of a Poisson mean, from a
    table at the mean rounded down; above, it is the mean and two standard deviations.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`); send the steps without cases as 0. A
        year is 52 weeks, 365 days or 12 months. Steps of the baseline without a count are left out of it.
    system : {1, 2, 3}, default 3
        The three rules of the institute: 6 weeks just before; these and 6 weeks each way a year before; 4 weeks each
        way one and two years before (the default of R).
    b, w, act_y : optional
        In place of those of the system.
    last : int, optional
        Judge only so many steps at the end. Default: all that can be.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected (mean of the baseline), bound, score (standard deviations above the mean: of the
        baseline above a mean of 20, else of a Poisson count; null where that is 0), p (null), alarm; one row a row
        given, sorted by zone and date. Null where the calendar (from the first date of any zone) does not go back
        far enough, or with no count (above 20: fewer than two) known in the baseline.

    Raises
    ------
    UsageError
        When a column is missing, a zone has two rows of a date, a count is negative or an argument out of range.

    References
    ----------
    Hoehle 2007, doi 10.1007/s00180-007-0074-8; Crow and Gardner 1959, doi 10.2307/2333312.
    """
    if system not in SYSTEMS:
        raise UsageError("The RKI has no system of that number.", allowed=", ".join(map(str, SYSTEMS)))
    usual = SYSTEMS[system]
    given = System(
        usual.b if b is None else b, usual.w if w is None else w, act_y=usual.act_y if act_y is None else act_y
    )
    check_baseline(given.b, given.w, last, act_y=given.act_y)
    series = series_of(counts)
    period = series.steps_per_year
    known, total, squares = baseline_windows(
        series.counts, years=given.b, half_width=given.w, period=period, recent=given.act_y
    )
    mean = np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)
    spread = np.sqrt(np.divide(squares, known - 1, out=np.full_like(total, np.nan), where=known > 1))
    large = mean > LARGEST_IN_TABLE
    limit = UPPER_LIMITS[np.where(large | np.isnan(mean), 0, mean).astype(np.int64)]
    bound = np.where(large, mean + STANDARD_DEVIATIONS * spread, np.where(np.isnan(mean), np.nan, limit))
    bound[:, : judged_from(series.shape[1], last)] = np.nan
    deviation = np.where(large, spread, np.sqrt(mean))
    score = np.divide(series.counts - mean, deviation, out=np.full_like(mean, np.nan), where=deviation > 0)
    unjudged = np.isnan(bound)
    expected, score = (np.where(unjudged, np.nan, figure) for figure in (mean, score))
    return series.answer(expected=expected, bound=bound, score=score, p=np.full_like(mean, np.nan))


def check_baseline(b: int, w: int, last: int | None, *, act_y: bool) -> None:
    """Refuse a baseline that has no step."""
    if b < 0 or w < 0 or (b == 0 and not (act_y and w > 0)):
        raise UsageError(
            "The baseline has no step.", allowed="b and w of 0 or more; with b of 0, act_y and w of 1 or more"
        )
    if last is not None and last < 1:
        raise UsageError("The number of steps to judge is too small.", allowed="1 or more")


def judged_from(steps: int, last: int | None) -> int:
    """First column that is judged."""
    return max(steps - (last or steps), 0)
