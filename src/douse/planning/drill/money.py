"""What a drill cost: its quantities times the prices of the library, in three books, the epidemic apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from douse.library.protocol import Costs, Protocol
from douse.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from douse.planning.drill.score import Quantities


@dataclass(frozen=True)
class Spent:
    """Money, in the currency of the prices.

    Attributes
    ----------
    economic, social, livelihood : float
        The three books of the measures, beyond what caution costs anyway; see `planning/cost.py`.
    epidemic : float
        Care, and health lost.
    """

    economic: float
    social: float
    livelihood: float
    epidemic: float

    @property
    def measures(self) -> float:
        """The three books together."""
        return self.economic + self.social + self.livelihood


def spent(quantities: "Quantities", prices: Costs, protocol: Protocol) -> Spent:
    """Quantities times prices.

    Days at home because of levels and days in quarantine are restricted days; days in isolation are not, as the ill
    would not work. DALYs are those of deaths and of all infections as mild illness.
    """
    q = quantities
    restricted = q.restricted + q.quarantine_home + q.quarantine_central
    a_day = prices.gdp_per_person_year.value / DAYS_PER_YEAR
    lost = a_day * max(prices.lockdown_output_share.value - prices.voluntary_output_share.value, 0)
    daly = prices.value_of_daly_gdp_multiple.value * prices.gdp_per_person_year.value
    staff = q.contacts_reached / protocol.resources.contacts_per_tracer_day.value
    staff += q.people_screened / protocol.screening.people_per_sampler.value
    services = (
        q.single_tests * prices.test_single.value
        + q.pooled_tubes * prices.test_pooled_tube.value
        + q.quarantine_central * prices.quarantine_day.value
        + (q.quarantine_home + q.isolation_home) * prices.home_quarantine_day.value
        + q.isolation_bed * prices.shelter_bed_day.value
        + staff * prices.staff_day.value
    )
    on_households = prices.household_income_share.value
    return Spent(
        economic=services + restricted * lost * (1 - on_households + prices.spillover_share.value),
        social=restricted * prices.school_age_share.value * prices.school_day.value,
        livelihood=restricted * (lost * on_households + prices.delayed_care_per_person_day.value * daly),
        epidemic=q.hospital_days * prices.hospital_day.value
        + q.icu_days * prices.icu_day.value
        + (q.deaths * prices.daly_fatal.value + (q.infections - q.deaths) * prices.daly_mild.value) * daly,
    )
