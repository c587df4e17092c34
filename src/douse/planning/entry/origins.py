"""How many come from where, and how many of them are infected."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy.special import betaincinv

from douse.library.placing import Entry
from douse.planning.basis import Basis
from douse.signals.importation import LEAST_TESTED, SURVEY_PEOPLE, sensitivity_of_entry_tests
from douse.signals.importation_signals import prevalence_by_origin
from douse.signals.shrinkage import at_most, prior_from_others
from douse.signals.travellers import Period, travellers_by_origin
from douse.situation.arrivals import from_outside

DAYS_PER_MONTH = 30
_WEEKS_BEFORE = 8  # whose tests count too
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

    The share that a test on arrival finds is read from tests of an origin's own arrivals that are taken whatever the
    symptoms, in the window and the weeks before it; where they are few, from a survey there, else from the other
    origins. Each is drawn towards the others as far as origins are alike (`prior_from_others`). Divided by the chance
    that a test finds an infected arrival it is the prevalence. Where no tests speak it is the library's guess, drawn
    towards the cases found among the arrivals.
    """
    window = round(rules.window.value)
    period = Period(basis.as_of, window, _WEEKS_BEFORE, round(basis.pathogen.max_incubation.value))
    tests = basis.known.table("tests") if "tests" in basis.known.sent else None
    counts = travellers_by_origin(from_outside(basis.known), basis.situation.cases, tests, period)
    if counts.is_empty():
        return ()
    positive, tested, arrivals, cases = (
        (counts[name] + counts[f"{name}_before"]).to_numpy().astype(np.float64)
        for name in ("positive", "tested", "arrivals", "cases")
    )
    # Where every result on record is positive, only positive tests were recorded.
    speak = bool(tested.sum() >= LEAST_TESTED and positive.sum() < tested.sum())
    if not speak:
        positive, tested = np.zeros_like(positive), np.zeros_like(tested)
    sensitivity = sensitivity_of_entry_tests(basis.pathogen)
    surveys = {row[0]: row[1:] for row in prevalence_by_origin(basis.known).iter_rows()}
    found = []
    for at, row in enumerate(counts.iter_rows(named=True)):
        if not row["arrivals"]:
            continue
        if tested[at] >= LEAST_TESTED:
            by, share = "tests", prior_from_others(positive, tested, at)
        elif row["origin"] in surveys:
            infected, sampled = surveys[row["origin"]]
            hits = infected * sensitivity
            by, share = "prevalence", at_most(0.5 + hits, 0.5 + sampled - hits, SURVEY_PEOPLE)
        elif speak and tested.sum() - tested[at] >= LEAST_TESTED:
            by, share = "others", prior_from_others(positive, tested, at)
        else:
            by, share = "guess", _guess(rules, cases[at], arrivals[at])
        a, b = share[0] + positive[at], share[1] + tested[at] - positive[at]
        scale = 1.0 if by == "guess" else sensitivity
        mean, low, high = (
            min(float(end) / scale, 1.0) for end in (a / (a + b), *(betaincinv(a, b, end) for end in _RANGE))
        )
        found.append(Origin(row["origin"], row["arrivals"] * DAYS_PER_MONTH / window, by, mean, low, high))
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


def _guess(rules: Entry, cases: float, arrivals: float) -> tuple[float, float]:
    """Beta(a, b) of the share infected: the library's guess and the cases found among the arrivals."""
    weight, share = rules.prevalence_people.value, rules.prevalence.value
    return weight * share + cases, weight * (1 - share) + max(arrivals - cases, 0.0)
