"""What both Farrington detectors share: steps judged, the same time of earlier years, prediction, answer."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from douse.errors import UsageError
from douse.signals.series import Series, series_of
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST_YEARS_OF_A_TREND = 3  # Farrington 1996: fewer years cannot tell a trend
LEAST_T = 1e-16  # a trend with a smaller t has a p of 1 to the last digit: it is none
EXPONENTS = {"none": 1.0, "1/2": 1 / 2, "2/3": 2 / 3}


@dataclass(frozen=True)
class Options:
    """Settings that both detectors have; see their docstrings.

    Raises
    ------
    UsageError
        When a setting is out of range.
    """

    b: int
    w: int
    reweight: bool
    weights_threshold: float
    trend: bool
    p_threshold_trend: float
    alpha: float
    limit54: tuple[int, int]
    power_transform: str
    population_offset: bool
    by_date: bool
    last: int | None

    def __post_init__(self) -> None:
        """Check every setting."""
        _require("b", "1 year or more", fits=self.b >= 1)
        _require("w", "0 steps or more", fits=self.w >= 0)
        _require("weights_threshold", "above 0", fits=self.weights_threshold > 0)
        _require("p_threshold_trend", "above 0, at most 1", fits=0 < self.p_threshold_trend <= 1)
        _require("alpha", "between 0 and 1", fits=0 < self.alpha < 1)
        _require("limit54", "0 cases or more in 1 step or more", fits=self.limit54[0] >= 0 and self.limit54[1] >= 1)
        _require("power_transform", ", ".join(EXPONENTS), fits=self.power_transform in EXPONENTS)
        _require("last", "1 step or more", fits=self.last is None or self.last >= 1)


@dataclass(frozen=True)
class Prediction:
    """What the baselines of the K steps judged lead to expect.

    Attributes
    ----------
    steps : numpy.ndarray[int64], shape (K,)
        Their columns.
    count, log_mean, error, phi, trend : numpy.ndarray[float64], shape (S, K)
        Count, log of the mean expected, its standard error, dispersion, change of the log mean a step; NaN where
        not judged, trend also where the model has none.
    enough : numpy.ndarray[bool], shape (S, K)
        Whether the latest steps have the cases that an alarm needs.
    """

    steps: Ints
    count: Floats
    log_mean: Floats
    error: Floats
    phi: Floats
    trend: Floats
    enough: Flags

    @property
    def mean(self) -> Floats:
        """Mean expected; R's log link gives none below the distance of 1 to the next number."""
        return np.maximum(np.exp(self.log_mean), np.finfo(np.float64).eps)


def series_for(counts: pl.DataFrame, options: Options) -> Series:
    """The counts, with their population where it is an offset; the half window checked against the length of a year."""
    series = series_of(counts, *(["population"] if options.population_offset else []))
    if options.population_offset and not series.frame.schema["population"].is_numeric():
        raise UsageError("The column population of the counts does not hold numbers.", allowed="numbers above 0")
    year = series.steps_per_year
    if 2 * options.w >= year:
        raise UsageError(
            "The windows of two years overlap.", allowed=f"w below {(year + 1) // 2} where a year has {year} steps"
        )
    return series


def steps_judged(series: Series, first: int, last: int | None) -> Ints:
    """Columns from `first` on; the latest `last` of the calendar where that is given."""
    end = series.shape[1]
    begin = first if last is None else max(first, end - last)
    return np.arange(max(begin, 0), end, dtype=np.int64)


def years_back(series: Series, steps: Ints, options: Options) -> Ints:
    """Steps from each judged step back to the same time of each of the b years before, shape (K, b).

    The same number of steps each year; with `by_date`, to the step nearest to the same date.
    """
    years = np.arange(1, options.b + 1)
    if not options.by_date or series.step == "month":
        return np.broadcast_to(series.steps_per_year * years, (len(steps), options.b))
    step_days = DAYS_PER_WEEK if series.step == "week" else 1
    days = np.datetime64(series.first, "D") + steps * step_days
    month = days.astype("datetime64[M]")
    # 29 February is 1 March in a year without one
    earlier = (month[:, None] - 12 * years).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))[:, None]
    apart = (days[:, None] - earlier).astype(np.int64)
    nearest: Ints = (2 * apart + step_days) // (2 * step_days)
    return nearest


