"""How many come from where, and how many of them are infected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl
from scipy.special import betaincinv

from douse.library.placing import Entry
from douse.planning.basis import Basis
from douse.signals.importation import importation_pressure, sensitivity_of_entry_tests
from douse.signals.importation_signals import prevalence_by_origin
from douse.situation.arrivals import from_outside

DAYS_PER_MONTH = 30
_RANGE = (0.025, 0.975)


@dataclass(frozen=True)
class Origin:
    """Arrivals a month, and the share of them who are infected with its 95% interval."""

    name: str
    arrivals: float
    basis: str  # tests | prevalence | others | guess
    prevalence: float
    low: float
    high: float


def origins(basis: Basis, rules: Entry) -> tuple[Origin, ...]:
    """Origins with arrivals in the window that ends on the as-of day, by name.

    Prevalence is read as for signals of importation: from tests of arrivals, a survey at the origin, or the other
    origins, each drawn towards the others as far as they are alike. Where tests do not speak it is the library's
    guess, drawn towards the cases found among the arrivals.
    """
    window = round(rules.window.value)
    sensitivity = sensitivity_of_entry_tests(basis.pathogen)
    pressure = importation_pressure(
        from_outside(basis.known),
        basis.situation.cases,
        basis.known.table("tests") if "tests" in basis.known.sent else None,
        as_of=basis.as_of,
        prevalence=prevalence_by_origin(basis.known),
        sensitivity=sensitivity,
        window_days=window,
        incubation_days=round(basis.pathogen.max_incubation.value),
    )
    found = []
    for row in pressure.iter_rows(named=True):
        if row["basis"] == "cases":
            shares = _guess(rules, row["cases"], row["arrivals"])
        else:
            shares = tuple(min(row[name] / sensitivity, 1.0) for name in ("rate", "lower", "upper"))
        basis_name = "guess" if row["basis"] == "cases" else row["basis"]
        found.append(Origin(row["origin"], row["arrivals"] * DAYS_PER_MONTH / window, basis_name, *shares))
    return tuple(found)


def without_origin(basis: Basis, rules: Entry) -> int:
    """Arrivals of the window of whom nobody knows where they came from."""
    since = basis.as_of - timedelta(days=round(rules.window.value))
    arrived = pl.col("arrived_at").dt.date()
    return (
        from_outside(basis.known)
        .filter(pl.col("origin").is_null(), (arrived > since) & (arrived <= basis.as_of))
        .height
    )


def _guess(rules: Entry, cases: int, arrivals: int) -> Sequence[float]:
    weight, share = rules.prevalence_people.value, rules.prevalence.value
    hits, people = weight * share + cases, weight + max(arrivals, cases)
    ends = (float(betaincinv(hits, people - hits, end)) for end in _RANGE)
    return hits / people, *ends
