"""False alarms among many zones: which of a date's alarms stand when all zones are looked at together."""

from typing import Literal

import numpy as np
import polars as pl

from douse.errors import UsageError
from douse.signals.multiplicity import Floats, benjamini_hochberg

Method = Literal["bh", "by"]


def control(answers: pl.DataFrame, *, q: float = 0.1, by: str = "date", method: Method = "bh") -> pl.DataFrame:
    """Control the false discovery rate of a detector's answers.

    Of the alarms that stand, at most a share `q` is expected to be false. Benjamini-Hochberg holds it for independent
    and positively dependent zones (a zone and those within it); Benjamini-Yekutieli for any dependence, at the price
    of power.

    p-values of counts are discrete. Those that are the chance of a count as large are larger than uniform ones where
    nothing is wrong, and the rate is held with room to spare; mid-p values (Shiryaev-Roberts) are uniform on average
    only. No randomisation is applied: the answer is the same twice.

    Parameters
    ----------
    answers : polars.DataFrame
        A detector's answer with a column p (null where not judged, which then counts as no test) and the column `by`.
    q : float, default 0.1
        Share of false ones among the alarms that stand.
    by : str, default "date"
        Column whose values are controlled each on its own: all zones of a date.
    method : {"bh", "by"}
        Benjamini-Hochberg or Benjamini-Yekutieli.

    Returns
    -------
    polars.DataFrame
        `answers` with q_value (the least q at which it would stand) and alarm_controlled (q_value <= q); both null
        where p is null. Rows keep their order.

    Raises
    ------
    UsageError
        When a column is missing, p is not between 0 and 1, or an argument is out of range.

    References
    ----------
    Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x; Benjamini and Yekutieli 2001,
    doi 10.1214/aos/1013699998.
    """
    _check(answers, q, by, method)
    p = answers["p"].cast(pl.Float64).to_numpy()
    group = answers.select(pl.col(by).rank("dense").fill_null(0)).to_series().to_numpy()
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        adjusted[rows] = q_values(p[rows], method=method)
    found = pl.Series("q_value", adjusted, nan_to_null=True)
    return answers.with_columns(found, (found <= q).alias("alarm_controlled"))


def q_values(p: Floats, *, method: Method = "bh") -> Floats:
    """Least false discovery rate at which each p-value, shape (N,), would stand; NaN where p is NaN."""
    adjusted = benjamini_hochberg(p)
    if method == "bh":
        return adjusted
    tests = int(np.count_nonzero(~np.isnan(adjusted)))
    raised: Floats = np.minimum(adjusted * np.sum(1 / np.arange(1, tests + 1)), 1.0)
    return raised


def _check(answers: pl.DataFrame, q: float, by: str, method: str) -> None:
    for name in ("p", by):
        if name not in answers.columns:
            raise UsageError(f"The answers have no column {name}.", next_step="Give a detector's answer with p-values.")
    if answers.select(((pl.col("p") < 0) | (pl.col("p") > 1)).any()).item():
        raise UsageError("A p-value of the answers is out of range.", allowed="0 to 1, or null")
    if not 0 < q < 1:
        raise UsageError("The share of false alarms is out of range.", allowed="between 0 and 1")
    if method not in ("bh", "by"):
        raise UsageError("There is no control of that name.", allowed="bh, by")
