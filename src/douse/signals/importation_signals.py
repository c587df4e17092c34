"""Signals of importation: an origin that sends more than it did, more imports than usual, imports not found."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records
from douse.signals.counts import latest
from douse.signals.importation import importation_pressure, imported_cases, sensitivity_of_entry_tests
from douse.signals.multiplicity import holm
from douse.signals.signal import Signal
from douse.signals.week import monday
from douse.situation.arrivals import from_outside
from douse.units import DAYS_PER_WEEK

# Missed imports, at the lower end, from which at least one is nearly sure: a Poisson count of mean 3 is 0 with 5%.
SURE_TO_BE_MISSED = 3.0
_MORE_THAN_BEFORE = (
    "Of {tested} arrivals from {origin} in the last {days} days {positive} {positive:was|were} infected; by the weeks "
    "before, {expected} would be."
)
_MORE_THAN_OTHERS = (
    "Of {tested} arrivals from {origin} in the last {days} days {positive} {positive:was|were} infected, more often "
    "than those from elsewhere."
)


def importation_signals(
    known: Records, cases: pl.DataFrame, pathogen: Pathogen, *, alpha: float = 0.01, window_days: int = 14
) -> list[Signal]:
    """Origins and weeks with more infected arrivals than before, and imports that were not found.

    Parameters
    ----------
    known : Records
        As-of view: arrivals, tests, indicators (``prevalence`` by place).
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    pathogen : Pathogen
        Its maximum incubation and test curve.
    alpha : float, default 0.01
        Chance of any false signal a day by each of the three comparisons (Holm over the origins).
    window_days : int, default 14
        Days of arrivals that are judged.

    Returns
    -------
    list of Signal
        ``import_positivity``: a warning where an origin's arrivals are infected more often than in the weeks before, a
        notice where only more often than those of the other origins. ``imported_cases``: a warning where a week has
        more imports than the weeks before. ``missed_imports``: a notice where it is nearly sure that infected
        arrivals were not found.
    """
    pressure = importation_pressure(
        from_outside(known),
        cases,
        known.table("tests") if "tests" in known.sent else None,
        as_of=known.day,
        prevalence=prevalence_by_origin(known),
        sensitivity=sensitivity_of_entry_tests(pathogen),
        window_days=window_days,
        incubation_days=round(pathogen.max_incubation.value),
    )
    imports = imported_cases(cases, as_of=known.day)
    window = known.day - timedelta(days=window_days - 1), known.day
    return [
        *_positivity(pressure, window, alpha),
        *_imports(imports, cases, known.day, alpha),
        *_missed(pressure, window),
    ]


def prevalence_by_origin(known: Records) -> pl.DataFrame:
    """Latest survey of each place among the indicators: origin, infected, sampled."""
    rows = known.table("indicators").filter(
        pl.col("indicator") == "prevalence",
        pl.col("place").is_not_null() & pl.col("count").is_not_null() & (pl.col("denominator") > 0),
    )
    newest = rows.sort("place", "date", "source", nulls_last=True).unique("place", keep="last", maintain_order=True)
    return newest.select(origin="place", infected="count", sampled="denominator")


def _positivity(pressure: pl.DataFrame, window: tuple[date, date], alpha: float) -> list[Signal]:
    by_past, by_others = holm(pressure["p"].to_numpy()), holm(pressure["p_others"].to_numpy())
    signals = []
    for row, past, others in zip(pressure.iter_rows(named=True), by_past.tolist(), by_others.tolist(), strict=True):
        if past <= alpha:
            signals.append(_from_origin(row, window, past, alpha, _MORE_THAN_BEFORE))
        elif others <= alpha:
            signals.append(_from_origin(row, window, others, alpha, _MORE_THAN_OTHERS))
    return signals


def _from_origin(row: dict[str, Any], window: tuple[date, date], p: float, alpha: float, reason: str) -> Signal:
    first, last = window
    return Signal(
        id=f"import_positivity:{row['origin']}:{monday(last)}",
        detector="import_positivity",
        zone=None,
        first_day=first,
        last_day=last,
        observed=row["positive"],
        expected=row["expected"],
        bound=None,
        false_alarm_rate=alpha,
        severity="warning" if reason == _MORE_THAN_BEFORE else "notice",
        reason=reason,
        facts={
            "tested": row["arrivals"] if row["tested"] is None else row["tested"],
            "origin": row["origin"],
            "days": (last - first).days + 1,
            "positive": row["positive"],
            "expected": row["expected"],
        },
        evidence=(),
        p=p,
    )


def _imports(imports: pl.DataFrame, cases: pl.DataFrame, as_of: date, alpha: float) -> list[Signal]:
    adjusted = holm(imports["p"].cast(pl.Float64).to_numpy())
    found = [row for row, p in zip(imports.iter_rows(), adjusted.tolist(), strict=True) if p <= alpha]
    p_of = dict(zip(imports["origin"].to_list(), adjusted.tolist(), strict=True))
    # All imports are told only where no single origin explains them.
    origins = [row for row in found if row[0] is not None] or found
    return [_import_signal(row, p_of[row[0]], cases, as_of, alpha) for row in origins]


def _import_signal(row: Sequence[Any], p: float, cases: pl.DataFrame, as_of: date, alpha: float) -> Signal:
    origin, now, _, expected, _ = row
    first = as_of - timedelta(days=DAYS_PER_WEEK - 1)
    mine = cases.filter(pl.col("link") == "imported", pl.col("told_on").is_between(first, as_of))
    return Signal(
        id=f"imported_cases:{origin or ''}:{monday(as_of)}",
        detector="imported_cases",
        zone=None,
        first_day=first,
        last_day=as_of,
        observed=now,
        expected=expected,
        bound=None,
        false_alarm_rate=alpha,
        severity="warning",
        reason=_reason_of_imports(named=origin is not None),
        facts={"cases": now, "origin": origin or "", "expected": expected},
        evidence=latest(mine if origin is None else mine.filter(pl.col("origin_place") == origin)),
        p=p,
    )


def _reason_of_imports(*, named: bool) -> str:
    if named:
        return "{cases} imported {cases:case|cases} from {origin} told in the last 7 days; usual would be {expected}."
    return "{cases} imported {cases:case|cases} told in the last 7 days; usual would be {expected}."


def _missed(pressure: pl.DataFrame, window: tuple[date, date]) -> list[Signal]:
    missed, least = (float(np.nansum(pressure[name].to_numpy())) for name in ("missed", "missed_least"))
    if least < SURE_TO_BE_MISSED:
        return []
    most = pressure.sort("missed", "origin", descending=[True, False], nulls_last=True)["origin"][0]
    return [
        Signal(
            id=f"missed_imports::{monday(window[1])}",
            detector="missed_imports",
            zone=None,
            first_day=window[0],
            last_day=window[1],
            observed=missed,
            expected=None,
            bound=SURE_TO_BE_MISSED,
            false_alarm_rate=None,
            severity="notice",
            reason=(
                "About {missed} infected arrivals of the last {days} days may not have been found, most of them from "
                "{origin}."
            ),
            facts={"missed": missed, "days": (window[1] - window[0]).days + 1, "origin": most},
            evidence=(),
        )
    ]
