"""Importation pressure: infected arrivals to expect from each origin, against those that were found."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.special import betaincinv

from douse.errors import UsageError
from douse.library.pathogen import Pathogen
from douse.signals.exact_tests import beta_binomial_tail, rise_of_counts
from douse.signals.shrinkage import at_most, prior_from_others
from douse.signals.travellers import Period, travellers_by_origin
from douse.units import DAYS_PER_WEEK

# People that a survey at the origin, and an origin's own past, count for at most: travellers of today are neither.
SURVEY_PEOPLE = 100.0
PAST_PEOPLE = 20.0
# Fewer arrivals tested say nothing of all: often only positive tests are recorded.
LEAST_TESTED = 10
# An import a week is judged against at least so many weeks before it.
LEAST_WEEKS = 4
PRESSURE = pl.Schema(
    {"origin": pl.String, "basis": pl.String}
    | dict.fromkeys(("arrivals", "cases", "tested", "positive"), pl.Int64)
    | dict.fromkeys(("expected", "rate", "lower", "upper", "p", "p_others"), pl.Float64)
    | dict.fromkeys(("infected", "missed", "missed_least"), pl.Float64)
)
IMPORTED = pl.Schema(
    {"origin": pl.String, "cases": pl.Int64, "before": pl.Int64, "expected": pl.Float64, "p": pl.Float64}
)


def importation_pressure(  # noqa: PLR0913 (three tables, and settings by keyword)
    arrivals: pl.DataFrame,
    cases: pl.DataFrame,
    tests: pl.DataFrame | None = None,
    *,
    as_of: date,
    prevalence: pl.DataFrame | None = None,
    sensitivity: float = 1.0,
    window_days: int = 14,
    weeks_before: int = 8,
    incubation_days: int = 14,
) -> pl.DataFrame:
    """Infected arrivals by origin, expected and found, in the window that ends on the as-of day.

    The share infected of an origin is read from tests of its arrivals that are taken whatever the symptoms (basis
    ``tests``); where fewer than `LEAST_TESTED` have one, from a survey there (``prevalence``), else from the other
    origins (``others``). Where fewer are tested in all, or every result on record is positive, only the cases found
    among the arrivals can be compared (``cases``), which says nothing of those that were not found.

    Each origin's share is drawn towards the others, as far as origins are alike (`prior_from_others`).

    Parameters
    ----------
    arrivals, cases, tests : polars.DataFrame
        See `travellers_by_origin`. Travellers that await a result count as not tested.
    as_of : date
        Last day of the window.
    prevalence : polars.DataFrame, optional
        origin, infected, sampled: of a survey among the people there; counts for at most `SURVEY_PEOPLE`.
    sensitivity : float, default 1
        Chance that a test finds an infected arrival (see `sensitivity_of_entry_tests`); above 0.
    window_days : int, default 14
        Days of arrivals that are judged.
    weeks_before : int, default 8
        Weeks before the window that they are judged by.
    incubation_days : int, default 14
        A case or a test so many days after an arrival still speaks of it: the pathogen's maximum incubation.

    Returns
    -------
    polars.DataFrame
        One row an origin with arrivals in the window, by name: origin, basis, arrivals, cases (among them), tested
        (null where tests cannot be compared), positive (of those tested, else the cases), expected (positive, by the
        weeks before), rate with its 95% interval lower, upper (positive of those tested; the weeks before count for
        at most `PAST_PEOPLE`), p (chance of as many positive, were it as in the weeks before), p_others (were it as
        in the other origins), infected (arrivals, expected), missed (of them, not found), missed_least (at the lower
        end of the rate). The last three are null where the basis is cases.

    Raises
    ------
    UsageError
        When the sensitivity is out of range.
    """
    if not 0 < sensitivity <= 1:
        raise UsageError("The sensitivity of entry tests is out of range.", allowed="above 0, at most 1")
    period = Period(as_of, window_days, weeks_before, incubation_days)
    counts = travellers_by_origin(arrivals, cases, tests, period)
    surveys = _surveys(prevalence, sensitivity)
    rows = list(counts.iter_rows(named=True))
    is_tested = _tests_speak(counts)
    found = ("positive", "tested") if is_tested else ("cases", "arrivals")
    before, now = (
        np.array([[row[f"{name}{when}"] for name in found] for row in rows], dtype=np.float64).reshape(-1, 2)
        for when in ("_before", "")
    )
    together = before + now
    told = []
    for at, row in enumerate(rows):
        others = prior_from_others(together[:, 0], together[:, 1], at)
        past = prior_from_others(before[:, 0], before[:, 1], at)
        survey = surveys.get(row["origin"])
        if is_tested and together[at, 1] >= LEAST_TESTED:
            basis = "tests"
        elif survey is not None:
            basis, past = "prevalence", survey
        else:
            basis = "others" if is_tested and together[:, 1].sum() - together[at, 1] >= LEAST_TESTED else "cases"
        share = _Share(basis, past, others, is_tested=is_tested)
        if row["arrivals"]:
            told.append(_pressure(row, share.after(*before[at]), (int(now[at, 0]), int(now[at, 1])), sensitivity))
    return pl.DataFrame(told, schema=PRESSURE)


def _tests_speak(counts: pl.DataFrame) -> bool:
    """Whether enough arrivals are tested, and some of them negative."""
    tested, positive = (int((counts[name] + counts[f"{name}_before"]).sum()) for name in ("tested", "positive"))
    return tested >= LEAST_TESTED and positive < tested


class _Share(NamedTuple):
    """What is known of the share of an origin's arrivals that a test would find, before the window."""

    basis: str  # tests | prevalence | others | cases
    past: tuple[float, float]  # a, b of its beta distribution
    others: tuple[float, float]  # of the other origins alone
    is_tested: bool  # the counts are of people tested, so that those not found are negative

    def after(self, hits: float, n: float) -> "_Share":
        return self._replace(past=(self.past[0] + hits, self.past[1] + n - hits))


