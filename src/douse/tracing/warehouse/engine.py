"""A warehouse that answers who met whom, and whom the met may have met."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from douse.tracing.encounters import CROWDED, ENCOUNTERS, FURTHER, Asked, Met
from douse.tracing.warehouse import query
from douse.tracing.warehouse.connect import Connection, Table
from douse.tracing.warehouse.layout import compacted


class Warehouse:
    """Compacted visits and the connection that reads them.

    Parameters
    ----------
    folder : Path
        As `layout.compact` leaves it.
    connection : Connection
        `connect.DuckDB` or `connect.Spark`.

    Raises
    ------
    DataError
        The folder's sorted copies are not complete, or lag behind what was landed.
    """

    def __init__(self, folder: Path, connection: Connection) -> None:
        files = compacted(folder)
        self.rows = files.rows
        self._connection = connection
        self._by_place = connection.read(files.by_place)
        self._by_person = connection.read(files.by_person)

    def encounters(self, hosts: pl.DataFrame, asked: Asked) -> Met:
        """Ring 1: whom hosts met within their windows, and where there were too many to say.

        Parameters
        ----------
        hosts : polars.DataFrame
            As of `HOSTS`.
        asked : Asked
            As-of day, crowd limit.
        """
        ask = self._connection
        try:
            windows = query.hosts_for(hosts)
            own, crowded = self._hosted(windows, asked)
            calm = own.anti_join(crowded, ["place", "day"])
            aliases = ask.local(hosts.select("host", "person").drop_nulls().unique())
            met = ask.frame(query.encountered(calm, self._by_place, crowded, aliases, asked))
            announced = ask.frame(query.announced(own, crowded))
        finally:
            ask.forget()
        dated = met.with_columns(*_moments("first", "last"), pl.col("day").cast(pl.Int32).cast(pl.Date))
        return Met(
            _shaped(dated, ENCOUNTERS).sort("host", "person", "place", "day"),
            _shaped(announced, CROWDED).sort("place", "day"),
        )

    def further(self, hosts: pl.DataFrame, left_out: Iterable[str], asked: Asked, min_seconds: int) -> pl.DataFrame:
        """Ring 2: persons who had a meeting of at least `min_seconds` with a host, and the longest of each.

        Parameters
        ----------
        hosts : polars.DataFrame
            As of `HOSTS`: contacts within their windows. They are no answer themselves.
        left_out : iterable of str
            Persons who are no answer either: cases, other contacts.
        asked : Asked
            As-of day, crowd limit.
        min_seconds : int
            Least length of a meeting; meetings are not added up.

        Returns
        -------
        polars.DataFrame
            As of `FURTHER`, sorted by person.
        """
        ask = self._connection
        out = pl.concat([pl.Series(left_out, dtype=pl.String), hosts["person"]]).drop_nulls().unique()
        try:
            own, crowded = self._hosted(query.hosts_for(hosts), asked)
            ranks = ask.kept(query.ranked(own))
            calm = own.anti_join(crowded, ["place", "day"]).join(ranks, ["host", "place"])
            left = ask.local(out.to_frame("person"))
            met = ask.frame(query.met_further(calm, self._by_place, crowded, left, asked, min_seconds=min_seconds))
            names = ask.frame(ranks)
        finally:
            ask.forget()
        # -(-a // b): seconds rounded up, since the rank was taken away; Polars' integer division rounds down.
        found = met.with_columns(*_moments("first", "last"), seconds=-(-pl.col("longest") // query.RANKS)).with_columns(
            rank=pl.col("seconds") * query.RANKS - pl.col("longest")
        )
        return _shaped(found.join(names.rename({"host": "via"}), on="rank"), FURTHER).sort("person")

    def _hosted(self, windows: pl.DataFrame, asked: Asked) -> tuple[Table, Table]:
        """Visits of hosts, and crowds at their places; both computed."""
        ask = self._connection
        own = ask.kept(query.own_visits(self._by_person, ask.local(windows), asked))
        return own, ask.kept(query.crowds(self._by_place, own, asked))


def _moments(*names: str) -> list[pl.Expr]:
    return [pl.from_epoch(pl.col(name).cast(pl.Int64), "s").cast(pl.Datetime("us")) for name in names]


def _shaped(frame: pl.DataFrame, shape: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in shape.items())
