"""What a drill cost: its quantities times the prices of the library, in three books, the epidemic apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from douse.library.protocol import Costs, Protocol
from douse.planning.prices import priced

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
    q, of = quantities, {(line.cause, line.item): line.price or 0.0 for line in priced(prices)}
    restricted = q.restricted + q.quarantine_home + q.quarantine_central
    staff = q.contacts_reached / protocol.resources.contacts_per_tracer_day.value
    staff += q.people_screened / protocol.screening.people_per_sampler.value
    services = (
        q.single_tests * of["measures", "single_tests"]
        + q.pooled_tubes * of["measures", "pooled_tubes"]
        + q.quarantine_central * of["measures", "central_quarantine"]
        + (q.quarantine_home + q.isolation_home) * of["measures", "home_quarantine"]
        + q.isolation_bed * of["epidemic", "shelter_beds"]
        + staff * of["measures", "field_staff"]
    )
    dalys = q.deaths * prices.daly_fatal.value + (q.infections - q.deaths) * prices.daly_mild.value
    delayed = restricted * prices.delayed_care_per_person_day.value
    return Spent(
        economic=services + restricted * (of["measures", "output_lost"] + of["measures", "output_lost_elsewhere"]),
        social=restricted * prices.school_age_share.value * of["measures", "school_days_lost"],
        livelihood=restricted * of["measures", "household_income_lost"] + delayed * of["measures", "care_delayed"],
        epidemic=q.hospital_days * of["epidemic", "hospital_beds"]
        + q.icu_days * of["epidemic", "icu_beds"]
        + dalys * of["epidemic", "health_lost"],
    )
