"""Syndromic signals: complaints, medicine sales, absences or wastewater above what the weeks before lead to expect."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import numpy as np
import polars as pl
from scipy.special import ndtr, stdtr, stdtrit

from douse.errors import UsageError
from douse.records import Records, ZoneTree
from douse.signals.ears import ears
from douse.signals.indicator_series import Compare, indicator_series, to_compare
from douse.signals.multiplicity import benjamini_hochberg
from douse.signals.severity import severity_of
from douse.signals.signal import Signal
from douse.signals.week import monday
from douse.units import DAYS_PER_WEEK

# Any function from counts (zone, date, count) to the same rows with expected, bound, alarm and, where it has one, p.
Detector = Callable[[pl.DataFrame], pl.DataFrame]
# Of the roots of Poisson counts, whatever their mean (Anscombe 1948); nothing that is counted varies less.
_POISSON_SD = 1.0


def ears_of_roots(counts: pl.DataFrame, *, baseline: int = 7, alpha: float = 0.01) -> pl.DataFrame:
    """EARS C1 on the square roots of counts, with a p-value that allows for the short baseline.

    2 sqrt(count + 3/8) varies alike for small and large counts, by 1 or more. The mean and standard deviation of
    seven steps are themselves uncertain: a steady normal series exceeds them by Student's t, which here gives bound
    and p. So the chance of a false alarm is near `alpha` for counts that vary more than Poisson counts, and less for
    those that do not (simulated at 0.01: 0.014 and 0.001); the plain C1 has about 0.02 where 0.001 is asked. A step
    without a count is passed over: the baseline is the last seven that are known.

    Parameters
    ----------
    counts : polars.DataFrame
        zone, date, count, one row a zone and date.
    baseline : int, default 7
        Known steps of the baseline.
    alpha : float, default 0.01
        Chance of a false alarm a step, about.

    Returns
    -------
    polars.DataFrame
        As from `ears`, in counts; by zone and date.

    References
    ----------
    Anscombe 1948, doi 10.1093/biomet/35.3-4.246; Hutwagner et al. 2003, doi 10.1007/PL00022313.
    """
    spread = (1 + 1 / baseline) ** 0.5
    z = float(stdtrit(baseline - 1, 1 - alpha)) * spread
    rooted = counts.drop_nulls("count").sort("zone", "date").select("zone", "date", root=_root(pl.col("count")))
    step = pl.int_range(pl.len(), dtype=pl.Int64).over("zone")
    steps = rooted.with_columns(step=pl.date(2000, 1, 1) + pl.duration(days=step))
    told = ears(
        steps.select("zone", date="step", count="root"),
        method="C1",
        baseline=baseline,
        min_sigma=_POISSON_SD,
        alpha=float(ndtr(-z)),
    )
    t = told["score"].cast(pl.Float64).to_numpy() / spread
    in_counts = (pl.col("expected", "bound") ** 2 / 4 - 0.375).clip(lower_bound=0)
    chance = pl.Series("p", stdtr(baseline - 1, -t)).fill_nan(None)
    figures = told.select(in_counts, "score", chance, "alarm")
    judged = pl.concat([rooted.select("zone", "date"), figures], how="horizontal")
    return counts.sort("zone", "date").join(judged, on=["zone", "date"], how="left", maintain_order="left")


def _root(count: pl.Expr) -> pl.Expr:
    return 2 * (count + 0.375).sqrt()


def syndromic_signals(  # noqa: PLR0913 (records, zones, and settings by keyword)
    known: Records,
    zones: ZoneTree,
    *,
    detector: Detector = ears_of_roots,
    compare: Compare = "weekdays",
    weeks: int = 26,
    recent_days: int = 3,
    q: float = 0.05,
) -> list[Signal]:
    """Indicators that rose on one of the last days.

    Parameters
    ----------
    known : Records
        As-of view: indicators.
    zones : ZoneTree
        The tree; a count for a zone that it does not know is told for the whole area.
    detector : callable, default `ears_of_roots`
        Any detector: it gets the frame of counts (zone, date, count; a step is a week) and gives back its rows with
        expected, bound and alarm, and p where it has one.
    compare : {"weekdays", "weeks"}, default "weekdays"
        Each day with the same weekday of the weeks before, or the last seven days with the sevens before them: slower
        by some days, and steadier.
    weeks : int, default 26
        How far back the detector sees.
    recent_days : int, default 3
        The rise must lie within so many days, the as-of day included; reports come late.
    q : float, default 0.05
        Share of false ones among the signals told together (Benjamini-Hochberg over all series and recent days
        that have a p-value). A detector without p is taken at its word.

    Returns
    -------
    list of Signal
        The latest rise of each series, an alarm from twice the bound on. A series with too few weeks is not judged.
        Where a series has denominators, its counts are those for its usual denominator.

    Raises
    ------
    UsageError
        When `compare` is another word.
    """
    if compare not in get_args(Compare):
        raise UsageError("Indicators cannot be compared in that way.", allowed=", ".join(get_args(Compare)))
    series = indicator_series(known, days=weeks * DAYS_PER_WEEK)
    if series.is_empty():
        return []
    asked = to_compare(series, compare)
    told = detector(asked.select("zone", "date", "count"))
    dated = told.join(asked.select("zone", "date", "series", "day"), on=["zone", "date"], maintain_order="left")
    recent = dated.filter(pl.col("day") > known.day - timedelta(days=recent_days), pl.col("alarm").is_not_null())
    latest = _told_together(recent, q).sort("series", "day").unique("series", keep="last", maintain_order=True)
    facts = series.sort("date").unique("series", keep="last", maintain_order=True)
    found = latest.join(facts.select("series", "indicator", "source", of="zone"), on="series", maintain_order="left")
    return [_signal(row, zones, compare, q) for row in found.iter_rows(named=True)]


def _told_together(recent: pl.DataFrame, q: float) -> pl.DataFrame:
    """Rows that alarm, and of those with a p-value the ones that remain with all judged together."""
    if "p" not in recent.columns:
        return recent.filter("alarm").with_columns(p_adjusted=pl.lit(None, pl.Float64))
    adjusted = benjamini_hochberg(recent["p"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    judged = recent.with_columns(p_adjusted=pl.Series(adjusted, dtype=pl.Float64).fill_nan(None))
    return judged.filter(pl.col("alarm") & (pl.col("p_adjusted").is_null() | (pl.col("p_adjusted") <= q)))


def _signal(row: dict[str, Any], zones: ZoneTree, compare: Compare, q: float) -> Signal:
    day: date = row["day"]
    zone = row["of"] if row["of"] in zones.position else None
    p = row.get("p")
    span = 0 if compare == "weekdays" else DAYS_PER_WEEK - 1
    return Signal(
        id=f"syndromic:{row['of'] or ''}:{monday(day)}:{row['indicator']}:{row['source'] or ''}",
        detector="syndromic",
        zone=zone,
        first_day=day - timedelta(days=span),
        last_day=day,
        observed=row["count"],
        expected=row["expected"],
        bound=row["bound"],
        false_alarm_rate=q if p is not None else None,
        severity=severity_of(row["count"], row["bound"]),
        reason=_reason(compare, by=row["source"] is not None),
        facts={
            "indicator": row["indicator"],
            "source": row["source"] or "",
            "day": str(day),
            "count": row["count"],
            "expected": row["expected"],
        },
        evidence=(),
        p=p,
    )


def _reason(compare: Compare, *, by: bool) -> str:
    if compare == "weeks" and by:
        return "{count} for {indicator} by {source} in the 7 days to {day}; in the weeks before {expected} were usual."
    if compare == "weeks":
        return "{count} for {indicator} in the 7 days to {day}; in the weeks before {expected} were usual."
    if by:
        return "{count} for {indicator} by {source} on {day}; on this weekday {expected} would be usual."
    return "{count} for {indicator} on {day}; on this weekday {expected} would be usual."