def critical(rows: int, options: Options) -> Floats:
    """Least t of a trend that is kept, by residual degrees of freedom 0 .. rows."""
    least = np.full(rows + 1, np.inf)
    least[1:] = np.maximum(-stdtrit(np.arange(1.0, rows + 1), options.p_threshold_trend / 2), LEAST_T)
    return least


def predict(  # noqa: PLR0913 (the parts of a baseline)
    series: Series,
    options: Options,
    *,
    steps: Ints,
    design: Ints,
    lag: Ints,
    level: Ints,
    levels: int = 1,
    time: Floats | None = None,
    flexible: bool,
) -> Prediction:
    """Fit the baseline of every step judged and predict its mean (see `douse.kernels.farrington`)."""
    from douse.kernels.farrington import Baseline, Rule, predict_steps  # noqa: PLC0415  numba takes half a second

    rule = Rule(
        options.trend and options.b >= LEAST_YEARS_OF_A_TREND,
        options.reweight,
        float(options.weights_threshold),
        critical(lag.shape[1], options),
        flexible,
    )
    calendar = np.arange(series.shape[1], dtype=np.float64) if time is None else time
    baseline = Baseline(lag, level, levels)
    found = predict_steps(series.counts, _log_population(series, options), calendar, steps, design, baseline, rule)
    enough, unknown = _enough_cases(series.counts, steps, *options.limit54)
    log_mean, error, phi, slope = (np.where(unknown, np.nan, values) for values in found)
    return Prediction(steps, series.counts[:, steps], log_mean, error, phi, slope, enough)


def answer(series: Series, found: Prediction, alarm: Flags, **columns: Floats) -> pl.DataFrame:
    """The rows given with the figures of the steps judged beside them, shape (S, K) each.

    A step without enough recent cases is judged and does not alarm, though it may have no bound: so it is the
    prediction, not the bound, that tells which steps have an alarm.
    """
    place = np.full(series.shape[1], -1)
    place[found.steps] = np.arange(len(found.steps))
    rows = np.flatnonzero(place[series.column] >= 0)
    at = (series.row[rows], place[series.column[rows]])
    flags = np.where(np.isfinite(found.log_mean), alarm, np.nan)
    made = []
    for name, values in {**columns, "alarm": flags}.items():
        spread = np.full(series.frame.height, np.nan)
        spread[rows] = np.where(np.isfinite(values[at]), values[at], np.nan)
        made.append(pl.Series(name, spread, nan_to_null=True))
    return series.frame.with_columns(made).with_columns(pl.col("alarm").cast(pl.Boolean))


def _log_population(series: Series, options: Options) -> Floats:
    if not options.population_offset:
        return np.zeros(series.shape)
    population = series.matrix("population")
    return np.log(population, out=np.full(series.shape, np.nan), where=population > 0)


def _enough_cases(counts: Floats, steps: Ints, cases: int, window: int) -> tuple[Flags, Flags]:
    """Whether a step and those before it, `window` in all, have so many cases; and whether gaps hide it."""
    known, gaps = np.zeros((len(counts), len(steps))), np.zeros((len(counts), len(steps)), dtype=np.bool_)
    for back in range(window):
        there = steps >= back
        value = counts[:, steps[there] - back]
        known[:, there] += np.nan_to_num(value)
        gaps[:, there] |= np.isnan(value)
    enough = known >= cases
    return enough, ~enough & gaps


def _require(setting: str, allowed: str, *, fits: bool) -> None:
    if not fits:
        raise UsageError(f"The setting {setting} of the Farrington detector is out of range.", allowed=allowed)
