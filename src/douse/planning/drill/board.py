"""The scoreboard: each policy over its drills, and against another on the same worlds."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from douse.planning.drill.many import Result
from douse.planning.drill.score import Score

# What the board shows, in order: name, how it is read from a score (None: not in this drill).
FIGURES: dict[str, Callable[[Score], float | None]] = {
    "infections": lambda score: score.quantities.infections,
    "cases": lambda score: score.quantities.cases,
    "deaths": lambda score: score.quantities.deaths,
    "over_days": lambda score: score.over_days,
    "community_zero": lambda score: score.community_zero,
    "restricted": lambda score: score.quantities.restricted,
    "apart": lambda score: score.apart,
    "tests": lambda score: score.quantities.single_tests + score.quantities.people_screened,
    "tubes": lambda score: score.quantities.single_tests + score.quantities.pooled_tubes,
    "beds_short": lambda score: score.beds_short,
    "economic": lambda score: score.spent.economic,
    "social": lambda score: score.spent.social,
    "livelihood": lambda score: score.spent.livelihood,
    "measures": lambda score: score.spent.measures,
    "epidemic": lambda score: score.spent.epidemic,
}
IN_TIME = "in_time"


def scoreboard(results: Sequence[Result]) -> pl.DataFrame:
    """Median and 5% to 95% of each figure over the drills of a policy.

    Returns
    -------
    polars.DataFrame
        policy, what, n (drills in which it came about), median, q05, q95; and a row `in_time`, whose median is the
        share of drills that were over in time, its range the 90% interval of that share (Wilson 1927). What did not
        come about (an end, say) counts as later than any day: a quantile among those is empty.
    """
    rows: list[tuple[Any, ...]] = []
    for policy in policies_of(results):
        scores = [result.score for result in results if result.task.policy == policy]
        rows.append((policy, IN_TIME, len(scores), *share_of([score.in_time for score in scores])))
        for what, read in FIGURES.items():
            values = [read(score) for score in scores]
            known = sum(value is not None for value in values)
            rows.append((policy, what, known, *_quantiles([np.inf if v is None else v for v in values])))
    return _frame(rows, "policy")


def against(results: Sequence[Result], baseline: str) -> pl.DataFrame:
    """Differences to another policy on the same worlds: of the policy less of the baseline, drill by drill.

    Returns
    -------
    polars.DataFrame
        policy, what, n (drills in which both are known), median, q05, q95; `in_time` is the difference of the shares,
        with the 90% range of its mean over the drills.
    """
    by_number = {(result.task.policy, result.task.number): result.score for result in results}
    rows: list[tuple[Any, ...]] = []
    for policy in policies_of(results):
        if policy == baseline:
            continue
        pairs = [
            (score, by_number[baseline, number])
            for (name, number), score in by_number.items()
            if name == policy and (baseline, number) in by_number
        ]
        change = [float(one.in_time) - float(other.in_time) for one, other in pairs]
        if change:
            mean, error = float(np.mean(change)), 1.645 * float(np.std(change)) / np.sqrt(len(change))
            rows.append((policy, IN_TIME, len(change), mean, mean - error, mean + error))
        for what, read in FIGURES.items():
            both = [(a, b) for one, other in pairs if (a := read(one)) is not None and (b := read(other)) is not None]
            rows.append((policy, what, len(both), *_quantiles([a - b for a, b in both])))
    return _frame(rows, "policy")


def daily(results: Sequence[Result]) -> pl.DataFrame:
    """Every day of every drill: policy, drill, day (0: the first case on record), and what is told of it."""
    parts = [
        pl.DataFrame(
            {
                "policy": [result.task.policy] * len(next(iter(result.daily.values()))),
                "drill": result.task.number,
                "day": np.arange(len(next(iter(result.daily.values())))),
                **result.daily,
            }
        )
        for result in results
    ]
    return pl.concat(parts).sort("policy", "drill", "day")


def policies_of(results: Sequence[Result]) -> list[str]:
    """Policies in the order of the results."""
    return list(dict.fromkeys(result.task.policy for result in results))


def share_of(yes: Sequence[bool]) -> tuple[float, float, float]:
    """Share of drills, and its 90% interval (Wilson 1927)."""
    n, z = len(yes), 1.645
    share = sum(yes) / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, float(middle - half), float(middle + half)


def _quantiles(values: Sequence[float]) -> list[float | None]:
    """Median, 5% and 95%; empty where they are infinite, or there is no value."""
    if not values:
        return [None] * 3
    whole = bool(np.isfinite(values).all())
    found = np.quantile(values, (0.5, 0.05, 0.95), method="linear" if whole else "inverted_cdf")
    return [float(value) if np.isfinite(value) else None for value in found]


def _frame(rows: Sequence[tuple[Any, ...]], first: str) -> pl.DataFrame:
    numbers = {"n": pl.Int64, "median": pl.Float64, "q05": pl.Float64, "q95": pl.Float64}
    return pl.DataFrame(rows, schema={first: pl.String, "what": pl.String, **numbers}, orient="row")
