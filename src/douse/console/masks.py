"""What is left of a row that somebody may not see whole."""

import hashlib
import math
from functools import cache

import polars as pl

from douse.console.ground import Ground
from douse.records.ledger_tables import LEDGER_TABLES
from douse.records.tables import column_facts

AGE_BAND = 10  # years
SPREAD_M = 3_000.0  # metres: how far from the middle of the coarse zone a masked point may lie
_METRES_PER_DEGREE = 111_320.0
_PSEUDONYMS = ("person_id", "subject", "into")


@cache
def personal(table: str) -> tuple[str, ...]:
    """Columns that only who sees personal columns is shown: all that are marked so, but pseudonyms."""
    schema = LEDGER_TABLES[table]
    kept = {*schema.key, *_PSEUDONYMS}
    return tuple(name for name in schema.columns() if name not in kept and column_facts(schema, name).get("personal"))


def without_personal(table: str, rows: pl.DataFrame, shown: pl.Series) -> pl.DataFrame:
    """Rows with personal columns emptied where `shown` is false."""
    columns = [name for name in personal(table) if name in rows.columns]
    if not columns or shown.all():
        return rows
    return rows.with_columns(pl.when(shown).then(pl.col(name)).otherwise(None).alias(name) for name in columns)


def masked(  # noqa: PLR0913, PLR0917  (what a mask is made from)
    table: str, rows: pl.DataFrame, zones: pl.Series, homes: pl.DataFrame, ground: Ground, key: bytes
) -> pl.DataFrame:
    """Rows of other zones: identifiers, the coarse zone, the ten years of age, a point that is not the true one.

    Parameters
    ----------
    zones : pl.Series
        Zone of each row.
    homes : pl.DataFrame
        key, zone_of_row: where each person lives. A person's point is made from it and the pseudonym alone, so that
        it is the same in every row, and averaging many rows tells nothing.
    """
    schema = LEDGER_TABLES[table]
    kept = {"record_id", *schema.key, *_PSEUDONYMS} & set(rows.columns)
    kept -= {name for name in kept if schema.columns()[name].dtype in {pl.Date, pl.Datetime("us")}}
    made: dict[str, pl.Series] = {}
    if "age" in rows.columns:
        made["age"] = rows["age"] // AGE_BAND * AGE_BAND
    if "zone" in rows.columns:
        coarse = {zone: ground.coarse(zone) for zone in zones.drop_nulls().unique()}
        made["zone"] = zones.replace_strict(coarse, default=None, return_dtype=pl.String)
    if {"latitude", "longitude"} <= set(rows.columns) and {"person_id", "case_id"} & set(rows.columns):
        made |= _points(rows, homes, ground, key)
    return rows.select(
        made[name].alias(name) if name in made
        else pl.col(name) if name in kept
        else pl.lit(None, dtype=rows.schema[name]).alias(name)
        for name in rows.columns
    )  # fmt: skip


def _points(rows: pl.DataFrame, homes: pl.DataFrame, ground: Ground, key: bytes) -> dict[str, pl.Series]:
    who = pl.coalesce(*(name for name in ("person_id", "case_id") if name in rows.columns)).alias("key")
    persons = rows.select(who)
    lived = persons.unique("key").drop_nulls().join(homes, on="key", how="inner")
    points = [(person, *point(person, zone, ground, key)) for person, zone in lived.iter_rows()]
    frame = pl.DataFrame(
        points, schema={"key": pl.String, "latitude": pl.Float64, "longitude": pl.Float64}, orient="row"
    )
    found = persons.join(frame, on="key", how="left", maintain_order="left")
    return {"latitude": found["latitude"], "longitude": found["longitude"]}


def point(person: str, zone: str, ground: Ground, key: bytes) -> tuple[float | None, float | None]:
    """Where a person is drawn for those who may not know: always the same point near the middle of the coarse zone."""
    coarse = ground.coarse(zone)
    middle = ground.points.get(coarse) if coarse else None
    if middle is None:
        return None, None
    digest = hashlib.blake2b(person.encode(), key=key, digest_size=16).digest()
    far = SPREAD_M * math.sqrt(int.from_bytes(digest[:8], "big") / 2**64)
    turn = 2 * math.pi * int.from_bytes(digest[8:], "big") / 2**64
    latitude = middle[0] + far * math.cos(turn) / _METRES_PER_DEGREE
    longitude = middle[1] + far * math.sin(turn) / (_METRES_PER_DEGREE * max(0.01, math.cos(math.radians(middle[0]))))
    return round(latitude, 5), round(longitude, 5)
