"""Several detectors' answers for the same zones and dates as one."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import polars as pl

from douse.errors import UsageError
from douse.signals.multiplicity import combined

KEY = ("zone", "date")


def combine(answers: Sequence[pl.DataFrame], *, alpha: float = 0.01) -> pl.DataFrame:
    """One p-value a zone and date from the p-values of several detectors, dependent as they are.

    The detectors read the same counts, so their p-values depend strongly. The Cauchy combination is used: its tail
    holds whatever the dependence, it needs no simulation, and it is about the smallest p times the number of detectors
    when one stands out, about the common p when they agree. The harmonic mean p, the other candidate, needs a
    correction that depends on how many there are, and exceeds its rate without it.

    Parameters
    ----------
    answers : sequence of polars.DataFrame
        Answers of detectors with p-values; a row counts for the detectors that judged it.
    alpha : float, default 0.01
        Chance of a false alarm a step, where the p-values of the detectors hold theirs.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected and bound (those of the detector with the least p, the first of `answers` among
        equals), score (-log10 p), p, alarm (p <= alpha), detectors (number that judged). Null where none judged.
        Sorted by zone and date.

    Raises
    ------
    UsageError
        When there is no answer, one lacks a column, or alpha is out of range.

    References
    ----------
    Liu and Xie 2020, doi 10.1080/01621459.2018.1554485; Wilson 2019, doi 10.1073/pnas.1814092116.
    """
    _check(answers, alpha)
    parts = [
        one.select(
            *KEY, "count", *(pl.col(name).cast(pl.Float64).alias(f"{name}_{at}") for name in ("expected", "bound", "p"))
        )
        for at, one in enumerate(answers)
    ]
    joined = reduce(_join, parts).sort(KEY)
    p, expected, bound = (
        np.column_stack([joined[f"{name}_{at}"].to_numpy() for at in range(len(answers))])
        for name in ("p", "expected", "bound")
    )
    together = np.array([combined(row[~np.isnan(row)]) if np.isfinite(row).any() else np.nan for row in p])
    least = np.argmin(np.where(np.isnan(p), np.inf, p), axis=1)
    rows = np.arange(len(p))
    judged = ~np.isnan(together)
    figures = {
        "expected": np.where(judged, expected[rows, least], np.nan),
        "bound": np.where(judged, bound[rows, least], np.nan),
        "score": -np.log10(together),
        "p": together,
    }
    return joined.select(*KEY, "count").with_columns(
        *(pl.Series(name, values, nan_to_null=True) for name, values in figures.items()),
        alarm=pl.Series(together, nan_to_null=True) <= alpha,
        detectors=pl.Series(np.isfinite(p).sum(axis=1)),
    )


def _join(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return (
        one.join(other, on=KEY, how="full", coalesce=True, suffix="_other")
        .with_columns(count=pl.coalesce("count", "count_other"))
        .drop("count_other")
    )


def _check(answers: Sequence[pl.DataFrame], alpha: float) -> None:
    if not answers:
        raise UsageError("There is no answer to combine.", next_step="Give the answers of one detector or more.")
    for one in answers:
        for name in (*KEY, "count", "expected", "bound", "p"):
            if name not in one.columns:
                raise UsageError(f"An answer has no column {name}.", allowed="answers of detectors with p-values")
    if not 0 < alpha < 1:
        raise UsageError("The alpha of the combination is out of range.", allowed="between 0 and 1")
