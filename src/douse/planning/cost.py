"""The cost account in three books, over the horizon.

Measures are counted against "no measure, people still act with caution", never against "no virus": the output that
caution loses anyway is the epidemic's. What the epidemic itself costs stands apart. Lost output appears once: the share
that falls on households in the livelihood book, the rest in the economic book, so that the books may be added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.library.protocol import Costs as Prices
from douse.planning.basis import Basis
from douse.planning.community.values import CommunityPlan
from douse.planning.goods.needed import in_total, sampler_sets
from douse.planning.isolation import age_bands, severity_shares
from douse.planning.plan import CostLine, Costs, DayNeed, Note
from douse.planning.prices import priced
from douse.planning.projection import Projection
from douse.planning.quarantine import QuarantineDemand
from douse.records.codes import REQUEST_KINDS, SEVERITIES
from douse.records.measure import Because, Measure

Floats = NDArray[np.float64]
# Codes of the lines, and of their units.
COST_ITEMS = (
    "single_tests", "pooled_tubes", "central_quarantine", "home_quarantine", "protective_sets", "living_packages",
    "field_staff", "output_lost", "output_lost_elsewhere", "hospital_beds", "icu_beds", "shelter_beds",
    "output_lost_to_caution", "days_restricted", "school_days_lost", "household_income_lost",
    "care_delayed", "health_lost", *(f"unmet_{kind}" for kind in REQUEST_KINDS), "requests_late",
)  # fmt: skip
COST_UNITS = (
    "tests",
    "tubes",
    "person_days",
    "bed_days",
    "sets",
    "packages",
    "pupil_days",
    "dalys",
    "requests",
    "hours",
)


@dataclass(frozen=True)
class Quantities:
    """What the account multiplies by prices, over the horizon.

    Attributes
    ----------
    levels : Sequence[Measure]
        Levels that zones have of their own after the plan.
    needs : Sequence[DayNeed]
        Beds, rooms and tests by day.
    quarantine : QuarantineDemand
        Rooms and people at home by day.
    projection : Projection
        Cases of the days ahead.
    tubes, tracers, samplers : numpy.ndarray[float64], shape (H,)
        By day.
    packages : float
        Living packages.
    community : CommunityPlan
        What residents ask for.
    """

    levels: Sequence[Measure]
    needs: Sequence[DayNeed]
    quarantine: QuarantineDemand
    projection: Projection
    tubes: Floats
    tracers: Floats
    samplers: Floats
    packages: float
    community: CommunityPlan


def account(basis: Basis, quantities: Quantities) -> tuple[Costs, tuple[Note, ...]]:
    """The account, and notes on what it leaves out.

    A line whose quantity is not known has no quantity and no amount, and then its total is not known either.
    """
    restricted, people_days, unknown = _restricted_days(basis, quantities)
    lines = (
        *_priced(basis.costs, "measures", _of_measures(basis, quantities, restricted)),
        *_not_in_time(basis.costs, quantities.community),
        *_priced(basis.costs, "epidemic", _of_epidemic(basis, quantities, people_days)),
    )
    costs = Costs(
        currency=basis.costs.currency,
        lines=lines,
        measures_total=_sum(lines, "measures"),
        epidemic_total=_sum(lines, "epidemic"),
        counterfactual=Because(
            "Compared with no measure while people still act with caution, never with no virus. The cost of the "
            "epidemic stands apart."
        ),
        horizon_days=basis.horizon_days,
    )
    return costs, _notes(unknown)


def _restricted_days(basis: Basis, quantities: Quantities) -> tuple[float | None, float | None, int]:
    """Restricted person-days, person-days of all who live in zones with a level, and zones without a population.

    None where no person-day is known and some zone has no population.
    """
    quarantined = float((quantities.quarantine.rooms.mean + quantities.quarantine.home.mean).sum())
    restricted, everybody, unknown = quarantined, 0.0, 0
    for measure in quantities.levels:
        if measure.people is None:
            unknown += 1
            continue
        days = min((measure.expires_on - basis.as_of).days, basis.horizon_days)
        everybody += measure.people * days
        restricted += measure.people * days * basis.rules[measure.level or "open"].stays_home.value
    if unknown and not everybody:
        return (restricted or None), None, unknown
    return restricted, everybody, unknown


def _priced(prices: Prices, cause: str, quantities: Mapping[str, float | None]) -> tuple[CostLine, ...]:
    """Lines of one cause, in the order of the books: quantities by item, times the prices of the library."""
    return tuple(
        CostLine(
            line.book, line.item, quantities[line.item], line.unit, _times(quantities[line.item], line.price), cause,
            line.price,
        )
        for line in priced(prices)
        if line.cause == cause
    )  # fmt: skip


def _of_measures(basis: Basis, quantities: Quantities, restricted: float | None) -> Mapping[str, float | None]:
    """Tests, quarantine, goods and staff of the measures, and what goes with restricted days."""
    pooled, prices = float(quantities.tubes.sum()), basis.costs
    return {
        "single_tests": in_total(quantities.needs, "tests") - pooled,
        "pooled_tubes": pooled,
        "central_quarantine": float(quantities.quarantine.rooms.mean.sum()),
        "home_quarantine": float(quantities.quarantine.home.mean.sum()),
        "protective_sets": sampler_sets(basis, quantities.samplers),
        "living_packages": quantities.packages,
        "field_staff": float(quantities.tracers.sum() + quantities.samplers.sum()),
        "output_lost": restricted,
        "output_lost_elsewhere": restricted,
        "days_restricted": restricted,
        "school_days_lost": _times(restricted, prices.school_age_share.value),
        "household_income_lost": restricted,
        "care_delayed": _times(restricted, prices.delayed_care_per_person_day.value),
    }


def _of_epidemic(basis: Basis, quantities: Quantities, people_days: float | None) -> Mapping[str, float | None]:
    """Care, health lost, and output that people give up by themselves."""
    needs, ratios = quantities.needs, basis.protocol.resources
    ward, intensive, shelter = (in_total(needs, name) for name in ("hospital_bed", "icu_bed", "shelter_bed"))
    return {
        "hospital_beds": ward,
        "icu_beds": intensive,
        "shelter_beds": shelter,
        "protective_sets": ward * ratios.sets_per_hospital_day.value + intensive * ratios.sets_per_icu_day.value,
        "output_lost_to_caution": people_days,
        "health_lost": _dalys(basis, quantities.projection),
    }


def _dalys(basis: Basis, projection: Projection) -> float:
    """DALYs lost by the cases of the days ahead, at the ages of the cases so far."""
    shares, prices = severity_shares(basis.pathogen), basis.costs
    fatal = np.array([band.fatal.value for band in basis.pathogen.severity])
    grave = shares[:, SEVERITIES.index("severe")] + shares[:, SEVERITIES.index("critical")]
    by_band = fatal * prices.daly_fatal.value + grave * prices.daly_severe.value + (1 - grave) * prices.daly_mild.value
    ages = basis.situation.cases["age"].drop_nulls()
    a_case = by_band[age_bands(basis.pathogen, ages)].mean() if len(ages) else by_band.mean()
    return float(projection.mean.sum() * a_case)


def _not_in_time(prices: Prices, community: CommunityPlan) -> tuple[CostLine, ...]:
    """Requests of residents that are not met in time, by kind, and the hours that they wait beyond it.

    Kinds without a price are counted only, and so are the hours: the price is that of the request.
    """
    lines = []
    for kind in community.kinds:
        unit_price = prices.unmet_request.get(kind.kind)  # type: ignore[call-overload]  # kinds are those of the tables
        price = None if unit_price is None else unit_price.value
        number = float(kind.late + kind.unmet)
        item = f"unmet_{kind.kind}"
        lines.append(CostLine("livelihood", item, number, "requests", _times(number, price), "measures", price))
    return (*lines, CostLine("livelihood", "requests_late", community.hours_late, "hours", None, "measures"))


def _times(quantity: float | None, price: float | None) -> float | None:
    return None if quantity is None or price is None else quantity * price


def _sum(lines: Sequence[CostLine], cause: str) -> float | None:
    of_cause = [line for line in lines if line.cause == cause]
    if any(line.quantity is None for line in of_cause):
        return None
    return sum(line.amount for line in of_cause if line.amount is not None)


def _notes(unknown: int) -> tuple[Note, ...]:
    if not unknown:
        return ()
    return (
        Note(
            Because(
                "{n} {n:area with a level has|areas with a level have} no population on record: the days restricted "
                "there, and what they cost, are not in the account.",
                {"n": unknown},
            )
        ),
    )
