"""The city that a simulation of the records runs in, and what stands in where nobody's number is on record."""

from typing import NamedTuple

import numpy as np
import polars as pl

from douse.city.from_records import Peopled, city_for
from douse.city.made import make_city, totals_of
from douse.city.made.totals import TREE
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree

PEOPLE_A_CASE = 200
LEAST_PEOPLE, MOST_PEOPLE = 20_000, 2_000_000
LEAST_IN_ZONE = 50


class Standing(NamedTuple):
    """A city, who its people are, and what stands in."""

    peopled: Peopled
    notes: tuple[Because, ...]


def standing_city(known: Records, zones: ZoneTree, cases: pl.DataFrame, seed: int) -> Standing:
    """Of the people on record, else of the populations of zones, else of a stated size."""
    table = known.table("zones")
    if not known.table("people").is_empty():
        return Standing(city_for(known, zones, seed), ())
    if table.height and (table["population"].fill_null(0) > 0).any():
        return Standing(
            city_for(known, zones, seed),
            (
                Because(
                    "No table of people is on record: the people of the city are made from the populations of its "
                    "zones."
                ),
            ),
        )
    people = int(np.clip(PEOPLE_A_CASE * cases.height, LEAST_PEOPLE, MOST_PEOPLE))
    if table.is_empty():
        city = make_city(totals_of(people, seed), None, seed)
        return Standing(
            Peopled(city, None),
            (
                Because(
                    "The records hold neither people nor zones: a made city of {people} people stands in.",
                    {"people": people},
                ),
            ),
        )
    city = make_city(_spread(table, zones, cases, people), None, seed)
    facts: dict[str, str | int | float] = {"people": len(city), "each": PEOPLE_A_CASE, "least": LEAST_PEOPLE}
    return Standing(
        Peopled(city, None),
        (
            Because(
                "The records hold neither people nor populations of zones: a made city of {people} people stands "
                "in, {each} for each case and {least} at least, spread over the zones by their cases. Shares of "
                "people mean little.",
                facts,
            ),
        ),
    )


def _spread(table: pl.DataFrame, zones: ZoneTree, cases: pl.DataFrame, people: int) -> pl.DataFrame:
    """Zone totals of so many people, by the cases in each zone; zones that would be nearly empty are left out."""
    own = np.bincount(np.maximum(zones.index(cases["zone"]), 0), minlength=len(zones)).astype(np.float64)
    own[0] -= (zones.index(cases["zone"]) < 0).sum()
    listed = set(table["zone_id"])
    leaves = np.array([zone in listed and not zones.children[at] for at, zone in enumerate(zones.ids)])
    weight = np.where(leaves, own + 1, 0.0)
    for at in range(len(zones)):  # parents first: cases of a larger zone are spread over those within
        inner = [zone for zone in zones.subtree(at) if leaves[zone]]
        if inner and not leaves[at]:
            weight[inner] += own[at] / len(inner)
    population = np.round(people * weight / weight.sum()).astype(np.int64)
    kept = {zone for at, zone in enumerate(zones.ids) if leaves[at] and population[at] >= LEAST_IN_ZONE}
    for zone in list(kept):
        kept.update(zones.ids[above] for above in zones.ancestors(zones.position[zone]))
    columns = [column for column in TREE if column in table.columns and column != "households"]
    totals = pl.DataFrame({"zone_id": zones.ids, "counted": np.where(leaves, population, 0)})
    return (
        table.select(columns)
        .drop("population")
        .filter(pl.col("zone_id").is_in(list(kept)))
        .join(totals, on="zone_id", how="left", maintain_order="left")
        .with_columns(population=pl.when(pl.col("counted") > 0).then("counted"))
        .drop("counted")
    )
