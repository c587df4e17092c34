"""What one of everything costs, by book and cause: the one table that the account of a plan and the choice share."""

from dataclasses import dataclass

from douse.library.unit_costs import Costs as Prices
from douse.units import DAYS_PER_YEAR


@dataclass(frozen=True)
class Priced:
    """One line of the books: `price` is money a unit; None where it is only counted."""

    book: str  # economic | social | livelihood
    item: str
    unit: str
    cause: str  # measures | epidemic
    price: float | None


def priced(prices: Prices) -> tuple[Priced, ...]:
    """Every line of the books, in their order; what the measures cost, then the epidemic.

    Measures are counted against "no measure, people still act with caution": of the output that is lost on a restricted
    day, what caution loses anyway is the epidemic's. Lost output appears once: the share that falls on households in
    the livelihood book, the rest in the economic book, so that the books may be added up.
    """
    a_day = prices.gdp_per_person_year.value / DAYS_PER_YEAR
    lost = a_day * max(prices.lockdown_output_share.value - prices.voluntary_output_share.value, 0)
    on_households = prices.household_income_share.value
    daly = prices.value_of_daly_gdp_multiple.value * prices.gdp_per_person_year.value
    return tuple(
        Priced(book, item, unit, cause, price)
        for cause, book, item, unit, price in (
            ("measures", "economic", "single_tests", "tests", prices.test_single.value),
            ("measures", "economic", "pooled_tubes", "tubes", prices.test_pooled_tube.value),
            ("measures", "economic", "central_quarantine", "person_days", prices.quarantine_day.value),
            ("measures", "economic", "home_quarantine", "person_days", prices.home_quarantine_day.value),
            ("measures", "economic", "protective_sets", "sets", prices.protective_set.value),
            ("measures", "economic", "living_packages", "packages", prices.living_package.value),
            ("measures", "economic", "field_staff", "person_days", prices.staff_day.value),
            ("measures", "economic", "output_lost", "person_days", lost * (1 - on_households)),
            ("measures", "economic", "output_lost_elsewhere", "person_days", lost * prices.spillover_share.value),
            ("measures", "social", "days_restricted", "person_days", None),
            ("measures", "social", "school_days_lost", "pupil_days", prices.school_day.value),
            ("measures", "livelihood", "household_income_lost", "person_days", lost * on_households),
            ("measures", "livelihood", "care_delayed", "dalys", daly),
            ("epidemic", "economic", "hospital_beds", "bed_days", prices.hospital_day.value),
            ("epidemic", "economic", "icu_beds", "bed_days", prices.icu_day.value),
            ("epidemic", "economic", "shelter_beds", "bed_days", prices.shelter_bed_day.value),
            ("epidemic", "economic", "protective_sets", "sets", prices.protective_set.value),
            (
                "epidemic", "economic", "output_lost_to_caution", "person_days",
                a_day * prices.voluntary_output_share.value,
            ),
            ("epidemic", "livelihood", "health_lost", "dalys", daly),
        )
    )  # fmt: skip
