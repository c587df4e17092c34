"""Distributions of the delays of the counted cases: onset to report, to isolation, to outcome ..."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from douse.errors import UsageError
from douse.situation.delay_fit import Choice, delays
from douse.situation.delay_pairs import group_columns

# Name -> columns of the counted cases; a moment is used by its day.
CASE_DELAYS: Mapping[str, tuple[str, str]] = {
    "onset_to_test": ("onset", "tested_at"),
    "onset_to_report": ("onset", "reported_at"),
    "onset_to_known": ("onset", "told_on"),
    "onset_to_isolation": ("onset", "isolated_at"),
    "onset_to_hospital": ("onset", "hospitalised_on"),
    "onset_to_outcome": ("onset", "outcome_on"),
    "test_to_confirmation": ("tested_at", "confirmed_at"),
    "confirmation_to_report": ("confirmed_at", "reported_at"),
    "report_to_isolation": ("reported_at", "isolated_at"),
}


def fit_case_delays(  # noqa: PLR0913  the cases, the day, and the choices by keyword
    cases: pl.DataFrame,
    as_of: date,
    *,
    names: Sequence[str] = tuple(CASE_DELAYS),
    family: Choice = "best",
    by: str | Sequence[str] | None = None,
    every: str | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """Delays of the counted cases (onset to report, to isolation ...), with what is still to come allowed for.

    Each date is a whole day; a delay could be seen up to the end of the as-of day.

    Parameters
    ----------
    cases : polars.DataFrame
        As from `counted_cases`.
    as_of : date
        Last day on record.
    names : sequence of str
        Of `CASE_DELAYS`.
    family, by, level
        As in `delays`; `by` names columns of the cases.
    every : str, optional
        Length of the periods of the first event ("1w", "1mo"): one fit each, in a column ``period``.

    Returns
    -------
    polars.DataFrame
        delay, then as `delays`. A delay that no case shows has rows with `why_not`.

    Raises
    ------
    UsageError
        When a name is not one of `CASE_DELAYS`.
    """
    unknown = [name for name in names if name not in CASE_DELAYS]
    if unknown:
        raise UsageError("There is no delay of that name.", allowed=", ".join(CASE_DELAYS))
    groups = [*group_columns(by), *(["period"] if every else [])]
    return pl.concat(
        delays(_case_pairs(cases, as_of, name, every), family=family, by=groups or None, level=level).select(
            pl.lit(name).alias("delay"), pl.all()
        )
        for name in names
    )


def _case_pairs(cases: pl.DataFrame, as_of: date, name: str, every: str | None) -> pl.DataFrame:
    start, end = CASE_DELAYS[name]
    dated = cases.with_columns(
        primary_from=pl.col(start).cast(pl.Date), secondary_from=pl.col(end).cast(pl.Date), observed_until=pl.lit(as_of)
    ).filter(pl.col("primary_from").is_not_null() & (pl.col("secondary_from") <= as_of))
    dated = dated.drop("left", "right", "EL", "ER", "SL", "SR", "primary_to", "secondary_to", strict=False)
    return dated.with_columns(period=pl.col("primary_from").dt.truncate(every)) if every else dated
