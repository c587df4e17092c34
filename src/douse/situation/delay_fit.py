"""Distributions of delays, from dated pairs that are coarse and cut off."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from douse.errors import UsageError
from douse.kernels import delay_likelihood, newton
from douse.kernels.delay_families import FAMILIES
from douse.situation.delay_pairs import Pairs, collapse, group_columns, windows_of

Floats = NDArray[np.float64]
Named = Literal["lognormal", "gamma", "weibull"]
Choice = Literal["lognormal", "gamma", "weibull", "best"]

PARAMETERS: Mapping[Named, tuple[str, ...]] = {
    "lognormal": ("meanlog", "sdlog"),
    "gamma": ("shape", "rate", "scale"),
    "weibull": ("shape", "scale"),
}
_SUMMARIES = ("mean", "sd", "median", "p5", "p95", "p99")
_PERCENTILES = np.array([0.5, 0.05, 0.95, 0.99])
# A standard error of a log this large, or a spread this small against the windows, says that the data do not tell.
_MOST_SE, _LEAST_SPREAD = 3.0, 1e-3
_BOX = 30.0

_FIGURES = {
    "family": pl.String, "parameter": pl.String, "estimate": pl.Float64, "se": pl.Float64, "lower": pl.Float64,
    "upper": pl.Float64, "loglik": pl.Float64, "aic": pl.Float64, "n": pl.Float64, "truncated": pl.Float64,
    "left_out": pl.Int64, "why_not": pl.String,
}  # fmt: skip


class Fit(NamedTuple):
    """One family on one group; all but `why_not` None where it cannot be estimated."""

    family: Named
    point: Floats | None = None  # centre and log spread, see `_natural`
    covariance: Floats | None = None
    loglik: float | None = None
    why_not: str = ""


def delays(  # noqa: PLR0913  the pairs, and the choices by keyword
    pairs: pl.DataFrame,
    *,
    family: Choice = "best",
    by: str | Sequence[str] | None = None,
    weight: str | None = None,
    interval: Literal["log", "wald"] = "log",
    level: float = 0.95,
) -> pl.DataFrame:
    """Fit a distribution to delays by maximum likelihood: coarse at both ends, cut off at the right.

    Parameters
    ----------
    pairs : polars.DataFrame
        One row a delay, in one of these forms (the first whose columns are there):

        - ``EL, ER, SL, SR`` and ``type``: first event within [EL, ER], second within [SL, SR]; type 0 both coarse, 1
          one window for the delay, 2 known to the moment (R's coarseDataTools); without ``type`` all are 0;
        - ``left, right`` and, where they are there, ``pwindow`` and ``D``: the delay lies in (left, right] counted from
          the beginning of a window of width ``pwindow`` (0: a moment) in which the first event lies anywhere, and
          could only be seen up to ``D`` (R's primarycensored, fitdistrplus). No left: 0; no right: it still lasts; no
          D: no limit;
        - ``primary_from, secondary_from`` and, where they are there, ``primary_to, secondary_to, observed_until``:
          dates, each lasting until the end of its day, or moments; no ``_to``: the same day or moment.
    family : {"best", "lognormal", "gamma", "weibull"}
        "best": the one with the least AIC.
    by : str or sequence of str, optional
        Columns: one fit a combination of their values (group, month of the first event ...).
    weight : str, optional
        Column that says how many delays a row stands for.
    interval : {"log", "wald"}
        "log": symmetric on the scale of the logarithm (all but meanlog), so never below 0; "wald": symmetric on the
        scale of the figure, as in coarseDataTools.
    level : float
        Of the intervals, which use Student's t with n - 1 degrees of freedom.

    Returns
    -------
    polars.DataFrame
        `by`, family, parameter, estimate, se, lower, upper, loglik, aic, n, truncated, left_out, why_not. Rows by
        group: the parameters (meanlog, sdlog; shape, rate, scale; shape, scale), then mean, sd, median, p5, p95, p99,
        in days or the unit given. `n` counts delays, `truncated` those with a limit, `left_out` rows without a delay or
        with one that is not above 0. Figures are null where the data do not tell them, and `why_not` says so. With
        EL .. SR the log-likelihood is that of coarseDataTools: not divided by the width of the first window.

    Raises
    ------
    UsageError
        When columns are missing, windows are upside down, a delay lies beyond its limit, an argument is out of range.

    Notes
    -----
    The first event is taken as equally likely at all moments of its window. While cases double faster than the
    window is long that is not so, and delays come out a little too long. Truncation is corrected for; with
    most delays still to come the answer is wide or null.

    References
    ----------
    Reich et al. 2009, doi 10.1002/sim.3659; Park et al. 2024, doi 10.1101/2024.01.12.24301247;
    Charniga et al. 2024, doi 10.1371/journal.pcbi.1012520.
    """
    _check(family, interval, level)
    groups = group_columns(by)
    missing = [name for name in groups if name not in pairs.columns]
    if missing:
        raise UsageError(f"The pairs have no column {missing[0]}.", allowed=", ".join(pairs.columns))
    rows = windows_of(pairs, weight)
    schema = {name: pairs.schema[name] for name in groups} | _FIGURES
    parts = rows.partition_by(groups, maintain_order=True, as_dict=True) if groups else {(): rows}
    answer = [
        (*key, *line)
        for key, part in parts.items()
        for line in _lines(*_best(collapse(part), family), interval=interval, level=level)
    ]
    found = pl.DataFrame(answer, schema=schema, orient="row")
    return found.sort(groups, maintain_order=True) if groups else found


def delay_weights(found: pl.DataFrame, days: int) -> Floats:
    """Chance of a delay of 0, 1 ... days - 1 whole days between two dates, from a fit.

    The first event lies anywhere in its day. What lies beyond is left out, so the sum is a little below 1.

    Parameters
    ----------
    found : polars.DataFrame
        As from `delays`, of one group.
    days : int

    Raises
    ------
    UsageError
        When the frame holds more than one fit, or one without figures.
    """
    figures = dict(found.select("parameter", "estimate").iter_rows())
    family = found["family"].unique().to_list()
    if len(family) != 1 or len(figures) != found.height or None in figures.values():
        raise UsageError("The delays hold no fit, or more than one.", next_step="Choose the rows of one group.")
    first, second = (np.array([[figures[name]]]) for name in PARAMETERS[family[0]][:2])
    edges = np.arange(days + 1, dtype=np.float64)
    by_edge = delay_likelihood.censored_cdf(FAMILIES[family[0]], first, second, edges, np.ones(days + 1))[0]
    return np.diff(by_edge)


def _best(pairs: Pairs, family: Choice) -> tuple[Pairs, Fit]:
    names: tuple[Named, ...] = get_args(Named) if family == "best" else (family,)
    fits = [_fit(pairs, name) for name in names]
    told = [fit for fit in fits if fit.loglik is not None]
    return pairs, max(told, key=lambda fit: fit.loglik or 0.0) if told else fits[0]


def _fit(pairs: Pairs, name: Named) -> Fit:
    rows = pairs.rows
    if pairs.n < 2:
        return Fit(name, why_not="There are fewer than two delays.")
    start = _start(rows)
    if start is None:
        return Fit(name, why_not="No delay has ended, so its length cannot be told.")

    def surface(points: Floats) -> Floats:
        values = delay_likelihood.log_likelihood(FAMILIES[name], *_natural(name, np.clip(points, -_BOX, _BOX)), rows)
        return np.where(np.isfinite(values), values, -1e300)

    point, top, hessian, at_rest = newton.maximise(surface, start)
    narrow = float(np.exp(point[1])) < _LEAST_SPREAD
    if narrow or not at_rest:
        return Fit(name, why_not=_unsettled(narrow=narrow, pairs=pairs))
    covariance = np.linalg.inv(-hessian)
    if float(np.sqrt(np.diag(covariance)).max()) > _MOST_SE:
        return Fit(name, why_not=_unsettled(narrow=float(point[1]) < np.log(0.1), pairs=pairs))
    return Fit(name, point, np.asarray(covariance, dtype=np.float64), top + pairs.offset)


def _unsettled(*, narrow: bool, pairs: Pairs) -> str:
    if narrow or not pairs.truncated:
        return "The delays differ too little, for how coarsely they are known, to tell their spread."
    return "Too many delays are still to end to tell how long they get."


def _start(rows: delay_likelihood.Windows) -> Floats | None:
    """Centre and log spread on the log scale, from the middles of the windows."""
    right = np.minimum(rows.right, rows.limit)
    ended = np.isfinite(right)
    if not ended.any():
        return None
    weight = rows.weight[ended]
    middle = (np.maximum(rows.left, 0) + right - rows.width)[ended] / 2
    logged = np.log(np.maximum(middle, 0.25 * right[ended]))
    centre = np.average(logged, weights=weight)
    spread = np.sqrt(np.average((logged - centre) ** 2, weights=weight))
    return np.array([centre, np.log(max(spread, 0.2))])


def _natural(name: Named, points: Floats) -> tuple[Floats, Floats]:
    """Parameters of a family from centre and log spread, shape (B, 2).

    Centre: meanlog, log mean (gamma), log scale (Weibull). Spread: sdlog, coefficient of variation (gamma), 1 / shape
    (Weibull).
    """
    centre, log_spread = points[:, 0], points[:, 1]
    if name == "lognormal":
        return centre, np.exp(log_spread)
    if name == "gamma":
        shape = np.exp(-2 * log_spread)
        return shape, shape * np.exp(-centre)
    return np.exp(-log_spread), np.exp(centre)


def _figures(name: Named, points: Floats) -> Floats:
    """Parameters and summaries, in the order of their names, shape (B, figures)."""
    family = FAMILIES[name]
    first, second = _natural(name, points)
    own = [first, second, 1 / second] if name == "gamma" else [first, second]
    quantiles = family.quantile(_PERCENTILES[:, None], first[None, :], second[None, :])
    return np.stack([*own, *family.moments(first, second), *quantiles], axis=1)


def _lines(pairs: Pairs, fit: Fit, *, interval: str, level: float) -> Iterator[tuple[object, ...]]:
    """Rows of the answer for one group."""
    names = (*PARAMETERS[fit.family], *_SUMMARIES)
    counts = (pairs.n, pairs.truncated, pairs.left_out, fit.why_not or None)
    if fit.point is None or fit.covariance is None or fit.loglik is None:
        for name in names:
            yield (fit.family, name, *([None] * 6), *counts)
        return
    shift = 1e-5 * np.concatenate([np.zeros((1, 2)), np.eye(2), -np.eye(2)])
    values = _figures(fit.family, fit.point + shift)
    slopes = (values[1:3] - values[3:5]) / 2e-5
    se = np.sqrt(np.einsum("if,ij,jf->f", slopes, fit.covariance, slopes))
    t = float(stdtrit(max(pairs.n - 1, 1), (1 + level) / 2))
    for name, estimate, error in zip(names, values[0].tolist(), se.tolist(), strict=True):
        if interval == "wald" or name == "meanlog":
            bounds = (estimate - t * error, estimate + t * error)
        else:
            bounds = (estimate * np.exp(-t * error / estimate), estimate * np.exp(t * error / estimate))
        # A heavy tail may have a mean beyond all numbers.
        numbers = (value if np.isfinite(value) else None for value in (estimate, error, *map(float, bounds)))
        yield (fit.family, name, *numbers, fit.loglik, 4 - 2 * fit.loglik, *counts)


def _check(family: str, interval: str, level: float) -> None:
    if family not in get_args(Choice):
        raise UsageError("There is no family of delays of that name.", allowed=", ".join(get_args(Choice)))
    if interval not in {"log", "wald"}:
        raise UsageError("There is no interval of that name.", allowed="log, wald")
    if not 0 < level < 1:
        raise UsageError("The level of the intervals is out of range.", allowed="between 0 and 1")
