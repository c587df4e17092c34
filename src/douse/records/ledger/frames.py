"""Entries as tables: JSON decoded by column.

Much of PostgreSQL is read through ADBC, over a connection of its own. SQLite is not: the driver brings a second copy of
SQLite into the process, and where one copy closes a file the locks of the other are gone
(sqlite.org/howtocorrupt.html, section 2.2.1).
"""

from collections.abc import Mapping

import polars as pl

from douse.records.ledger.ledger import Ledger
from douse.records.ledger.storage import SCHEMA, address_of, is_address
from douse.records.ledger_tables import LEDGER_TABLES

_TEXTS = ("table_name", "record_id", "supersedes", "recorded_at", "payload", "personal")
_READ = """SELECT table_name, record_id, supersedes, recorded_at, payload, personal
           FROM {schema}entries WHERE sequence > {since} AND sequence <= {upto} ORDER BY sequence"""
_AT_ONCE = 10_000  # rows of SQLite's cursor
_SLICE = 500_000  # entries read at once, so that the JSON of a large ledger is never all in memory


def rows_after(ledger: Ledger, since: int, upto: int) -> dict[str, pl.DataFrame]:
    """Rows of the entries after one sequence number up to another, by table, in their order.

    Parameters
    ----------
    ledger : Ledger
        To read from.
    since, upto : int
        Sequence numbers.
    """
    parts: dict[str, list[pl.DataFrame]] = {}
    for start in range(since, upto, _SLICE):
        read = _fetch(ledger, start, min(start + _SLICE, upto))
        for (name,), rows in read.partition_by("table_name", as_dict=True).items():
            if name in LEDGER_TABLES:  # an entry of a later edition's table is kept, and not understood
                parts.setdefault(name, []).append(_decoded(name, rows))
    return {name: pl.concat(of_one) for name, of_one in parts.items()}


def _fetch(ledger: Ledger, since: int, upto: int) -> pl.DataFrame:
    if is_address(ledger.place) and upto - since > _AT_ONCE:
        # Only where it is needed: it takes 60 MB with what it brings along.
        import adbc_driver_postgresql.dbapi as postgresql  # noqa: PLC0415

        with (
            postgresql.connect(f"postgresql://{address_of(ledger.place)}") as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(_READ.format(schema=f"{SCHEMA}.", since=since, upto=upto))
            return pl.DataFrame(cursor.fetch_arrow())
    parts = [pl.DataFrame(schema=dict.fromkeys(_TEXTS, pl.String))]
    with ledger.engine.connect() as connection:
        # The driver's own cursor: a row that SQLAlchemy makes costs as much again as reading it.
        cursor = connection.connection.cursor()
        cursor.execute(_READ.format(schema=f"{SCHEMA}." if is_address(ledger.place) else "", since=since, upto=upto))
        while rows := cursor.fetchmany(_AT_ONCE):
            columns = zip(_TEXTS, zip(*rows, strict=True), strict=True)
            parts.append(pl.DataFrame([pl.Series(name, of_one, dtype=pl.String) for name, of_one in columns]))
    return pl.concat(parts)


def _decoded(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    columns = LEDGER_TABLES[name].columns()
    text: Mapping[str, pl.DataType] = {
        column: pl.String() if _written_as_text(facts.dtype) else facts.dtype for column, facts in columns.items()
    }
    fields = rows["payload"].str.json_decode(pl.Struct(text)).struct.unnest()
    personal = rows["personal"]
    if personal.null_count() < len(personal):
        apart = personal.cast(pl.String).str.json_decode(pl.Struct(text)).struct.unnest()
        fields = fields.select(pl.coalesce(pl.col(column), apart[column]).alias(column) for column in text)
    fields = fields.with_columns(
        rows["record_id"], *(rows[name].cast(pl.String) for name in ("supersedes", "recorded_at"))
    )
    return fields.select(_typed(column, facts.dtype) for column, facts in columns.items())


def _written_as_text(dtype: pl.DataType) -> bool:
    return isinstance(dtype, (pl.Date, pl.Datetime, pl.Enum))


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Date):
        return pl.col(name).str.to_date("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us")
    return pl.col(name).cast(dtype, strict=not isinstance(dtype, pl.Enum))
