"""The floor: beds, rooms, tests and tracers never short, at the upper end of the 90% range."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from douse.planning.basis import Basis
from douse.planning.plan import DayNeed, FloorCheck
from douse.planning.tracing_capacity import tracers_by_ratio
from douse.records.measure import Because
from douse.tracing.quarantine import courses

Floats = NDArray[np.float64]


def check_floor(basis: Basis, needs: Sequence[DayNeed], tracers: Floats) -> tuple[FloorCheck, ...]:
    """Whether each condition of the floor holds over the horizon.

    Parameters
    ----------
    basis : Basis
        The days; tracers by the protocol's ratio, as no table holds them.
    needs : Sequence[DayNeed]
        Beds, rooms and tests by day.
    tracers : numpy.ndarray[float64], shape (H,)
        Upper end of tracers needed, by day.
    """
    checks = (
        _check(basis, "beds", _beds_short(needs)),
        _check(basis, "icu_beds", _short(needs, "icu_bed")),
        _check(basis, "rooms", _short(needs, "quarantine_room")),
        _check(basis, "tests", _short(needs, "tests")),
        _check_tracers(basis, tracers),
    )
    if basis.situation.total and basis.trace.contacts.is_empty():
        return tuple(_without_contacts(basis, check) for check in checks)
    return checks


def _without_contacts(basis: Basis, check: FloorCheck) -> FloorCheck:
    """Where no contacts are on record, what they need may be short even if the rest is not."""
    asked = courses(basis.pathogen, basis.protocol).values()
    rooms = any(place == "central" for course in asked for place, _, _ in course.stretches)
    of_contacts = {"tracers", "tests"} | ({"rooms"} if rooms else set())
    if check.name not in of_contacts or check.holds is False:
        return check
    because = Because(
        "No contacts are on record, so nobody can say whether there are enough {resource}.", {"resource": check.name}
    )
    return FloorCheck(check.name, holds=None, short_by=None, first_day=None, text=because)


def _beds_short(needs: Sequence[DayNeed]) -> Floats | None:
    """Beds missing by day: free hospital beds take patients of shelter hospitals, not the other way round."""
    hospital, shelter = _short(needs, "hospital_bed"), _short(needs, "shelter_bed")
    if hospital is None or (shelter is None and not _on_record(needs, "hospital_bed")):
        return None
    if shelter is None:  # no shelter hospital on record: all their patients go to hospital
        shelter = _bad_case(needs, "shelter_bed")
    short: Floats = np.maximum(hospital, 0) + np.maximum(shelter - np.maximum(-hospital, 0), 0)
    return short


def _short(needs: Sequence[DayNeed], resource: str) -> Floats | None:
    """Bad case less capacity by day (negative: free); None where there is a need and no capacity on record."""
    bad_case = _bad_case(needs, resource)
    if not _on_record(needs, resource):
        return None if bad_case.any() else bad_case
    capacity: Floats = np.array([need.capacity for need in needs if need.resource == resource], dtype=np.float64)
    return bad_case - capacity


def _on_record(needs: Sequence[DayNeed], resource: str) -> bool:
    return any(need.capacity is not None for need in needs if need.resource == resource)


def _bad_case(needs: Sequence[DayNeed], resource: str) -> Floats:
    """Upper end of the range by day, in whole people."""
    return np.array([math.floor(need.high) for need in needs if need.resource == resource], dtype=np.float64)


def _check(basis: Basis, name: str, short: Floats | None) -> FloorCheck:
    if short is None:
        because = Because("Capacity for {resource} is not on record.", {"resource": name})
        return FloorCheck(name, holds=None, short_by=None, first_day=None, text=because)
    worst, day = _worst(basis, short)
    if not short.any():
        because = Because(
            "No {resource} beyond those on record are needed in the next {days} days.", _facts(basis, name)
        )
        return FloorCheck(name, holds=True, short_by=0.0, first_day=None, text=because)
    if worst <= 0:
        because = Because("Enough {resource} on every day of the next {days} days.", _facts(basis, name))
        return FloorCheck(name, holds=True, short_by=0.0, first_day=None, text=because)
    because = Because(
        "Short of {resource} from {first_day} on, by up to {short} in the bad case of the next {days} days.",
        _facts(basis, name) | {"first_day": day.isoformat() if day else "", "short": int(worst)},
    )
    return FloorCheck(name, holds=False, short_by=worst, first_day=day, text=because)


def _check_tracers(basis: Basis, tracers: Floats) -> FloorCheck:
    ratio = tracers_by_ratio(basis)
    if ratio is None:
        because = Because("No population on record, so the protocol's ratio of tracers to residents says nothing.")
        return FloorCheck("tracers", holds=None, short_by=None, first_day=None, text=because)
    worst, day = _worst(basis, tracers - ratio)
    facts = _facts(basis, "tracers") | {"ratio": round(ratio, 1), "short": round(worst, 1)}
    if worst <= 0:
        because = Because("The {ratio} tracers of the protocol's ratio are enough for the next {days} days.", facts)
        return FloorCheck("tracers", holds=True, short_by=0.0, first_day=None, text=because)
    because = Because(
        "The {ratio} tracers of the protocol's ratio are too few from {first_day} on, by up to {short}.",
        facts | {"first_day": day.isoformat() if day else ""},
    )
    return FloorCheck("tracers", holds=False, short_by=worst, first_day=day, text=because)


def _worst(basis: Basis, short: Floats) -> tuple[float, date | None]:
    """The largest shortage, and the first day with any."""
    over = np.flatnonzero(short > 0)
    return float(short.max(initial=0.0)), basis.days[over[0]] if len(over) else None


def _facts(basis: Basis, name: str) -> dict[str, str | int | float]:
    return {"resource": name, "days": basis.horizon_days}
