"""Nowcast: how many cases each recent date will have once all reports are in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.situation.nowcast_model import Prediction, predict
from douse.situation.nowcast_spread import draw, quantile
from douse.situation.nowcast_triangle import STEPS, Step, Triangle, find_step, long_form, triangle_of

Floats = NDArray[np.float64]
# Dates that the model learns from: so many longest delays, and at least so many steps.
WINDOW_DELAYS, LEAST_WINDOW = 4, 60


def nowcast(  # noqa: PLR0913  the reports, the day, and five settings that all have defaults
    reports: pl.DataFrame,
    *,
    as_of: date,
    step: Step | None = None,
    max_delay: int | None = None,
    window: int | None = None,
    level: Sequence[float] = (0.5, 0.95),
    by: str | None = None,
) -> pl.DataFrame:
    """Nowcast the counts by date from reports that are late.

    One model for all data, which needs no configuration: reverse-time delay hazards that stay or drift, with and
    without weekdays; a smooth log-scale curve behind the counts; spread and weights from the model's own past
    nowcasts (see `nowcast_model.predict`). Only what was reported by `as_of` is used. The answer is deterministic.

    Parameters
    ----------
    reports : polars.DataFrame
        Either one row a case: onset, reported (dates). Or counts: date, count, and reported (a date) or delay (in
        steps). Rows without a date and reports before the date are left out.
    as_of : datetime.date
        Reports after it are not used. It is the last date of the answer.
    step : {"day", "week"}, optional
        Length of a row; by default a week where all dates and delays are whole weeks apart, else a day. Weeks count
        from the first date. The delays of a column `delay` are in this step (a day where it is not given).
    max_delay : int, optional
        Longest delay that counts, in steps; cases reported later are left out of all columns. By default what 99% of
        the known delays keep, at most 60. Delays longer than the history are taken not to happen.
    window : int, optional
        Latest dates that the model learns from; by default four longest delays, at least 60.
    level : sequence of float
        Probabilities that the intervals should hold.
    by : str, optional
        Column of `reports`: one nowcast a value. All groups are on one calendar, with the same step and, unless
        given, each its own longest delay.

    Returns
    -------
    polars.DataFrame
        `by`, date (of the first day of a step), reported, mean, median, and lower_<p>, upper_<p> for each level in
        per cent (lower_95); one row a step from the first date to `as_of`. The mean is a number; the others are
        whole cases. Dates older than the longest delay are complete: all columns equal `reported`. Where
        nothing was reported at all, the answer is zero; where no rows are left, it has no rows.

    Raises
    ------
    UsageError
        When columns are missing, a count is negative, a level is not between 0 and 1, max_delay is below 0 or
        window below the longest delay + 2.
    """
    _check_levels(level)
    groups = _groups(reports, as_of=as_of, step=step, max_delay=max_delay, window=window, by=by)
    made = [_frame(group, by, level) for group in groups]
    return pl.concat(made) if made else _named(pl.DataFrame(schema=_schema(level)), None, by)


def nowcast_draws(  # noqa: PLR0913  as `nowcast`
    reports: pl.DataFrame,
    *,
    as_of: date,
    draws: int = 1000,
    seed: int = 1,
    step: Step | None = None,
    max_delay: int | None = None,
    window: int | None = None,
    by: str | None = None,
) -> pl.DataFrame:
    """Joint draws of the nowcast, to carry its uncertainty into R and forecasts.

    Parameters
    ----------
    reports, as_of, step, max_delay, window, by
        As in `nowcast`, whose intervals are those of these draws but for their chance.
    draws : int
        Number of draws.
    seed : int
        Of the draws. Same seed, same draws.

    Returns
    -------
    polars.DataFrame
        `by`, draw (from 0), date, count; by group, draw and date. Dates of a draw belong together.

    Raises
    ------
    UsageError
        As `nowcast`, and when draws is below 1.
    """
    _check_draws(draws)
    groups = _groups(reports, as_of=as_of, step=step, max_delay=max_delay, window=window, by=by)
    made = [_drawn(group, by, draws, seed) for group in groups]
    return pl.concat(made) if made else _named(pl.DataFrame(schema=_DRAWN), None, by)


def nowcast_and_draws(
    reports: pl.DataFrame, *, as_of: date, step: Step | None = None, draws: int = 1000, seed: int = 1
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`nowcast` and `nowcast_draws` of one series in one go, which takes half the time; arguments as theirs."""
    level = (0.5, 0.95)
    _check_draws(draws)
    groups = list(_groups(reports, as_of=as_of, step=step, max_delay=None, window=None, by=None))
    if not groups:
        return pl.DataFrame(schema=_schema(level)), pl.DataFrame(schema=_DRAWN)
    return _frame(groups[0], None, level), _drawn(groups[0], None, draws, seed)


