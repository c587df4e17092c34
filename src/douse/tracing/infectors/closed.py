"""The probability of each possible infector in closed form."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import logit

from douse.library.links import Links
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.evidence import Evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 6
# Somebody unknown is never quite impossible.
_LEAST = 1e-12


@dataclass(frozen=True)
class Posterior:
    """Probabilities of who infected each case; of one case all add up to 1.

    Attributes
    ----------
    direct, through : numpy.ndarray[float64], shape (L,)
        That the candidate infected the case; that it did through one person who is not on record.
    imported, unknown, other : numpy.ndarray[float64], shape (N,)
        Infected outside; by somebody who is not on record; by one of the cases that are no candidates.
    """

    direct: Floats
    through: Floats
    imported: Floats
    unknown: Floats
    other: Floats


@dataclass(frozen=True)
class Shown:
    """How often each of `SIGNS` is on record: of transmissions, and of other pairs near in time; shape (3,) each."""

    linked: Floats
    others: Floats


def closed_form(evidence: Evidence, links: Links) -> tuple[Candidates, Posterior, Shown]:
    """Posterior in closed form: every case by itself, given the shares that all cases tell together.

    The weight of a candidate is the density of the dates times the likelihood ratio of what else is on record of the
    pair; without any evidence this is Wallinga and Teunis (2004, doi 10.1093/aje/kwh255). The unseen weigh as much as
    the share of infectors missed says. How often contacts, households and so on show a transmission is learned from
    the outbreak, by expectation and maximisation from what the library expects.
    """
    expected = _expected(links)
    shown = expected
    candidates = candidates_of(evidence, links, shown)
    found = weigh_candidates(evidence, candidates, links)
    if evidence.signs.any():
        for _ in range(ROUNDS):
            shown = _learned(evidence, found, expected, links)
            candidates = candidates_of(evidence, links, shown)
            found = weigh_candidates(evidence, candidates, links)
    return candidates, found, shown


def candidates_of(evidence: Evidence, links: Links, shown: Shown) -> Candidates:
    """Everything but the dates as log likelihood ratios against a pair at random."""
    named = signs_of(evidence, shown).sum(axis=1) + declared_of(evidence, links)
    return Candidates(
        start=evidence.start,
        infector=evidence.infector,
        direct=evidence.learned + named,
        through=links.through_temper.value * evidence.learned,
        imported=imported_odds(evidence.facts.cases, links),
    )


def signs_of(evidence: Evidence, shown: Shown) -> Floats:
    """Log likelihood ratio of each sign, shape (L, 3); 0 where nobody records such a thing."""
    there = np.log(shown.linked) - np.log(shown.others)
    absent = np.log1p(-shown.linked) - np.log1p(-shown.others)
    used = evidence.signs.any(axis=0)
    return np.where(used, np.where(evidence.signs, there, absent), 0.0)


def declared_of(evidence: Evidence, links: Links) -> Floats:
    """Log likelihood ratio of being the infector on the record, shape (L,).

    A wrong one is any other case with the same chance. Without a record nothing is said.
    """
    wrong, others = links.declared_error.value, max(len(evidence.facts) - 1, 1)
    return np.where(evidence.declared, np.log((1 - wrong) * others / wrong), 0.0)


def imported_odds(cases: pl.DataFrame, links: Links) -> Floats:
    """Log prior odds of an infection outside, shape (N,): origin on record, else arrival, else few."""
    wrong, arrived = links.origin_error.value, links.arrival_imported.value
    origin = pl.col("origin").cast(pl.String)
    odds = (
        pl.when(origin == "imported")
        .then(float(logit(1 - wrong)))
        .when(origin == "local")
        .then(float(logit(wrong)))
        .when(pl.col("link") == "imported")
        .then(float(logit(arrived)))
        .otherwise(float(logit(links.unknown_imported.value)))
    )
    answer: Floats = cases.select(odds.cast(pl.Float64)).to_series().to_numpy()
    return answer


def missed_odds(cases: pl.DataFrame, links: Links) -> Floats:
    """Prior odds that the infector is not on record, shape (N,), by how the case was found.

    Where no case at all was found by contact tracing, how cases were found is not told: one share for all.
    """
    found_by, cluster = pl.col("found_by").cast(pl.String), pl.col("cluster").is_not_null()
    traced = (found_by == "contact_tracing").fill_null(value=False)
    share = (
        pl.when(~traced.any())
        .then(links.missed.value)
        .when(traced)
        .then(links.missed_traced.value)
        .when(cluster)
        .then(links.missed_cluster.value)
        .otherwise(links.missed_other.value)
    )
    missed = cases.select(share.cast(pl.Float64)).to_series().to_numpy()
    odds: Floats = missed / (1 - missed)
    return odds


def weigh_candidates(evidence: Evidence, candidates: Candidates, links: Links) -> Posterior:
    """Probabilities from the dates and the evidence."""
    between, cases = links.through.value, evidence.facts.cases
    totals, case = evidence.totals, candidates.case
    direct = (1 - between) * evidence.direct * np.exp(candidates.direct)
    through = between * evidence.through * np.exp(candidates.through)
    other = (1 - between) * totals[:, 4] + between * totals[:, 5]
    near = (1 - between) * totals[:, 0] + between * totals[:, 2]
    unknown = missed_odds(cases, links) * near + max(links.background.value, _LEAST)
    with np.errstate(over="ignore"):
        imported = np.exp(np.clip(candidates.imported, -700, 700)) * (near + unknown)
    size = len(cases)
    whole = np.bincount(case, direct + through, size) + other + unknown + imported
    return Posterior(direct / whole[case], through / whole[case], imported / whole, unknown / whole, other / whole)


def _expected(links: Links) -> Shown:
    """What the library expects of each of `SIGNS`."""
    linked = (links.contact_shown, links.household_shown, links.daytime_place_shown)
    others = (links.contact_otherwise, links.household_otherwise, links.daytime_place_otherwise)
    return Shown(np.array([share.value for share in linked]), np.array([share.value for share in others]))


def _learned(evidence: Evidence, found: Posterior, expected: Shown, links: Links) -> Shown:
    """Shares among what is now believed to be transmissions, and among other pairs near in time.

    Pairs count by the density of their dates, in parts of the largest: as so many pairs that could not fit better.
    """
    pull, other_pull = links.shown_pull.value, links.otherwise_pull.value
    linked = (found.direct @ evidence.signs + pull * expected.linked) / (found.direct.sum() + pull)
    largest = max(float(evidence.direct.max(initial=0.0)), 1e-9)
    apart = evidence.direct * (1 - found.direct) / largest
    pairs = max((evidence.totals[:, 0].sum() - (evidence.direct * found.direct).sum()) / largest, 0.0)
    others = (apart @ evidence.signs + other_pull * expected.others) / (pairs + other_pull)
    return Shown(np.clip(linked, 1e-4, 0.999), np.clip(others, 1e-6, 0.999))
