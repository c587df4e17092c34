"""Pairs of cases who were at the same place, on the same day or shortly one after the other."""

import polars as pl

from douse.records import Records
from douse.tracing.infectors.facts import Facts
from douse.tracing.infectors.levels import GROUPS
from douse.tracing.persons import with_person
from douse.tracing.places import SETTING_OF_PLACE
from douse.tracing.visits import days_of, spans

# A place on a day with more cases than this says nothing of a pair, and would make too many pairs.
CROWD = 60
NEAR_DAYS = 2
SHARED_PLACE = GROUPS["place"]
HEALTHCARE = SHARED_PLACE.index("healthcare_same_day")
SAME_DAY = SHARED_PLACE.index("same_day")
NEAR = SHARED_PLACE.index("near_days")

SHARED: dict[str, pl.DataType] = {
    "infector": pl.Int64(), "case": pl.Int64(), "place": pl.String(), "kind": pl.String(), "day": pl.Date(),
    "level": pl.Int8(),
}  # fmt: skip


def shared_days(known: Records, facts: Facts) -> pl.DataFrame:
    """Places that two cases share: on the same day in either direction, or the case up to two days after the infector.

    Returns
    -------
    polars.DataFrame
        infector, case (positions), place, kind, day (of the case), level (code of the group `place`): one row a pair,
        place and day, sorted.
    """
    visits = _visits_of_cases(known, facts)
    if visits.is_empty():
        return pl.DataFrame(schema=SHARED)
    crowded = pl.col("at").n_unique().over("place", "day") > CROWD
    calm = visits.filter(~crowded)
    pairs = [
        calm.rename({"at": "infector"})
        .with_columns(day=pl.col("day") + pl.duration(days=later))
        .join(calm.rename({"at": "case"}).drop("kind"), on=["place", "day"])
        .filter(pl.col("infector") != pl.col("case"))
        .with_columns(level=_level(later))
        for later in range(NEAR_DAYS + 1)
    ]
    return (
        pl.concat(pairs)
        .sort("infector", "case", "place", "day", "level", descending=[False, False, False, False, True])
        .unique(["infector", "case", "place", "day"], keep="first", maintain_order=True)
        .select(pl.col(name).cast(kind) for name, kind in SHARED.items())
    )


def _visits_of_cases(known: Records, facts: Facts) -> pl.DataFrame:
    """Position of the case (`at`), place, kind, day: one row each."""
    table = with_person(known.table("visits"), known)
    own = facts.positions.select("person", "at")
    visits = table.join(own.select("person"), on="person", how="semi").drop("person")
    if visits.is_empty():
        return pl.DataFrame(schema={"at": pl.Int64, "place": pl.String, "kind": pl.String, "day": pl.Date})
    daily = days_of(spans(visits)).filter(pl.col("day") <= known.day)
    kinds = (
        known.table("places")
        .select(place="place_id", listed=pl.col("kind").cast(pl.String))
        .sort("place", "listed", nulls_last=True)
        .unique("place", keep="first", maintain_order=True)
    )
    return (
        with_person(daily.rename({"person": "person_id"}), known)
        .join(own, on="person")
        .join(kinds, on="place", how="left")
        .select("at", "place", kind=pl.coalesce("kind", "listed"), day="day")
        .sort("at", "place", "day", "kind", nulls_last=True)
        .unique(["at", "place", "day"], keep="first", maintain_order=True)
    )


def _level(later: int) -> pl.Expr:
    if later:
        return pl.lit(NEAR, dtype=pl.Int8)
    setting = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    return pl.when(setting == "healthcare").then(HEALTHCARE).otherwise(SAME_DAY).cast(pl.Int8)
