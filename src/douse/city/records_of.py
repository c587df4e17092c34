"""Records that a department would have of a made city, before any outbreak: so that every command runs on it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from douse.city.city import City
from douse.city.made.numbers import MadeNumbers, made_numbers
from douse.city.meeting_places import MeetingPlaces, meeting_places
from douse.city.recorded.preparedness import facilities, stock_counts
from douse.city.residents_of import people_of
from douse.city.visits_of import visits_of
from douse.errors import UsageError
from douse.kernels.person_word import HOSPITAL

_CHUNK = 250_000  # people in memory at a time
_FEW = 200_000  # people of a city whose visits are written without being asked for
_COUNTED = time(8)  # of stock
_NOTE, _TITLE = "README.md", "# Records of a made city"
_FILES = frozenset(
    {
        _NOTE,
        "zones.csv",
        "people.parquet",
        "places.parquet",
        "facilities.csv",
        "stock.csv",
        "visits.parquet",
        "cases.csv",
    }
)


def write_records(  # noqa: PLR0913  each is a choice of the caller, by keyword
    city: City,
    folder: Path,
    *,
    as_of: date,
    days: int | None = None,
    seed: int = 1,
    group_zone: NDArray[np.int32] | None = None,
    numbers: MadeNumbers | None = None,
) -> None:
    """Write the tables of zones, people, places, facilities and stock, and visits of some days; no case is in them.

    The same arguments write the same bytes. Tables of people and visits are written piece by piece.

    Parameters
    ----------
    city : City
        As `make_city` makes it.
    folder : pathlib.Path
        A new or empty folder, or one with earlier records of a made city.
    as_of : datetime.date
        Last day of the visits; stock is counted up to it.
    days : int, optional
        Days of visits; about 1.1 visits a person and day. 14 by default, none in a city of more than 200,000 people.
    seed : int
        Seed of what the city does not hold: years of age, sex, visits.
    group_zone : numpy.ndarray[int32], shape (G + 1,), optional
        Where each group is (`Made.group_zone`); else where most of its people live.
    numbers : MadeNumbers, optional
        The shipped numbers by default.

    Raises
    ------
    UsageError
        When the folder holds something else, or the number of days is negative.
    """
    numbers = numbers or made_numbers()
    if days is None:
        days = int(numbers.base.movement.recorded_days.value) if len(city) <= _FEW else 0
    if days < 0:
        raise UsageError("Visits of fewer than no days cannot be written.", allowed="0 days and more")
    _refuse_taken(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _NOTE).write_text(_note(city, days, as_of, seed), encoding="utf-8")
    places = meeting_places(city, group_zone, numbers)
    _text(zone_table(city)).write_csv(folder / "zones.csv")
    places.frame.write_parquet(folder / "places.parquet", compression="zstd")
    _streamed(folder / "people.parquet", lambda: _people(city, places, numbers, seed))
    _text(_facilities(city, places, numbers, seed)).write_csv(folder / "facilities.csv")
    _text(_stock(city, numbers, as_of)).write_csv(folder / "stock.csv")
    pl.DataFrame({name: pl.Series([], dtype=pl.String) for name in ("case_id", "onset")}).write_csv(
        folder / "cases.csv"
    )
    (folder / "visits.parquet").unlink(missing_ok=True)
    if days:
        _streamed(folder / "visits.parquet", lambda: _visits(city, places, numbers, as_of, days, seed))


def _streamed(path: Path, parts: Callable[[], Iterator[pl.DataFrame]]) -> None:
    """Write the parts into one file, in order, few in memory at a time."""
    schema = next(parts()).schema

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # all of it is wanted
        yield from parts()

    register_io_source(source, schema=schema).sink_parquet(path, compression="zstd", row_group_size=_CHUNK)


def _chunks(city: City) -> Iterator[tuple[int, int]]:
    for first in range(0, len(city), _CHUNK):
        yield first, min(len(city), first + _CHUNK)


def _people(city: City, places: MeetingPlaces, numbers: MadeNumbers, seed: int) -> Iterator[pl.DataFrame]:
    households = 0
    for number, (first, end) in enumerate(_chunks(city)):
        frame, households = people_of(city, places, first, end, households, numbers, seed, number)
        yield frame


def _visits(  # noqa: PLR0913, PLR0917
    city: City, places: MeetingPlaces, numbers: MadeNumbers, as_of: date, days: int, seed: int
) -> Iterator[pl.DataFrame]:
    for back in range(days - 1, -1, -1):
        day = as_of - timedelta(days=back)
        for number, (first, end) in enumerate(_chunks(city)):
            yield visits_of(city, places, first, end, numbers, seed, day, number)


def zone_table(city: City) -> pl.DataFrame:
    """The tree, with the residents of each zone of residence."""
    living = pl.DataFrame(
        {
            "zone_id": pl.Series(city.zone_ids, dtype=pl.String),
            "living": np.diff(city.zone_start.astype(np.int64)),
        }
    )
    columns = [column for column in city.zones.columns if column != "population"]
    return (
        city.zones.with_columns(pl.col("zone_id").cast(pl.String))
        .join(living, on="zone_id", how="left", maintain_order="left")
        .select(*columns, population="living")
    )


def facility_table(city: City, seed: int = 1) -> pl.DataFrame:
    """Facilities of a city, in proportion to its residents."""
    numbers = made_numbers()
    return _facilities(city, meeting_places(city, None, numbers), numbers, seed)


def _facilities(city: City, places: MeetingPlaces, numbers: MadeNumbers, seed: int) -> pl.DataFrame:
    hospitals = np.flatnonzero(places.kind == HOSPITAL)
    at = places.zone[hospitals].tolist() or [0]
    return facilities(len(city), numbers.base.capacity, at, places.site, city.zone_ids, seed)


def _stock(city: City, numbers: MadeNumbers, as_of: date) -> pl.DataFrame:
    frame = stock_counts(len(city), numbers.base.stock, 0)
    last = datetime.combine(as_of, _COUNTED)
    counted = pl.lit(last) + pl.duration(days=pl.col("day") + 1)
    return frame.select(
        "facility_id", "item", counted_at=counted, quantity="quantity", recorded_at=counted + pl.duration(hours=1)
    )


def _text(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns as text; columns without a value are left out."""
    full = [column.name for column in frame if column.null_count() < len(column) or frame.is_empty()]
    return frame.select(full).with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M")).cast(pl.String)


def _refuse_taken(folder: Path) -> None:
    if not folder.exists():
        return
    note = folder / _NOTE
    if folder.is_dir():
        names = {file.name for file in folder.iterdir()}
        ours = note.is_file() and note.read_text(encoding="utf-8", errors="replace").startswith(_TITLE)
        if not names or (ours and names <= _FILES):
            return
    raise UsageError(
        f"{folder.name} holds something else; real records might be lost.",
        allowed="a new or empty folder, or one with earlier records of a made city",
        next_step="Name another folder.",
    )


def _note(city: City, days: int, as_of: date, seed: int) -> str:
    return (
        f"{_TITLE}\n\n{len(city)} invented residents of {len(city.zone_ids)} zones, and their visits of {days} days "
        f"up to {as_of}, from seed {seed}.\nNo person or journey in these tables is real. Nobody is ill.\n"
    )
