"""Travellers by origin: how many came, were tested, were found infected."""

from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from douse.units import DAYS_PER_WEEK

# Tests that are taken whatever the symptoms; those for a diagnosis would make every origin look worse than it is.
_TAKEN_ANYWAY = ("contact", "screening", "entry", "release")


class Period(NamedTuple):
    """Days of arrivals that are judged, and the weeks that they are judged by."""

    as_of: date  # last day
    window_days: int
    weeks_before: int
    incubation_days: int  # a case or a test so long after an arrival still speaks of it

    @property
    def started(self) -> date:
        """Day before the window."""
        return self.as_of - timedelta(days=self.window_days)


def travellers_by_origin(
    arrivals: pl.DataFrame, cases: pl.DataFrame, tests: pl.DataFrame | None, period: Period
) -> pl.DataFrame:
    """Counts of each origin in the window that ends on the as-of day, and in the weeks before it.

    Parameters
    ----------
    arrivals : polars.DataFrame
        person_id, arrived_at, origin; those without an origin are left out.
    cases : polars.DataFrame
        Counted cases: case_id, person, told_on. A case belongs to an arrival of its person when it was told from that
        day on and within `incubation_days`.
    tests : polars.DataFrame or None
        person_id, sampled_at, purpose, result. A test belongs to an arrival likewise, when it has a result; tests for
        a diagnosis do not count.
    period : Period
        What is judged by what.

    Returns
    -------
    polars.DataFrame
        origin, arrivals, cases, tested, positive, and the same of the weeks before with ``_before``; one row an
        origin, by name.
    """
    coming = (
        arrivals.select("person_id", "origin", arrived=pl.col("arrived_at").dt.date())
        .filter(
            pl.col("origin").is_not_null(),
            pl.col("arrived") <= period.as_of,
            pl.col("arrived") > period.started - timedelta(days=period.weeks_before * DAYS_PER_WEEK),
        )
        .with_row_index("traveller")
    )
    of_cases = pl.concat(
        [cases.select(key="person", day="told_on"), cases.select(key="case_id", day="told_on")]
    ).with_columns(positive=pl.lit(value=True))
    found = _within(coming, of_cases, period.incubation_days)
    tested = _within(coming, _results(tests), period.incubation_days) if tests is not None else found.clear()
    figures = coming.select(
        "origin",
        now=pl.col("arrived") > period.started,
        case=pl.col("traveller").is_in(found["traveller"].implode()),
        tested=pl.col("traveller").is_in(tested["traveller"].implode()),
        positive=pl.col("traveller").is_in(tested.filter("positive")["traveller"].implode()),
    )
    sums = [_sum(period, suffix) for period, suffix in ((pl.col("now"), ""), (~pl.col("now"), "_before"))]
    return figures.group_by("origin").agg(*sums[0], *sums[1]).sort("origin")


def _results(tests: pl.DataFrame) -> pl.DataFrame:
    purpose, result = pl.col("purpose").cast(pl.String), pl.col("result").cast(pl.String)
    return tests.filter(
        purpose.is_null() | purpose.is_in(_TAKEN_ANYWAY), result.is_in(["positive", "negative"])
    ).select(key="person_id", day=pl.col("sampled_at").dt.date(), positive=result == "positive")


def _within(coming: pl.DataFrame, events: pl.DataFrame, days: int) -> pl.DataFrame:
    """Events of travellers from their arrival on, within so many days: traveller, positive."""
    since = (pl.col("day") - pl.col("arrived")).dt.total_days()
    return (
        coming.join(events, left_on="person_id", right_on="key")
        .filter(since.is_between(0, days))
        .select("traveller", "positive")
        .unique()
    )


def _sum(period: pl.Expr, suffix: str) -> list[pl.Expr]:
    counted = {"cases": pl.col("case"), "tested": pl.col("tested"), "positive": pl.col("positive")}
    return [
        period.sum().cast(pl.Int64).alias(f"arrivals{suffix}"),
        *((flag & period).sum().cast(pl.Int64).alias(f"{name}{suffix}") for name, flag in counted.items()),
    ]
