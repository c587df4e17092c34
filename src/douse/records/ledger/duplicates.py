"""Persons who may be one: alike in name, of one sex, close in age, zone and time."""

import polars as pl

from douse.records.ledger.live import Snapshot

CLOSE_YEARS = 1  # of age
CLOSE_DAYS = 30  # between the days on which they were told
_WEIGHT = {"likeness": 0.6, "same_zone": 0.2, "same_age": 0.2}


def candidates(snapshot: Snapshot, alike: pl.DataFrame, *, days: int = CLOSE_DAYS) -> pl.DataFrame:
    """Pairs of persons on record that may be one, most likely first.

    Pairs whose sex differs, whose ages are more than a year apart, or who were told many days apart, are left out;
    what is not known speaks neither for nor against. Persons who are merged already do not appear.

    Parameters
    ----------
    snapshot : Snapshot
        Of the ledger.
    alike : pl.DataFrame
        first, second, likeness: of `Vault.alike`.
    days : int
        Between the days on which they were told.

    Returns
    -------
    pl.DataFrame
        first, second, likeness, zone_first, zone_second, same_zone, years_apart, days_apart, score (0 to 1).
    """
    known = persons(snapshot)
    merged = set(snapshot.current("merges").filter(pl.col("state") == "merged")["person_id"])
    pairs = alike.filter(~pl.col("first").is_in(list(merged)) & ~pl.col("second").is_in(list(merged)))
    for side in ("first", "second"):
        pairs = pairs.join(
            known.rename({name: f"{name}_{side}" for name in known.columns if name != "person_id"}),
            left_on=side,
            right_on="person_id",
            how="inner",
        )
    pairs = pairs.with_columns(
        years_apart=(pl.col("age_first") - pl.col("age_second")).abs(),
        days_apart=(pl.col("told_first") - pl.col("told_second")).dt.total_days().abs(),
        same_zone=(pl.col("zone_first") == pl.col("zone_second")),
    )
    same_sex = (pl.col("sex_first") == pl.col("sex_second")).fill_null(value=True)
    kept = pairs.filter(
        same_sex
        & (pl.col("years_apart") <= CLOSE_YEARS).fill_null(value=True)
        & (pl.col("days_apart") <= days).fill_null(value=True)
    )
    score = (
        _WEIGHT["likeness"] * pl.col("likeness")
        + _WEIGHT["same_zone"] * pl.col("same_zone").cast(pl.Float64).fill_null(0.5)
        + _WEIGHT["same_age"] * (pl.col("years_apart") == 0).cast(pl.Float64).fill_null(0.5)
    )
    return kept.with_columns(score=score).select(
        "first", "second", "likeness", "zone_first", "zone_second", "same_zone", "years_apart", "days_apart", "score"
    ).sort("score", "first", "second", descending=[True, False, False])  # fmt: skip


def persons(snapshot: Snapshot) -> pl.DataFrame:
    """A row a person on record: person_id, zone, age, sex (null where it is not known), told (first)."""
    parts = []
    for name in ("cases", "contacts", "people"):
        rows = snapshot.current(name)
        person = pl.coalesce("person_id", "case_id") if name == "cases" else pl.col("person_id")
        sex = pl.col("sex").cast(pl.String) if "sex" in rows.columns else pl.lit(None, pl.String)
        parts.append(rows.select(person.alias("person_id"), "zone", "age", sex.alias("sex"), told="recorded_at"))
    known = pl.concat(parts).with_columns(pl.when(pl.col("sex") != "unknown").then("sex").alias("sex"))
    return known.group_by("person_id", maintain_order=True).agg(
        pl.col("zone", "age", "sex").drop_nulls().first(), pl.col("told").min()
    )
