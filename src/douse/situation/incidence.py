"""Cases a day: the epidemic curve, and the counts by age group and origin."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from douse.situation.cases import LINKS
from douse.situation.reporting_delay import DATE_OF
from douse.situation.situation import ReportingDelay
from douse.units import DAYS_PER_WEEK

ORIGINS = ("imported", "local", "unknown")
_OLDEST_BAND = 8  # 80 years and over
_AGE_GROUPS = (*(f"{10 * band}-{10 * band + 9}" for band in range(_OLDEST_BAND)), f"{10 * _OLDEST_BAND}+", "unknown")


def curve(cases: pl.DataFrame, as_of: date, delays: Mapping[str, ReportingDelay]) -> pl.DataFrame:
    """Epidemic curve: every day from the first case to the as-of day, by basis and origin.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases.
    as_of : date
        Last day of the curve.
    delays : Mapping[str, ReportingDelay]
        By basis; mark the days that may still grow.

    Returns
    -------
    polars.DataFrame
        date, basis, origin, cases, incomplete; by basis, date, origin. A basis that dates no case has no rows.
        Imported: `link` is imported. Local: the origin says so, or the case is linked to another. Else unknown.
    """
    dated = pl.concat([cases.select(date=day, basis=pl.lit(basis), origin=_origin()) for basis, day in DATE_OF.items()])
    counts = dated.drop_nulls("date").group_by("basis", "date", "origin").agg(cases=pl.len().cast(pl.Int64))
    days = pl.DataFrame({"date": _days(counts["date"].min(), as_of)}, schema={"date": pl.Date})
    grid = counts.select("basis").unique().join(days, how="cross")
    grid = grid.join(pl.DataFrame({"origin": ORIGINS}, schema={"origin": pl.String}), how="cross")
    filled = grid.join(counts, on=["basis", "date", "origin"], how="left")
    days_left = pl.col("basis").replace_strict({b: d.days for b, d in delays.items()}, return_dtype=pl.Int64)
    return filled.select(
        "date",
        "basis",
        "origin",
        pl.col("cases").fill_null(0),
        incomplete=(pl.lit(as_of) - pl.col("date")).dt.total_days() < days_left,
    ).sort("basis", "date", "origin")


def trend_basis(
    cases: pl.DataFrame,
    as_of: date,
    delays: Mapping[str, ReportingDelay],
    *,
    least_onset_share: float = 0.8,
    most_days: int = DAYS_PER_WEEK,
) -> tuple[str, date]:
    """Basis and last day of the series that R and growth are read from.

    By onset, without the days that may still grow, where at least `least_onset_share` of cases have an onset, at
    most `most_days` days may still grow (else the figures would be of the past), and more than a week is
    complete. Else by report, which is complete by its nature.
    """
    onset = cases["onset"].drop_nulls()
    first, open_days = onset.min(), delays["onset"].days
    last = as_of - timedelta(days=open_days)
    usable = len(onset) >= least_onset_share * cases.height and open_days <= most_days
    if usable and isinstance(first, date) and (last - first).days >= DAYS_PER_WEEK:
        return "onset", last
    return "reported", as_of


def daily_counts(cases: pl.DataFrame, basis: str, last: date, *, by: str | None = None) -> pl.DataFrame:
    """Local and imported cases on every day from the first case to `last`.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases.
    basis : str
        onset | confirmed | reported.
    last : date
        Last day.
    by : str, optional
        Column of `cases` (zone, sex, ...): one series a value; rows without one are left out.

    Returns
    -------
    polars.DataFrame
        `by`, date, local (linked or unlinked), imported; by series and date. All series cover the same days.
    """
    groups = [by] if by else []
    dated = cases.select(*groups, "link", date=DATE_OF[basis]).drop_nulls().filter(pl.col("date") <= last)
    imported = pl.col("link") == "imported"
    counts = dated.group_by(*groups, "date").agg(
        local=(~imported).sum().cast(pl.Int64), imported=imported.sum().cast(pl.Int64)
    )
    grid = pl.DataFrame({"date": _days(counts["date"].min(), last)}, schema={"date": pl.Date})
    if by:
        grid = counts.select(by).unique().join(grid, how="cross")
    filled = grid.join(counts, on=[*groups, "date"], how="left")
    return filled.with_columns(pl.col("local", "imported").fill_null(0)).sort(*groups, "date")


def by_age(cases: pl.DataFrame) -> pl.DataFrame:
    """Cases, deaths and severe cases by ten-year age group; unknown ages last."""
    band = (pl.col("age") // 10).clip(upper_bound=_OLDEST_BAND).fill_null(_OLDEST_BAND + 1)
    groups = dict(enumerate(_AGE_GROUPS))
    counts = cases.group_by(age_group=band.replace_strict(groups, return_dtype=pl.String)).agg(
        cases=pl.len().cast(pl.Int64),
        deaths=(pl.col("outcome") == "died").sum().cast(pl.Int64),
        severe=pl.col("severity").cast(pl.String).is_in(["severe", "critical"]).sum().cast(pl.Int64),
    )
    frame = pl.DataFrame({"age_group": _AGE_GROUPS}, schema={"age_group": pl.String})
    return frame.join(counts, on="age_group", how="left", maintain_order="left").fill_null(0)


def by_origin(cases: pl.DataFrame) -> pl.DataFrame:
    """Imported, linked and unlinked cases, with their share of all (null without cases)."""
    counts = cases.group_by(origin="link").agg(cases=pl.len().cast(pl.Int64))
    frame = pl.DataFrame({"origin": LINKS}, schema={"origin": pl.String})
    filled = frame.join(counts, on="origin", how="left", maintain_order="left").fill_null(0)
    share = pl.col("cases") / cases.height if cases.height else pl.lit(None, dtype=pl.Float64)
    return filled.with_columns(share=share)


def _origin() -> pl.Expr:
    local = (pl.col("origin") == "local").fill_null(value=False) | (pl.col("link") == "linked")
    return (
        pl.when(pl.col("link") == "imported")
        .then(pl.lit("imported"))
        .when(local)
        .then(pl.lit("local"))
        .otherwise(pl.lit("unknown"))
    )


def _days(first: object, last: date) -> list[date]:
    if not isinstance(first, date):
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
