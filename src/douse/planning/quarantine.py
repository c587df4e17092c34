"""Contacts in quarantine over the horizon: known ones, and those of projected cases."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.forward import census
from douse.planning.basis import Basis
from douse.planning.plan import Note
from douse.planning.projection import Demand, Projection, no_demand
from douse.records.measure import Because
from douse.situation.cases import identifiers
from douse.situation.quarantine import STAYS_IN
from douse.tracing.quarantine import Course, courses

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class QuarantineDemand:
    """What quarantine needs each day: rooms of quarantine sites, people at home, tests of contacts, new contacts."""

    rooms: Demand
    home: Demand
    tests: Demand
    found: Demand


def quarantine_demand(basis: Basis, projection: Projection) -> QuarantineDemand:
    """Rooms, people at home and tests that the protocol's quarantine asks for.

    A projected case brings as many contacts of each class as cases with contacts on record do, found on the day of the
    case. Where no contacts are on record it brings none, and the needs are too low (see `contact_notes`).
    """
    contacts = contacts_on_record(basis)
    of_class = courses(basis.pathogen, basis.protocol)
    per_case = _per_case(contacts)
    rooms = home = tests = found = no_demand(projection)
    for name, course in of_class.items():
        elapsed = contacts.filter(pl.col("contact_class") == name)["elapsed"].drop_nulls().to_numpy()
        arrivals = projection.cases * per_case.get(name, 0.0)
        rooms += _demand(elapsed, arrivals, _stays(course, "central"))
        home += _demand(elapsed, arrivals, _stays(course, "home"))
        tests += _demand(elapsed, arrivals, _tests(course))
        found += Demand(np.zeros(basis.horizon_days), arrivals)
    return QuarantineDemand(rooms, home, tests, found)


def contacts_on_record(basis: Basis) -> pl.DataFrame:
    """Contacts who are not cases: person, case_id, contact_class, zone, quarantined_on, reached, elapsed.

    `elapsed`: days since the last exposure (null where it is not known).
    """
    ill = identifiers(basis.situation.cases)
    contacts = basis.trace.contacts.filter(~pl.col("person").is_in(ill.implode()))
    elapsed = (pl.lit(basis.as_of) - pl.col("last_exposure")).dt.total_days().clip(lower_bound=0)
    return contacts.select(
        "person", "case_id", "contact_class", "zone", "quarantined_on", "reached", elapsed=elapsed.cast(pl.Int64)
    )


def days_left(elapsed: NDArray[np.int64], course: Course) -> NDArray[np.int64]:
    """Days after the as-of day that each contact still has to stay in; shape (N,)."""
    stays = np.maximum(_stays(course, "central"), _stays(course, "home")).astype(np.int64)
    left_after = np.concatenate([np.cumsum(stays[::-1])[::-1][1:], [0]])  # days of staying in after day d
    return left_after[np.minimum(elapsed, len(left_after) - 1)]


def contact_notes(basis: Basis) -> tuple[Note, ...]:
    """What is missing for a count of quarantine."""
    contacts = contacts_on_record(basis)
    if basis.trace.contacts.is_empty():
        return (
            Note(
                Because(
                    "No contacts are on record: rooms, tests and tracers for contacts are not in the needs, and the "
                    "real needs are higher."
                )
            ),
        )
    undated = contacts["elapsed"].null_count()
    if not undated:
        return ()
    return (
        Note(
            Because(
                "{n} {n:contact has|contacts have} no day of last exposure; their quarantine is not counted.",
                {"n": undated},
            )
        ),
    )


def _per_case(contacts: pl.DataFrame) -> dict[str, float]:
    """Contacts of each class for each case with contacts on record."""
    cases = contacts["case_id"].n_unique()
    counts = contacts.group_by("contact_class", maintain_order=True).len()
    return {name: count / cases for name, count in counts.iter_rows()}


def _stays(course: Course, place: str) -> Floats:
    """1 for each day since the exposure (0, 1, ...) that is spent in a place; day 0 counts as day 1."""
    spent = np.zeros(course.days + 2)
    for where, first, last in course.stretches:
        if where == place and where in STAYS_IN:
            spent[first : last + 1] = 1
    spent[0] = spent[1]
    return spent


def _tests(course: Course) -> Floats:
    """1 for each day since the exposure with a test."""
    due = np.zeros(max([*course.test_days, course.days]) + 2)
    due[list(course.test_days)] = 1
    return due


def _demand(elapsed: NDArray[np.int64], arrivals: Floats, by_day: Floats) -> Demand:
    """Number a day, from days since exposure of known contacts, arrivals of new ones, and what each day asks for."""
    longest, days = len(by_day), arrivals.shape[1]
    counts = np.bincount(elapsed[elapsed < longest], minlength=longest)
    known = np.array([counts[: max(longest - ahead, 0)] @ by_day[ahead:] for ahead in range(days)], dtype=np.float64)
    return Demand(known, census(arrivals, by_day))
