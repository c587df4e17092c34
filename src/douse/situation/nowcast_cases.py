"""Nowcast of Douse's own counted cases by day of onset."""

from datetime import date

import polars as pl

from douse.situation.nowcast import nowcast, nowcast_draws


def nowcast_cases(cases: pl.DataFrame, as_of: date, *, max_delay: int | None = None) -> pl.DataFrame:
    """Nowcast the counted cases by onset, from the days on which they were told.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases (`situation.cases.counted_cases`): onset, told_on. Cases without an onset cannot be placed and
        are left out, as are those told before their onset.
    as_of : datetime.date
        Day of the view.
    max_delay : int, optional
        Longest delay in days; see `nowcast`.

    Returns
    -------
    polars.DataFrame
        As `nowcast`, by day, with intervals of 50% and 95%.
    """
    return nowcast(reports_of(cases), as_of=as_of, step="day", max_delay=max_delay)


def nowcast_cases_draws(
    cases: pl.DataFrame, as_of: date, *, max_delay: int | None = None, draws: int = 1000, seed: int = 1
) -> pl.DataFrame:
    """Joint draws of `nowcast_cases`: draw, date, count."""
    return nowcast_draws(reports_of(cases), as_of=as_of, step="day", max_delay=max_delay, draws=draws, seed=seed)


def reports_of(cases: pl.DataFrame) -> pl.DataFrame:
    """Onset and day of the report of each counted case, in the form that `nowcast` takes."""
    return cases.select("onset", reported="told_on")