_DRAWN = {"draw": pl.Int64, "date": pl.Date, "count": pl.Int64}


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise UsageError("A nowcast needs one draw or more.", allowed="draws of 1 or more")


@dataclass(frozen=True)
class _Group:
    """One group: its name, the triangle of all its dates, and what is still to come for the last of them."""

    name: Any
    triangle: Triangle
    prediction: Prediction | None


def _drawn(group: _Group, by: str | None, draws: int, seed: int) -> pl.DataFrame:
    reported, dates = group.triangle.reported, group.triangle.dates
    counts = np.broadcast_to(reported, (draws, len(reported))).copy()
    if group.prediction is not None:
        more = draw(group.prediction, draws, seed)
        counts[:, len(reported) - more.shape[1] :] += more
    columns = {
        "draw": np.repeat(np.arange(draws), len(dates)),
        "date": dates * draws,
        "count": counts.ravel().astype(np.int64),
    }
    return _named(pl.DataFrame(columns, schema=_DRAWN), group.name, by)


def _groups(  # noqa: PLR0913  as `nowcast`
    reports: pl.DataFrame, *, as_of: date, step: Step | None, max_delay: int | None, window: int | None, by: str | None
) -> Iterator[_Group]:
    if step is not None and step not in STEPS:
        raise UsageError("The step of the nowcast is not known.", allowed=", ".join(STEPS))
    if max_delay is not None and max_delay < 0:
        raise UsageError("The longest delay is below 0.", allowed="0 or more steps")
    rows = long_form(reports, by, step)
    length = step or find_step(rows)
    known = rows.filter(pl.col("told") <= as_of)
    start = known["date"].min()
    if not isinstance(start, date):
        return
    for (name,), own in known.sort("group").group_by("group", maintain_order=True):
        triangle = triangle_of(own, start=start, as_of=as_of, step=length, max_delay=max_delay)
        yield _Group(name, triangle, _predicted(triangle, window))


def _predicted(triangle: Triangle, window: int | None) -> Prediction | None:
    delays = triangle.counts.shape[1]
    if window is not None and window <= delays:
        raise UsageError("The window is too short to learn the delays from.", allowed=f"{delays + 1} steps or more")
    learned = triangle.counts[-(window or max(WINDOW_DELAYS * delays, LEAST_WINDOW)) :]
    if delays == 1 or not learned.any():
        return None
    return predict(learned, triangle.step)


def _frame(group: _Group, by: str | None, level: Sequence[float]) -> pl.DataFrame:
    reported = group.triangle.reported
    prediction = group.prediction

    def with_more(more: Floats | None) -> Floats:
        total = reported.copy()
        if more is not None:
            total[len(total) - len(more) :] += more
        return total

    def at(share: float) -> Floats:
        return with_more(None if prediction is None else quantile(prediction, share)).astype(np.int64)

    columns = {
        "date": group.triangle.dates,
        "reported": reported.astype(np.int64),
        "mean": with_more(None if prediction is None else prediction.weights @ prediction.mean),
        "median": at(0.5),
    }
    for p in level:
        columns |= {f"lower_{100 * p:g}": at((1 - p) / 2), f"upper_{100 * p:g}": at((1 + p) / 2)}
    return _named(pl.DataFrame(columns, schema=_schema(level)), group.name, by)


def _schema(level: Sequence[float]) -> dict[str, Any]:
    bounds = [f"{side}_{100 * p:g}" for p in level for side in ("lower", "upper")]
    kinds = {"date": pl.Date, "reported": pl.Int64, "mean": pl.Float64, "median": pl.Int64}
    return kinds | dict.fromkeys(bounds, pl.Int64)


def _named(frame: pl.DataFrame, name: object, by: str | None) -> pl.DataFrame:
    return frame if by is None else frame.select(pl.lit(name).alias(by), pl.all())


def _check_levels(level: Sequence[float]) -> None:
    if not level or not all(0 < p < 1 for p in level):
        raise UsageError("The levels of the intervals cannot be used.", allowed="numbers between 0 and 1")
