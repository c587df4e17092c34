"""Beds and quarantine rooms over the horizon: today's patients and contacts, and those of projected cases."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.forward import census
from douse.library.pathogen import Pathogen
from douse.planning.basis import Basis
from douse.planning.facilities import capacity
from douse.planning.plan import DayNeed, Note
from douse.planning.projection import Demand, Projection, no_demand, with_range
from douse.planning.quarantine import QuarantineDemand
from douse.records.codes import SEVERITIES
from douse.records.measure import Because

Floats = NDArray[np.float64]
# Place of care -> resource; at home none is needed.
BED_OF = {
    "quarantine_site": "quarantine_room",
    "shelter_hospital": "shelter_bed",
    "hospital": "hospital_bed",
    "icu": "icu_bed",
}


def patients(basis: Basis, projection: Projection) -> dict[str, Demand]:
    """Patients a day by resource.

    A case takes a bed on the day when it is told, by its worst severity so far; where that is unknown, by the shares
    that the pathogen file expects at its age. Stays are memoryless with the pathogen's mean: each day a patient
    leaves with the chance of one over the mean, so that no day of admission is needed.

    Parameters
    ----------
    basis : Basis
        Active cases, pathogen, where the protocol cares for each severity.
    projection : Projection
        Cases of the days ahead.

    Returns
    -------
    dict[str, Demand]
        By resource of `BED_OF`, those without patients too.
    """
    active = basis.situation.cases.filter(pl.col("active"))
    recorded = active["severity"].cast(pl.String)
    expected = _shares_at(basis, active.filter(pl.col("severity").is_null())["age"]).sum(axis=0)
    new_shares = _mean_shares(basis)
    days = np.arange(basis.horizon_days)
    care = dict.fromkeys(BED_OF.values(), no_demand(projection))
    for at, severity in enumerate(SEVERITIES):
        resource = BED_OF.get(getattr(basis.protocol.care, severity))
        if resource is None:
            continue
        stays: Floats = np.power(1 - 1 / max(days_in_care(basis.pathogen, severity), 1.0), days)
        known = int((recorded == severity).sum()) * stays
        care[resource] += Demand(known, expected[at] * stays + census(projection.cases * new_shares[at], stays))
    return care


def bed_needs(basis: Basis, care: dict[str, Demand], quarantine: QuarantineDemand) -> tuple[DayNeed, ...]:
    """Beds and rooms by day against capacity, with the 90% range."""
    needs: list[DayNeed] = []
    for resource in ("hospital_bed", "icu_bed", "shelter_bed", "quarantine_room"):
        demand = care[resource] + quarantine.rooms if resource == "quarantine_room" else care[resource]
        needs += with_range(basis, resource, demand, capacity(basis, resource))
    return tuple(needs)


def severity_shares(pathogen: Pathogen) -> Floats:
    """Expected shares of infections by age band and severity; each row sums to 1. Shape (bands, 5).

    Severe and critical are the pathogen file's. Of the others the asymptomatic share has no symptoms; of all with
    symptoms the mild share is mild, and the rest of those who are not severe is moderate.
    """
    rows = []
    for band in pathogen.severity:
        severe, critical = band.severe.value, band.critical.value
        asymptomatic = min(pathogen.asymptomatic_share.value, 1 - severe - critical)
        others = 1 - severe - critical - asymptomatic
        mild_share = pathogen.mild_share_symptomatic
        mild = others if mild_share is None else min(others, (1 - asymptomatic) * mild_share.value)
        rows.append([asymptomatic, mild, others - mild, severe, critical])
    return np.array(rows)


def days_in_care(pathogen: Pathogen, severity: str) -> float:
    """Mean days in the place where a severity is cared for."""
    days = {"severe": pathogen.days_in_hospital, "critical": pathogen.days_in_icu}
    return days.get(severity, pathogen.days_in_isolation).value


def bed_notes(basis: Basis) -> tuple[Note, ...]:
    """What the census had to assume."""
    active = basis.situation.cases.filter(pl.col("active"))
    unknown = active["severity"].null_count()
    if not unknown:
        return ()
    return (
        Note(
            Because(
                "{n} of {active} active cases have no severity on record; beds count them by the shares expected at "
                "their age.",
                {"n": unknown, "active": active.height},
            )
        ),
    )


def age_bands(pathogen: Pathogen, ages: pl.Series) -> NDArray[np.int64]:
    """Position of the severity band of each age, which must be known; shape (N,)."""
    edges = [band.from_age for band in pathogen.severity]
    return np.maximum(np.searchsorted(edges, ages.to_numpy(), side="right") - 1, 0)


def _shares_at(basis: Basis, ages: pl.Series) -> Floats:
    """Expected shares for each age; those of all counted cases where the age is unknown. Shape (N, 5)."""
    known = ages.drop_nulls()
    by_band = severity_shares(basis.pathogen)
    missing = np.broadcast_to(_mean_shares(basis), (ages.null_count(), len(SEVERITIES)))
    return np.concatenate([by_band[age_bands(basis.pathogen, known)], missing])


def _mean_shares(basis: Basis) -> Floats:
    """Expected shares of a case like those counted so far; where no age is known, the mean of all bands. Shape (5,)."""
    by_band = severity_shares(basis.pathogen)
    ages = basis.situation.cases["age"].drop_nulls()
    rows = by_band[age_bands(basis.pathogen, ages)] if len(ages) else by_band
    mean: Floats = rows.mean(axis=0)
    return mean
