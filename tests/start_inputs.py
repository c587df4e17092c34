"""Outbreaks that the engine made, and the records that a health department would have of them."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from douse.city.city import City
from douse.city.from_records import Peopled
from douse.city.made import make_city, totals_of
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.records.tables import TABLES
from douse.signals.scene import Scene
from douse.simulation.by_protocol import response_of
from douse.simulation.capacity import Capacity
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import course_of
from douse.simulation.line_list import line_list
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates, make_rates
from douse.simulation.response import Response
from douse.simulation.scenario import Scenario
from douse.simulation.seeds import make_seeds
from douse.simulation.zoning import no_zoning
from douse.situation import Estimates, Situation, describe, estimate

PATHOGEN, PROTOCOL = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
FIRST = date(2021, 3, 1)
PEOPLE = 20_000


@dataclass(frozen=True)
class Seen:
    """What is known of an outbreak on a day."""

    known: Records
    situation: Situation
    estimates: Estimates
    zones: ZoneTree

    @property
    def scene(self) -> Scene:
        """The same with pathogen and protocol."""
        return Scene(self.known, self.situation, self.zones, PATHOGEN, PROTOCOL)


@cache
def ground() -> tuple[City, Rates, Response]:
    """A made city, what is passed on in it, and what is done."""
    city = make_city(totals_of(PEOPLE, 3), None, 3)
    course = course_of(PATHOGEN)
    tracers = PROTOCOL.resources.tracers_per_100k.value * PEOPLE / 100_000
    capacity = Capacity(contacts_a_day=tracers * PROTOCOL.resources.contacts_per_tracer_day.value)
    return city, make_rates(city, course, usual_contacts()), response_of(PROTOCOL, PATHOGEN, course, capacity)


def peopled() -> Peopled:
    return Peopled(ground()[0], None)


def outbreak(seed: int, *, days: int, scale: float = 1.0, infected: int = 20, seeks: float = 0.7) -> Outbreak:
    """An outbreak of which everything is known, and to which nothing is done but tests and tracing."""
    city, rates, response = ground()
    scenario = Scenario(
        city, rates, replace(response, seek_share=seeks), no_zoning(len(city.zone_ids)), days, masks_from=0,
        weekday=FIRST.weekday(),
    )  # fmt: skip
    random = np.random.default_rng(seed)
    people = random.choice(len(city), infected, replace=False)
    return Outbreak(
        scenario, make_seeds(people, infected=-random.integers(0, 5, infected)), seed=seed, scale=scale
    ).run()


def records_of(run: Outbreak) -> Records:
    """All cases that a run found, and the zones of its city."""
    cases = line_list(run, FIRST).with_columns(
        recorded_at="reported_at",
        record_id=pl.col("case_id"),
        classification=pl.lit("confirmed"),
        pathogen=pl.lit(PATHOGEN.id),
        origin=pl.lit("local"),
    )
    return Records(
        {"cases": whole("cases", cases), "zones": whole("zones", run.scenario.city.zones)},
        frozenset({"cases", "zones"}),
    )


def whole(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with every column of a table."""
    return rows.select(
        pl.col(column).cast(kind) if column in rows.columns else pl.lit(None, dtype=kind).alias(column)
        for column, kind in TABLES[name].create_empty().schema.items()
    )


def seen(records: Records, as_of: date) -> Seen:
    """What is known on a day."""
    known = records.as_of(as_of)
    zones = ZoneTree(known)
    situation = describe(known, zones, PATHOGEN, PROTOCOL)
    return Seen(known, situation, estimate(known, situation, zones, PATHOGEN, delays=("onset_to_known",)), zones)
