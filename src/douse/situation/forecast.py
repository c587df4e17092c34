"""Short forecast of reported cases: one and two weeks ahead, with intervals."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.situation.forecast_paths import History, paths
from douse.situation.serial_interval import SerialInterval, weights_of
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
# Draws of a nowcast that are carried forward: they differ by so little that more change nothing that can be seen.
_NOWCASTS = 12
_LONGEST_LAG_DAYS = 120
_TAIL = 0.001  # of the serial interval that is cut off
_MOST_DAYS = 56
_SIDES = (("lower", -1), ("upper", 1))


def forecast(  # noqa: PLR0913  the counts, and the statistician's choices by keyword
    daily: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen | None = None,
    si: SerialInterval | None = None,
    horizon: int = 14,
    level: Sequence[float] = LEVELS,
    draws: int = 1000,
    seed: int = 1,
    nowcast_draws: pl.DataFrame | None = None,
    by: str | None = None,
) -> pl.DataFrame:
    """Forecast the cases that will be reported on each day ahead.

    Two ways to look ahead are mixed path by path. One is the renewal equation: a case of today comes from those of the
    days before, by the serial interval and an R that drifts and is drawn back to where outbreaks that are watched end
    up, a little below 1. The other keeps the level of the last week. How fast R drifts and how widely counts scatter
    (negative binomial) is learned from the last 70 steps, and each variant counts by how well it foretold them.
    Reporting by day of the week is that of the last eight weeks. What measures to come will change is not in it.

    Parameters
    ----------
    daily : polars.DataFrame
        date and local (and imported), or date and count; a row a day (or a week: where all dates lie whole weeks
        apart, dates are first days of weeks), the days without cases as 0. A day without a row is not known. Rows after
        `as_of` are never read.
    as_of : date
        Last day that is known; the first day forecast is the next (of weeks: the week after the last that began).
    pathogen, si
        Serial interval: of the pathogen, or as in `reproduction`. Weeks take it by week.
    horizon : int, default 14
        Days ahead, at most 56.
    level : sequence of float, default (0.5, 0.8, 0.95)
        Of the intervals.
    draws : int, default 1000
        Paths.
    seed : int, default 1
        Of the random numbers: the same call gives the same answer.
    nowcast_draws : polars.DataFrame, optional
        draw, date, count: what the latest days will be once all is reported (see `draws_frame`). They stand in for the
        days of `daily` that they cover; for one series only.
    by : str, optional
        Column that names the series.

    Returns
    -------
    polars.DataFrame
        `by`, date, horizon (days ahead), mean, median, lower_50, upper_50, lower_80, ... for each level: whole cases
        but for the mean. Null where no day is known. Without a case for longer than the serial interval, half a case in
        four weeks is expected (plus what was usual in eight weeks, by a hundredth); after a single huge day the
        forecast stays near the level of the week that holds it, with wide intervals.

    Raises
    ------
    UsageError
        When a column is missing or not of its kind, there is no serial interval, or an argument is out of range.

    References
    ----------
    Cori et al. 2013, doi 10.1093/aje/kwt133; damped trends: Gardner and McKenzie 1985, doi 10.1287/mnsc.31.10.1237;
    Cramer et al. 2022, doi 10.1073/pnas.2113561119.
    """
    _check(horizon, level, draws)
    series = forecast_draws(
        daily, as_of=as_of, pathogen=pathogen, si=si, horizon=horizon, draws=draws, seed=seed,
        nowcast_draws=nowcast_draws, by=by,
    )  # fmt: skip
    parts = [
        summary(ahead, dates, as_of, level).select(*([pl.lit(name).alias(by)] if by else []), pl.all())
        for name, (dates, ahead) in series.items()
    ]
    if parts:
        return pl.concat(parts)
    nothing = summary(np.zeros((1, 0)), [], as_of, level)
    return nothing.select(*([daily[by].clear()] if by else []), pl.all())


def forecast_draws(  # noqa: PLR0913  as for `forecast`
    daily: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen | None = None,
    si: SerialInterval | None = None,
    horizon: int = 14,
    draws: int = 1000,
    seed: int = 1,
    nowcast_draws: pl.DataFrame | None = None,
    by: str | None = None,
) -> dict[object, tuple[list[date], Floats | None]]:
    """The paths behind `forecast`: series -> dates ahead, and counts, shape (draws, dates); None if no day is known.

    Without `by` the one series is named None.
    """
    lags = weights_of(si, pathogen, _LONGEST_LAG_DAYS).weights.mean(axis=0)
    if by is not None and nowcast_draws is not None:
        raise UsageError("Draws of a nowcast are of one series.", next_step="Forecast each series by itself.")
    known = _counts(daily, by).filter(pl.col("date") <= as_of)
    frames = known.partition_by(by, as_dict=True, maintain_order=True) if by else {(None,): known}
    asked = _Asked(as_of, horizon, draws, seed, nowcast_draws)
    ordered = sorted(frames.items(), key=lambda item: str(item[0]))
    return {name: _one(frame, lags, asked) for (name,), frame in ordered}


def summary(ahead: Floats | None, dates: Sequence[date], as_of: date, level: Sequence[float]) -> pl.DataFrame:
    """Mean, median and intervals of paths, shape (draws, dates), by date; nulls where there are no paths."""
    frame = pl.DataFrame(
        {"date": dates, "horizon": [(day - as_of).days for day in dates]}, schema={"date": pl.Date, "horizon": pl.Int64}
    )
    ends = {f"{side}_{100 * share:g}": 0.5 + sign * share / 2 for share in level for side, sign in _SIDES}
    if ahead is None or not len(dates):
        return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("mean", "median", *ends))
    quantiles = np.quantile(ahead, [0.5, *ends.values()], axis=0, method="inverted_cdf")
    names = ("median", *ends)
    return frame.with_columns(
        pl.Series("mean", ahead.mean(axis=0)), *(pl.Series(n, q) for n, q in zip(names, quantiles, strict=True))
    )


class _Asked(NamedTuple):
    as_of: date
    horizon: int
    draws: int
    seed: int
    nowcasts: pl.DataFrame | None


def _one(frame: pl.DataFrame, lags: Floats, asked: _Asked) -> tuple[list[date], Floats | None]:
    as_of, horizon = asked.as_of, asked.horizon
    step = _step_days(frame["date"])
    first = frame["date"].min()
    if not isinstance(first, date):
        return [as_of + timedelta(days=day) for day in range(1, horizon + 1)], None
    steps = (as_of - first).days // step + 1
    dates = [first + timedelta(days=step * at) for at in range(steps, steps + horizon // step)]
    local, imported = (_on_calendar(frame, name, first, step, steps) for name in ("local", "imported"))
    weekday = (np.arange(steps + len(dates)) + first.weekday()) % DAYS_PER_WEEK if step == 1 else 0
    history = History(
        _with_nowcast(local, asked, first, step),
        np.nan_to_num(imported),
        np.broadcast_to(np.asarray(weekday, dtype=np.int64), (steps + len(dates),)),
        step,
    )
    weights = _by_week(lags) if step == DAYS_PER_WEEK else lags
    return dates, paths(history, _cut(weights), draws=asked.draws, rng=np.random.default_rng(asked.seed))


def _counts(daily: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """`by`, date, local, imported; rows without a count left out."""
    missing = [name for name in ("date", *([by] if by else [])) if name not in daily.columns]
    if missing or not {"local", "count"} & set(daily.columns):
        what = missing[0] if missing else "local or count"
        raise UsageError(f"The daily counts have no column {what}.", allowed="date, local, imported; or date, count")
    if daily.schema["date"] != pl.Date:
        raise UsageError("The column date of the daily counts does not hold dates.", next_step="Cast it to a date.")
    imported = (pl.col("imported") if "imported" in daily.columns else pl.lit(0)).cast(pl.Float64)
    local = (
        pl.col("local").cast(pl.Float64) if "local" in daily.columns else pl.col("count").cast(pl.Float64) - imported
    )
    figures = {"local": local, "imported": imported}
    counts = daily.select(*([by] if by else []), "date", **figures).drop_nulls()
    figures_given = pl.col("local", "imported")
    if counts.filter(pl.any_horizontal(~figures_given.is_finite() | (figures_given < 0))).height:
        raise UsageError("A daily count is negative or not a number.", allowed="0 or more")
    if counts.select(*([by] if by else []), "date").is_duplicated().any():
        raise UsageError("A series has more than one row of a day.", next_step="Add the counts of a day up first.")
    return counts.sort("date")


def _step_days(dates: pl.Series) -> int:
    """Seven where all dates lie whole weeks apart, else one."""
    apart = math.gcd(*dates.diff().dt.total_days().drop_nulls().to_list(), 0)
    return DAYS_PER_WEEK if apart and apart % DAYS_PER_WEEK == 0 else 1


def _on_calendar(frame: pl.DataFrame, name: str, first: date, step: int, steps: int) -> Floats:
    at = (frame["date"] - first).dt.total_days().to_numpy() // step
    counts = np.full(steps, np.nan)
    counts[at] = frame[name].to_numpy()
    return counts


def _with_nowcast(local: Floats, asked: _Asked, first: date, step: int) -> Floats:
    """The counts, once for each draw of a nowcast, its days put in; shape (M, T)."""
    nowcasts = asked.nowcasts
    if nowcasts is None or nowcasts.is_empty():
        return local[None, :]
    missing = [name for name in ("draw", "date", "count") if name not in nowcasts.columns]
    if missing:
        raise UsageError(f"The draws of the nowcast have no column {missing[0]}.", allowed="draw, date, count")
    within = nowcasts.filter(pl.col("date").is_between(first, asked.as_of))
    each = within["draw"].unique().sort()
    kept = each.gather_every(max(1, len(each) // _NOWCASTS)).head(_NOWCASTS)
    rows = np.repeat(local[None, :], max(1, len(kept)), axis=0)
    for row, draw in enumerate(kept):
        days = within.filter(pl.col("draw") == draw)
        rows[row, (days["date"] - first).dt.total_days().to_numpy() // step] = days["count"].to_numpy()
    return rows


def _by_week(lags: Floats) -> Floats:
    """Weights by week from weights by day, the infector on any day of its week; its own week counts as the next."""
    days = np.arange(DAYS_PER_WEEK)[:, None] + np.arange(len(lags))
    weeks = np.bincount(days.ravel() // DAYS_PER_WEEK, np.broadcast_to(lags, days.shape).ravel())
    return np.concatenate([[0.0, weeks[0] + weeks[1]], weeks[2:]]) / DAYS_PER_WEEK


def _cut(weights: Floats) -> Floats:
    """Weights without the last thousandth, scaled to a sum of 1; at least of lags 0 and 1."""
    scaled = weights / weights.sum()
    longest = max(2, int(np.searchsorted(scaled.cumsum(), 1 - _TAIL)) + 1)
    kept: Floats = scaled[:longest] / scaled[:longest].sum()
    return kept


def _check(horizon: int, level: Sequence[float], draws: int) -> None:
    if not 1 <= horizon <= _MOST_DAYS:
        raise UsageError("The horizon of the forecast is out of range.", allowed=f"1 to {_MOST_DAYS} days")
    if not level or not all(0 < share < 1 for share in level):
        raise UsageError("A level of the forecast is out of range.", allowed="between 0 and 1")
    if draws < 1:
        raise UsageError("A forecast needs paths.", allowed="1 draw or more")
