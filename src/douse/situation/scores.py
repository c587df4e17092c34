"""Scores of predictions given as a median and central intervals."""

import polars as pl

from douse.errors import UsageError

NEEDED = ("level", "lower", "upper", "median", "truth")


def intervals(frame: pl.DataFrame) -> pl.DataFrame:
    """Long form of columns lower_<p> and upper_<p> (p in per cent): one row a row given and level.

    Parameters
    ----------
    frame : polars.DataFrame
        For example a nowcast, with the truth joined to it.

    Returns
    -------
    polars.DataFrame
        The other columns, level (0 to 1), lower, upper.
    """
    named = [name.removeprefix("lower_") for name in frame.columns if name.startswith("lower_")]
    others = frame.drop(f"{side}_{p}" for p in named for side in ("lower", "upper"))
    parts = [
        others.with_columns(
            level=pl.lit(float(p) / 100),
            lower=frame[f"lower_{p}"].cast(pl.Float64),
            upper=frame[f"upper_{p}"].cast(pl.Float64),
        )
        for p in named
    ]
    if not parts:
        raise UsageError("The frame has no intervals.", allowed="columns lower_<p> and upper_<p>, such as lower_95")
    return pl.concat(parts)


def wis(predictions: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Weighted interval score, with its three parts; in the unit of the counts, smaller is better.

    (|truth - median| / 2 + sum over levels of alpha / 2 x interval score) / (K + 1/2) with alpha = 1 - level and
    K levels: an approximation of the continuous ranked probability score.

    Parameters
    ----------
    predictions : polars.DataFrame
        level, lower, upper, median, truth and the columns of `by`; one row a prediction and level (see
        `intervals`). All predictions have the same levels. Rows without a truth are left out.
    *by : str
        Columns whose values are scored apart (date, zone, horizon); without any, all together.

    Returns
    -------
    polars.DataFrame
        `by`, wis, dispersion, underprediction, overprediction (parts of wis; the median's error counts to the
        last two), as means over the predictions; by `by`.

    Raises
    ------
    UsageError
        When a column is missing.

    References
    ----------
    Bracher et al. 2021, doi 10.1371/journal.pcbi.1008618.
    """
    known = _known(predictions, by)
    levels = known["level"].n_unique()
    # per row: its interval's part, and 1/K of what the median adds
    alpha, error = 1 - pl.col("level"), (pl.col("truth") - pl.col("median")) / (2 * levels)
    parts = {
        "dispersion": alpha / 2 * (pl.col("upper") - pl.col("lower")),
        "underprediction": (pl.col("truth") - pl.col("upper")).clip(0) + error.clip(0),
        "overprediction": (pl.col("lower") - pl.col("truth")).clip(0) + (-error).clip(0),
    }
    scored = known.select(*by, **{name: part * levels / (levels + 0.5) for name, part in parts.items()})
    total = pl.sum_horizontal(*parts)
    return _by(scored.with_columns(wis=total), by, [pl.col("wis", *parts).mean()])


def coverage(predictions: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Share of truths inside the interval of each level, bounds included.

    Parameters
    ----------
    predictions, *by
        As in `wis`.

    Returns
    -------
    polars.DataFrame
        `by`, level, covered, predictions (their number); by `by` and level.
    """
    known = _known(predictions, by)
    inside = pl.col("truth").is_between(pl.col("lower"), pl.col("upper"))
    return _by(known, (*by, "level"), [inside.mean().alias("covered"), pl.len().cast(pl.Int64).alias("predictions")])


def errors(predictions: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Mean absolute error and bias (median - truth) of the median.

    Parameters
    ----------
    predictions, *by
        As in `wis`; only median and truth are read. Each row counts, so give one level alone or all for each.

    Returns
    -------
    polars.DataFrame
        `by`, mae, bias; by `by`.
    """
    away = pl.col("median") - pl.col("truth")
    known = _known(predictions, by, needed=("median", "truth"))
    return _by(known, by, [away.abs().mean().alias("mae"), away.mean().alias("bias")])


def _known(predictions: pl.DataFrame, by: tuple[str, ...], needed: tuple[str, ...] = NEEDED) -> pl.DataFrame:
    missing = [name for name in (*needed, *by) if name not in predictions.columns]
    if missing:
        raise UsageError("The predictions lack a column that a score needs.", allowed=", ".join((*needed, *by)))
    numbers = [name for name in needed if name != "level"]
    return predictions.drop_nulls("truth").with_columns(pl.col(numbers).cast(pl.Float64))


def _by(frame: pl.DataFrame, by: tuple[str, ...], figures: list[pl.Expr]) -> pl.DataFrame:
    return frame.group_by(*by).agg(figures).sort(*by) if by else frame.select(figures)
