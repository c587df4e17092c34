"""In which zone each person of the records lives."""

import numpy as np
import polars as pl

from douse.errors import DataError
from douse.kernels.person_word import MOST_ZONES
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree

_COLUMNS = ("person_id", "zone", "household", "age", "home_place", "daytime_place", "group")


def with_zones(known: Records, zones: ZoneTree, random: np.random.Generator) -> pl.DataFrame:
    """People with `tree`, the position of their zone in the tree, and a household each.

    The zone is that of their household (the one most of it names), else their own, else that of their home place, else
    one drawn like those of the others. Where there are more zones than a city can have, the smallest give way to the
    zones above them.

    Raises
    ------
    DataError
        When nobody has a zone and there is none, or there are too many.
    """
    people = known.table("people").select(
        "person_id", "zone", "household", "age", "home_place", "daytime_place", "group"
    )
    homes = known.table("places").select(home_place="place_id", place_zone="zone")
    people = people.join(homes, on="home_place", how="left", maintain_order="left")
    common = (
        people.filter(pl.col("household").is_not_null())
        .with_columns(told=pl.coalesce("zone", "place_zone"))
        .drop_nulls("told")
        .group_by("household", "told")
        .len()
        .sort("household", "len", "told", descending=[False, True, False])
        .unique("household", keep="first", maintain_order=True)
        .select("household", house_zone="told")
    )
    people = people.join(common, on="household", how="left", maintain_order="left")
    # Household mates live together: the household decides.
    told = people.select(told=pl.coalesce("house_zone", "zone", "place_zone"))["told"]
    tree = zones.index(told)
    # A household alone has its person's identifier; the two are kept apart by what stands before them.
    own = pl.concat_str(pl.lit("1"), pl.col("person_id"))
    people = people.with_columns(household=pl.coalesce(pl.concat_str(pl.lit("0"), pl.col("household")), own))
    lost = tree < 0
    if lost.all():
        if len(zones) == 0:
            raise DataError(
                "No person has a zone, and there is no table of zones.",
                allowed="the column zone in the table of people",
                next_step="Send it, or a table of zones with one row.",
            )
        tree[:] = 0
    elif lost.any():
        drawn = random.integers(0, int((~lost).sum()), people.height)
        # By household, so that mates stay together.
        first = people.select(first=pl.int_range(pl.len()).first().over("household"))["first"].to_numpy()
        tree = np.where(lost, tree[~lost][drawn[first]], tree)
    return people.with_columns(tree=pl.Series(_few_enough(tree, zones)))


def _few_enough(tree: np.ndarray, zones: ZoneTree) -> np.ndarray:
    """Zones of people, the smallest replaced by those above until a city can have so many."""
    while len(used := np.unique(tree)) > MOST_ZONES:
        movable = used[zones.parent[used] >= 0]
        if len(movable) == 0:
            raise DataError(
                f"People live in {len(used):,} zones that no other zone contains.",
                allowed=f"at most {MOST_ZONES:,} zones of residence",
                next_step="Fill in the column parent_zone of the table of zones.",
            )
        deepest = movable[zones.depth[movable] == zones.depth[movable].max()]
        tree = np.where(np.isin(tree, deepest), zones.parent[tree], tree)
    return tree
