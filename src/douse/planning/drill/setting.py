"""`Setting`: what all drills in one city with one disease share. Values that travel to other processes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from douse.city.city import City
from douse.city.records_of import facility_table, zone_table
from douse.city.residents_of import named
from douse.kernels.epidemic_levels import SCREEN_EVERY
from douse.library.pathogen import Pathogen
from douse.library.protocol import Costs, Protocol
from douse.planning.drill.numbers import DrillNumbers, drill_numbers
from douse.records.records import Records
from douse.records.tables import TABLES
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import Capacity, capacity_of
from douse.simulation.contact_numbers import contact_numbers
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import course_of
from douse.simulation.rates import Rates, make_rates
from douse.simulation.response import Response
from douse.simulation.scenario import Immunity
from douse.simulation.zoning import Zoning, no_zoning

_QUANTILES = 1024
FIRST_DAY = date(2026, 3, 2)  # a Monday


@dataclass(frozen=True)
class Ways:
    """What people and the department do before the first case is on record, and after."""

    before: Response
    after: Response


@dataclass(frozen=True)
class Setting:
    """A city, a disease, rules, and a department.

    Attributes
    ----------
    city : City
        Hidden from whoever decides, but for its zones.
    pathogen, protocol, costs
        Library files.
    rates : Rates
        What is passed on.
    immunity : Immunity
        Before the drills.
    capacity : Capacity
        Laboratory, beds, tracers.
    responding, passive : Ways
        With a department that tests, traces and isolates by the protocol, and without.
    zoning : Zoning
        No level comes by itself; levels bring the rounds of screening that the protocol names.
    standing : Mapping[str, polars.DataFrame]
        Tables that are on record from the start: zones with their residents, facilities.
    person_ids : polars.Series
        Pseudonyms by position.
    numbers : DrillNumbers
        What is hidden, how reports come.
    first : date
        First day of every drill.
    """

    city: City
    pathogen: Pathogen
    protocol: Protocol
    costs: Costs
    rates: Rates
    immunity: Immunity
    capacity: Capacity
    responding: Ways
    passive: Ways
    zoning: Zoning
    standing: Mapping[str, pl.DataFrame]
    person_ids: pl.Series
    numbers: DrillNumbers
    first: date

    @property
    def horizon_days(self) -> int:
        """Days from the first case on record within which the protocol wants the outbreak to be over."""
        horizon = self.protocol.targets.horizon_incubations.value * self.pathogen.max_incubation.value
        return int(np.ceil(horizon))

    def beds(self, column: str) -> float:
        """Beds of hospitals on record: `beds` or `icu_beds`."""
        hospitals = self.standing["facilities"].filter(pl.col("kind") == "hospital")
        return float(hospitals[column].sum())


def setting_of(  # noqa: PLR0913  what a drill is about, and what may be otherwise
    city: City,
    pathogen: Pathogen,
    protocol: Protocol,
    costs: Costs,
    *,
    seed: int = 1,
    immune: float | None = None,
    first: date = FIRST_DAY,
    rates: Rates | None = None,
    numbers: DrillNumbers | None = None,
) -> Setting:
    """Prepare drills.

    Parameters
    ----------
    city : City
        As `make_city` makes it.
    pathogen, protocol, costs
        Library files.
    seed : int
        Of where the facilities stand.
    immune : float, optional
        Share of people who are protected before; that of the library for the pathogen by default, else nobody.
    first : date
        First day.
    rates : Rates, optional
        Of the same city and pathogen, where they were made before.
    numbers : DrillNumbers, optional
        The shipped ones by default.
    """
    numbers = numbers or drill_numbers()
    course = rates.course if rates is not None else course_of(pathogen)
    share = numbers.immune[pathogen.id].value if immune is None and pathogen.id in numbers.immune else immune or 0.0
    standing = {
        "zones": _whole("zones", zone_table(city).with_columns(immune=pl.lit(share or None, pl.Float64)), first),
        "facilities": _whole("facilities", facility_table(city, seed), first),
    }
    capacity = capacity_of(Records(standing), protocol, len(city))
    responding = ways_of(response_of(protocol, pathogen, course, capacity))
    return Setting(
        city=city,
        pathogen=pathogen,
        protocol=protocol,
        costs=costs,
        rates=rates if rates is not None else make_rates(city, course, usual_contacts()),
        immunity=Immunity(np.array([np.full(16, share), np.zeros(16)]), (1.0, 0.0)),
        capacity=capacity,
        responding=responding,
        passive=_passive(responding),
        zoning=_rounds_only(zoning_of(protocol, pathogen, city)),
        standing=standing,
        person_ids=named(city, pl.int_range(0, len(city), eager=True)),
        numbers=numbers,
        first=first,
    )


def ways_of(after: Response) -> Ways:
    """The same department before anybody knows: fewer people come for a test, and later."""
    testing = contact_numbers().testing
    quantiles = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    waits = -testing.delay_before.value * np.log1p(-quantiles)
    delay = np.clip(np.round(waits), 0, 60).astype(np.uint8)
    return Ways(replace(after, seek_share=testing.seeks_before.value, seek_delay=delay), after)


def _passive(responding: Ways) -> Ways:
    """Patients are tested as before, and that is all: nobody is traced, nobody isolated but by themselves."""
    before = replace(responding.before, traces=False, isolation_days=0.0, beds=0.0, quarantine_days=0.0, watch_days=0.0)
    return Ways(before, before)


def _rounds_only(by_rule: Zoning) -> Zoning:
    plain = no_zoning(by_rule.unit_of.shape[1])
    rules = np.zeros_like(by_rule.level_rules)
    rules[:, SCREEN_EVERY] = by_rule.level_rules[:, SCREEN_EVERY]
    return replace(plain, level_rules=rules)


def _whole(name: str, frame: pl.DataFrame, first: date) -> pl.DataFrame:
    """Rows with all columns of a table, known from before the first day."""
    key = TABLES[name].key[0]
    return whole_rows(
        name, frame.with_columns(record_id=pl.col(key), recorded_at=pl.lit(first).cast(pl.Datetime("us")))
    )


def whole_rows(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with all columns of a table, in order and of their types; those that it lacks are empty."""
    schema = TABLES[name].create_empty().schema
    return frame.select(
        pl.col(column).cast(kind) if column in frame.columns else pl.lit(None, dtype=kind).alias(column)
        for column, kind in schema.items()
    )
