"""Crews on record: what each manages in a day, from where, and which requests it can meet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from douse.library.goods import CrewRules, Goods, RequestRules
from douse.library.protocol import Protocol
from douse.library.stand_in import part_of
from douse.planning.basis import Basis

# Requests to be met: not met, not taken back, and not handed over either; a promise alone brings nothing.
STILL_OPEN = pl.all_horizontal(pl.col("met_at", "delivered_at", "withdrawn_at").is_null())


@dataclass(frozen=True)
class Crew:
    """One crew on a working day.

    Attributes
    ----------
    id, kind : str
    facility : str or None
        Where it starts from.
    zone : int
        Position of the zone where it starts; -1: not known.
    latitude, longitude : float
        NaN: not known.
    trips : float
        A day, of all its vehicles.
    load : float
        kg a trip.
    works : tuple[float, float]
        Hours of the day.
    skills : frozenset[str]
        Kinds of requests that it can meet.
    """

    id: str
    kind: str
    facility: str | None
    zone: int
    latitude: float
    longitude: float
    trips: float
    load: float
    works: tuple[float, float]
    skills: frozenset[str]

    @property
    def whole_trips(self) -> int:
        """Trips on one day, the last one begun left out; one at least where the crew manages anything."""
        return max(1, int(self.trips + 1e-9)) if self.trips > 0 else 0

    def hours(self, rules: CrewRules) -> float:
        """Hours a day of a vehicle with the usual load that carry as much; by weight, so a crew on foot counts less."""
        return self.trips * rules.trip.value * self.load / rules.load.value


def crew_rules(protocol: Protocol) -> CrewRules:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.crews)


def goods_rules(protocol: Protocol) -> Goods:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.goods)


def request_rules(protocol: Protocol) -> RequestRules:
    """The protocol's, else those of who-generic."""
    return part_of(protocol, lambda rules: rules.requests)


def crews_of(basis: Basis) -> tuple[Crew, ...]:
    """Crews on record in order of their identifier; where a record does not say, the protocol does."""
    rules = crew_rules(basis.protocol)
    facilities = basis.known.table("facilities").select("facility_id", "zone", "latitude", "longitude")
    table = basis.known.table("crews").join(facilities, on="facility_id", how="left", suffix="_of_facility")
    rows = table.with_columns(pl.col("kind", "capacity_unit").cast(pl.String)).sort("crew_id")
    return tuple(_crew(basis, rules, row) for row in rows.iter_rows(named=True))


def _crew(basis: Basis, rules: CrewRules, row: dict[str, Any]) -> Crew:
    zone = basis.zones.position.get(str(row["zone"] or row["zone_of_facility"] or ""), -1)
    lat, lon = row["latitude"], row["longitude"]
    if lat is None or lon is None:
        lat, lon = (basis.zones.latitude[zone], basis.zones.longitude[zone]) if zone >= 0 else (np.nan, np.nan)
    start, end = (_or(row[name], getattr(rules, name).value) for name in ("works_from", "works_to"))
    if start >= end:  # one end is on record, and it does not go with the protocol's other
        start, end = (start, 24.0) if row["works_from"] is not None else (0.0, end)
    carries = _load(row, rules)
    skills = row["skills"]
    named = [part.strip() for part in str(skills).split(";")] if skills else rules.skills[row["kind"]]
    return Crew(
        id=str(row["crew_id"]),
        kind=str(row["kind"]),
        facility=None if row["facility_id"] is None else str(row["facility_id"]),
        zone=zone,
        latitude=float(lat),
        longitude=float(lon),
        trips=_trips(row, teams=_teams(row), hours=end - start, load=carries, rules=rules),
        load=carries,
        works=(start, end),
        skills=frozenset(skill for skill in named if skill),
    )


def _load(row: dict[str, Any], rules: CrewRules) -> float:
    """Load in kg of one who goes out; people of whose vehicles nothing is on record share the load of one."""
    if row["vehicles"] is None:
        return max(rules.load.value / max(_or(row["people"], 1.0), 1.0), rules.foot_load.value)
    return rules.load.value if row["vehicles"] else rules.foot_load.value


def _teams(row: dict[str, Any]) -> float:
    """How many go out at a time: a vehicle each, as far as there are people; without vehicles everybody, or one."""
    vehicles, people = row["vehicles"], row["people"]
    if not vehicles:
        return _or(people, 1.0)
    return min(float(vehicles), _or(people, np.inf))


def _trips(row: dict[str, Any], *, teams: float, hours: float, load: float, rules: CrewRules) -> float:
    stated = row["capacity"]
    if stated is None:
        return teams * hours / rules.trip.value
    return float(stated) / (load if row["capacity_unit"] == "kg" else 1.0)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
