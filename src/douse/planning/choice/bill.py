"""The three books of many runs: quantities of a tally times the prices of the library."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.library import Costs, Protocol
from douse.library.codes import LEVELS
from douse.library.number import Number
from douse.planning.choice.tally import Tally
from douse.planning.prices import Priced, priced

Floats = NDArray[np.float64]
BOOKS = ("economic", "social", "livelihood")
CAUSES = ("measures", "epidemic")


@dataclass(frozen=True)
class Bill:
    """The account of N runs.

    Attributes
    ----------
    lines : tuple[Priced, ...]
        Lines of the books.
    quantity : numpy.ndarray[float64], shape (L, N)
        Of each line in each run.
    """

    lines: tuple[Priced, ...]
    quantity: Floats

    def money(self, cause: str | None = None, book: str | None = None) -> Floats:
        """Money in each run, of one cause or book, or of all; shape (N,)."""
        total = np.zeros(self.quantity.shape[1])
        for line, quantity in zip(self.lines, self.quantity, strict=True):
            if line.price is not None and cause in (None, line.cause) and book in (None, line.book):
                total += line.price * quantity
        return total

    def of(self, item: str) -> Floats:
        """Quantity of an item of the measures in each run; shape (N,)."""
        at = next(i for i, line in enumerate(self.lines) if (line.item, line.cause) == (item, "measures"))
        found: Floats = self.quantity[at]
        return found


def bill_of(tally: Tally, protocol: Protocol, costs: Costs, people_a_household: float) -> Bill:
    """The account of runs.

    Quantities are those of `planning/cost.py`: tests, quarantine, goods, staff and restricted days of the measures;
    beds, health and caution of the epidemic. A person in quarantine or in a zone with a level is restricted; one in
    both counts twice, which a run cannot tell apart.

    Parameters
    ----------
    tally : Tally
        Of runs.
    protocol : Protocol
        Shares of days restricted by level, ratios of goods and staff.
    costs : Costs
        Prices.
    people_a_household : float
        To whom one living package goes.
    """
    lines = priced(costs)
    quantities = _quantities(tally, protocol, costs, people_a_household)
    none = np.zeros(len(tally))
    return Bill(lines, np.array([quantities.get((line.cause, line.item), none) for line in lines]))


def restricted_days(tally: Tally, protocol: Protocol) -> Floats:
    """Person-days on which a level keeps people from leaving home; shape (N,)."""
    total = np.zeros(len(tally))
    for level in LEVELS[1:]:
        total += tally.of(f"people_{level}") * protocol.level_rule(level).stays_home.value
    return total


def with_low_or_high(costs: Costs, end: str) -> Costs:
    """The prices with every number at the low or high end of its range, where the library gives one."""
    changed = {}
    for name in type(costs).model_fields:
        number = getattr(costs, name)
        if isinstance(number, Number) and (value := getattr(number, end)) is not None:
            changed[name] = number.model_copy(update={"value": value})
    return costs.model_copy(update=changed)


def _quantities(
    tally: Tally, protocol: Protocol, costs: Costs, people_a_household: float
) -> Mapping[tuple[str, str], Floats]:
    ratios, screening = protocol.resources, protocol.screening
    apart = tally.of("in_quarantine_home") + tally.of("in_quarantine_central")
    restricted = restricted_days(tally, protocol) + apart
    screened = tally.of("people_screened")
    samplers = screened / screening.people_per_sampler.value
    tracers = tally.of("contacts_reached") / ratios.contacts_per_tracer_day.value
    delivered = sum(
        (tally.of(f"people_{rule.level}") for rule in protocol.level if rule.home_delivery), np.zeros(len(tally))
    )
    ward, intensive = tally.of("in_hospital"), tally.of("in_intensive_care")
    grave, mild = tally.of("admissions") + tally.of("intensive"), tally.of("infections")
    shelter = np.maximum(tally.of("in_isolation_bed") - ward - intensive, 0)
    return {
        ("measures", "single_tests"): tally.of("tests"),
        ("measures", "pooled_tubes"): tally.of("tubes") - tally.of("tests"),
        ("measures", "central_quarantine"): tally.of("in_quarantine_central"),
        ("measures", "home_quarantine"): tally.of("in_quarantine_home"),
        ("measures", "protective_sets"): samplers * ratios.sets_per_sampler_shift.value,
        ("measures", "living_packages"): delivered / people_a_household / ratios.package_days.value,
        ("measures", "field_staff"): samplers + tracers,
        ("measures", "output_lost"): restricted,
        ("measures", "output_lost_elsewhere"): restricted,
        ("measures", "days_restricted"): restricted,
        ("measures", "school_days_lost"): restricted * costs.school_age_share.value,
        ("measures", "household_income_lost"): restricted,
        ("measures", "care_delayed"): restricted * costs.delayed_care_per_person_day.value,
        ("epidemic", "hospital_beds"): ward,
        ("epidemic", "icu_beds"): intensive,
        ("epidemic", "shelter_beds"): shelter,
        ("epidemic", "protective_sets"): ward * ratios.sets_per_hospital_day.value
        + intensive * ratios.sets_per_icu_day.value,
        ("epidemic", "output_lost_to_caution"): sum(
            (tally.of(f"people_{level}") for level in LEVELS[1:]), np.zeros(len(tally))
        ),
        ("epidemic", "health_lost"): tally.of("deaths") * costs.daly_fatal.value
        + grave * costs.daly_severe.value
        + np.maximum(mild - grave, 0) * costs.daly_mild.value,
    }