def _pressure(row: dict[str, Any], share: _Share, now: tuple[int, int], sensitivity: float) -> dict[str, Any]:
    k, n = now
    a, b = at_most(*share.past, SURVEY_PEOPLE if share.basis == "prevalence" else PAST_PEOPLE)
    if share.is_tested or share.basis == "cases":
        a, b = a + k, b + n - k
    rate, lower = a / (a + b), float(betaincinv(a, b, 0.025))
    infected, least = (row["arrivals"] * min(positive / sensitivity, 1.0) for positive in (rate, lower))
    found_share = n / row["arrivals"] * sensitivity if share.is_tested else 0.0
    found = 0 if share.is_tested else row["cases"]
    is_known = share.basis != "cases"
    return {
        "origin": row["origin"],
        "basis": share.basis,
        "arrivals": row["arrivals"],
        "cases": row["cases"],
        "tested": n if share.is_tested else None,
        "positive": k,
        "expected": n * share.past[0] / sum(share.past),
        "rate": rate,
        "lower": lower,
        "upper": float(betaincinv(a, b, 0.975)),
        "p": beta_binomial_tail(k, n, *share.past),
        "p_others": beta_binomial_tail(k, n, *share.others),
        "infected": infected if is_known else None,
        "missed": max(infected * (1 - found_share) - found, 0.0) if is_known else None,
        "missed_least": max(least * (1 - found_share) - found, 0.0) if is_known else None,
    }


def _surveys(prevalence: pl.DataFrame | None, sensitivity: float) -> dict[str, tuple[float, float]]:
    """Beta(a, b) of the share of an origin's people that a test would find."""
    if prevalence is None:
        return {}
    return {
        origin: at_most(0.5 + infected * sensitivity, 0.5 + max(sampled - infected * sensitivity, 0.0), SURVEY_PEOPLE)
        for origin, infected, sampled in prevalence.select("origin", "infected", "sampled").iter_rows()
    }


def sensitivity_of_entry_tests(pathogen: Pathogen) -> float:
    """Chance that a test on arrival finds an infected traveller.

    The mean of the pathogen's test curve over one maximum incubation period: the day of infection may be any of
    the days before the journey. 1 where the library has no curve: nobody infected who was tested counts as missed.
    """
    if not pathogen.test_curve:
        return 1.0
    days = np.arange(round(pathogen.max_incubation.value) + 1)
    known = [point.day for point in pathogen.test_curve]
    chance = [point.sensitivity.value for point in pathogen.test_curve]
    return float(np.interp(days, known, chance).mean())


def imported_cases(cases: pl.DataFrame, *, as_of: date, weeks_before: int = 8) -> pl.DataFrame:
    """Imported cases told in the week up to the as-of day, against the weeks before it.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases: told_on, link, origin_place.
    as_of : date
        Last day of the week.
    weeks_before : int, default 8
        Weeks that it is judged by; fewer where the first case was told later, at least `LEAST_WEEKS`.

    Returns
    -------
    polars.DataFrame
        One row an origin, by name, and last one of all imports (origin null): cases, before (in all the weeks),
        expected (a week), p (exact: both have one Poisson rate). expected and p are null where too few weeks were
        watched. Imports of a family come together: p takes each for itself.
    """
    told = cases.filter(pl.col("told_on") <= as_of)
    first = told["told_on"].min()
    watched = ((as_of - first).days + 1) // DAYS_PER_WEEK - 1 if isinstance(first, date) else 0
    weeks = min(watched, weeks_before)
    week = pl.col("told_on") > as_of - timedelta(days=DAYS_PER_WEEK)
    since = as_of - timedelta(days=(max(weeks, 0) + 1) * DAYS_PER_WEEK)
    imports = told.filter(pl.col("link") == "imported", week | (pl.col("told_on") > since)).with_columns(week=week)
    figures = [
        pl.col("week").sum().cast(pl.Int64).alias("cases"),
        (~pl.col("week")).sum().cast(pl.Int64).alias("before"),
    ]
    by_origin = (
        imports.filter(pl.col("origin_place").is_not_null()).group_by(origin="origin_place").agg(figures).sort("origin")
    )
    rows = [*by_origin.iter_rows(), (None, *imports.select(figures).row(0))]
    judged = weeks >= LEAST_WEEKS
    return pl.DataFrame(
        [
            (
                origin,
                now,
                before,
                before / weeks if judged else None,
                rise_of_counts(now, before, 1, weeks) if judged else None,
            )
            for origin, now, before in rows
        ],
        schema=IMPORTED,
        orient="row",
    )
