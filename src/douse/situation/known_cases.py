"""Cases as they were known on a day, for figures that are made from frames of cases."""

from datetime import date

import polars as pl

from douse.errors import UsageError

_WHEN = {"onset": pl.Date, "day": pl.Date, "told_on": pl.Date, "hospitalised_on": pl.Date, "outcome_on": pl.Date}
_WHAT = {"case_id": pl.String, "infector": pl.String, "outcome": pl.String, "severity": pl.String, "age": pl.Int64}


def known_cases(cases: pl.DataFrame, as_of: date, *needed: str) -> pl.DataFrame:
    """The cases known at the end of a day, with every column that the figures read.

    Parameters
    ----------
    cases : polars.DataFrame
        One row a case: `Situation.cases`, or any frame with some of case_id, infector, onset, day, told_on,
        hospitalised_on, severity, outcome, outcome_on, age. A case without `told_on` counts as told on its day; `day`
        is the onset where it is not given.
    as_of : date
        Cases told or dated later are left out; outcomes and admissions dated later are not known yet.
    *needed : str
        Columns that must be there.

    Raises
    ------
    UsageError
        When a column that is needed is missing or a date is not a date.
    """
    missing = [name for name in needed if name not in cases.columns]
    if missing:
        raise UsageError(f"The cases have no column {missing[0]}.", allowed=", ".join(needed))
    wrong = [name for name in _WHEN if name in cases.columns and cases.schema[name] not in (pl.Date, pl.Null)]
    if wrong:
        raise UsageError(f"The column {wrong[0]} of the cases does not hold dates.", next_step="Cast it to a date.")
    absent = {**_WHEN, **_WHAT}
    full = cases.with_columns(
        pl.col(name).cast(kind) if name in cases.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in absent.items()
    )
    full = full.with_columns(day=pl.coalesce("day", "onset", "told_on"))
    full = full.with_columns(told_on=pl.coalesce("told_on", "day"))
    seen = full.filter(pl.col("day").is_null() | (pl.col("day") <= as_of)).filter(
        pl.col("told_on").is_null() | (pl.col("told_on") <= as_of)
    )
    over = pl.col("outcome_on").is_null() | (pl.col("outcome_on") <= as_of)
    return seen.with_columns(
        outcome=pl.when(over).then("outcome"),
        outcome_on=pl.when(over).then("outcome_on"),
        hospitalised_on=pl.when(pl.col("hospitalised_on") <= as_of).then("hospitalised_on"),
    )
