"""The index on disk: what is there is never changed; a new day is written beside it and then named in the manifest.

    manifest.json            what counts; replaced in one step, so that a crash leaves the old index
    parts/2026-03-02.0/      one part: its arrays (`part.py`)
    names/persons.0.npy      a segment of names (`names.py`)
    names/places.0.npy
    facts/0.parquet          what visits say of places

Files that the manifest does not name are left over from a crash, and are swept away by the next writer.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import DataError
from douse.kernels.visit_parts import PLACE
from douse.tracing.index import part as parts_on_disk
from douse.tracing.index.build import day_parts, facts_of, packed
from douse.tracing.index.names import Encoder, Names, segment_of
from douse.tracing.index.part import Part, day_number, day_of
from douse.tracing.index.visit_index import VisitIndex

try:
    import fcntl
except ImportError:  # not every system has locks of this kind
    fcntl = None  # type: ignore[assignment]

VERSION = 1
FOLDER = "visits.index"
# Bytes a row that packing and sorting a day take at their peak.
_BYTES_A_RECORD = 48
# Bytes of a row in the files that wait to be sorted.
_BYTES_ON_DISK = 16
Records = NDArray[np.int32]
_NEVER = -(2**31)


@dataclass(frozen=True)
class Landed:
    """What a writer added: visits that it took, and those that it kept (time that is told twice is told once)."""

    read: int
    kept: int


def exists(folder: Path) -> bool:
    """Whether there is an index."""
    return (folder / "manifest.json").is_file()


def open_index(folder: Path) -> VisitIndex:
    """The index of a folder; nothing is read but names of files, and what is looked at later.

    Raises
    ------
    DataError
        When there is none, it is not whole, or it was written by another edition.
    """
    said = read_manifest(folder)
    parts = sorted(said["parts"], key=lambda part: (part["day"], part["name"]))
    try:
        return VisitIndex(
            _names(folder, said["persons"]),
            _names(folder, said["places"]),
            tuple(parts_on_disk.load(folder / "parts" / part["name"], part) for part in parts),
            facts(folder),
        )
    except (OSError, ValueError, pl.exceptions.PolarsError) as wrong:
        raise _not_whole(folder) from wrong


def facts(folder: Path) -> pl.DataFrame:
    """What visits say of their places: `visit_index.FACTS`, one row a place."""
    return facts_of([pl.read_parquet(folder / "facts" / name) for name in read_manifest(folder)["facts"]])


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the index holds: version, made, parts, persons, places, facts, sources.

    Raises
    ------
    DataError
        When there is none, or it was written by another edition.
    """
    if not exists(folder):
        raise DataError(f"There is no index of visits in {folder.parent}.", next_step="Make one with `douse index`.")
    try:
        said: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise _not_whole(folder) from wrong
    if said.get("version") != VERSION:
        raise DataError(
            f"The index of visits in {folder.parent} was written by another edition.",
            next_step="Make it anew: `douse index --fresh`.",
        )
    return said


def size(folder: Path) -> int:
    """Bytes of the index on disk."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def forget(folder: Path, before: date) -> int:
    """Take away the parts of days before a day, for good; gives how many visits went."""
    with _one_writer(folder):
        said = read_manifest(folder)
        said["forgotten_before"] = max(day_number(before), said.get("forgotten_before", _NEVER))
        gone = [part for part in said["parts"] if part["day"] < day_number(before)]
        said["parts"] = [part for part in said["parts"] if part["day"] >= day_number(before)]
        _put_manifest(folder, said)
        _sweep(folder, said)
    return sum(part["visits"] for part in gone)


def forgotten_before(folder: Path) -> date | None:
    """Day before which visits were taken away for good; None where none were, or the index cannot be read."""
    with suppress(DataError):
        day = read_manifest(folder).get("forgotten_before")
        return None if day is None else day_of(day)
    return None


@contextmanager
def anew(folder: Path) -> Iterator[Path]:
    """A folder for an index that takes the place of the one that is there once all went well."""
    new, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    folder.mkdir(parents=True, exist_ok=True)
    with _one_writer(folder):
        shutil.rmtree(new, ignore_errors=True)
        try:
            yield new
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def writing(folder: Path, memory: int) -> Iterator["Writer"]:
    """A writer of the index of a folder; what it was given counts once `Writer.commit` has returned.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    memory : int
        Bytes that the sorting of a day may take; longer days become several parts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _one_writer(folder):
        said = read_manifest(folder) if exists(folder) else _nothing()
        _sweep(folder, said)
        writer = Writer(folder, said, max(memory // _BYTES_A_RECORD, 1))
        try:
            yield writer
        finally:
            shutil.rmtree(folder / "incoming", ignore_errors=True)


@dataclass
class Writer:
    """One extension of an index."""

    folder: Path
    said: dict[str, Any]
    rows_a_part: int
    read: int = 0
    _facts: list[pl.DataFrame] = field(default_factory=list)
    _days: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        (self.folder / "incoming").mkdir()
        self._persons = _Growing(_names(self.folder, self.said["persons"]))
        self._places = _Growing(_names(self.folder, self.said["places"]))

    def forget_before(self, day: date | None) -> None:
        """Visits that began before a day are not taken, by this writer and all later ones."""
        if day is not None:
            self.said["forgotten_before"] = max(day_number(day), self.said.get("forgotten_before", _NEVER))

    def add(self, spans: pl.DataFrame) -> None:
        """Take spans (`visits.SPANS`), of any days, in any order; those of days that were forgotten are passed over."""
        if "forgotten_before" in self.said:
            first = day_of(self.said["forgotten_before"])
            spans = spans.filter(pl.col("entered").dt.date() >= first)
        self.read += spans.height
        if spans.is_empty():
            return
        persons, places = self._persons.codes(spans["person"]), self._places.codes(spans["place"])
        coded = spans.with_columns(person=pl.Series(persons), place=pl.Series(places))
        for day, records in packed(coded):
            with self._spool(day).open("ab") as spool:
                records.tofile(spool)
            self._days.add(day)
        said = facts_of([spans])
        if said.height:
            self._facts.append(said)

    def commit(self, sources: Mapping[str, Any]) -> Landed:
        """Sort what was taken, write it, and let it count.

        Parameters
        ----------
        sources : Mapping[str, Any]
            File name -> what tells whether it has changed; kept in the manifest.
        """
        said = json.loads(json.dumps(self.said))
        orders = {}
        for name, growing in (("persons", self._persons), ("places", self._places)):
            segment, orders[name] = growing.settled()
            if len(segment):
                file = f"{name}.{len(said[name])}.npy"
                (self.folder / "names").mkdir(exist_ok=True)
                parts_on_disk.save_array(self.folder / "names" / file, segment)
                said[name].append(file)
        if self._facts:
            (self.folder / "facts").mkdir(exist_ok=True)
            said["facts"].append(f"{len(said['facts'])}.parquet")
            facts_of(self._facts).write_parquet(self.folder / "facts" / said["facts"][-1])
        before = len(said["parts"])
        for part in self._parts(orders):
            taken = sum(other["day"] == part.day for other in said["parts"])
            folder = self.folder / "parts" / f"{day_of(part.day)}.{taken}"
            said["parts"].append(parts_on_disk.save(part, folder))
        said["sources"] |= dict(sources)
        _put_manifest(self.folder, said)
        self.said = said
        return Landed(self.read, sum(part["visits"] for part in said["parts"][before:]))

    def _parts(self, orders: Mapping[str, NDArray[np.int32]]) -> Iterator[Part]:
        existing = [parts_on_disk.load(self.folder / "parts" / p["name"], p) for p in self.said["parts"]]
        persons, places = len(self._persons), len(self._places)
        by_day = {day: self._slices(day, orders) for day in self._days}
        for part in day_parts(by_day, existing, persons, places):
            for day in self._days:
                if day < part.day:  # all of it is written, and its room is wanted
                    self._spool(day).unlink(missing_ok=True)
            yield part

    def _slices(self, day: int, orders: Mapping[str, NDArray[np.int32]]) -> Iterator[Records]:
        """Records of a day with final numbers, as many at a time as memory allows, those of a place together.

        Visits of one person at one place are thus compared with each other, however little memory there is. The day is
        read once for each slice; only a place with more visits than memory allows makes a slice that is larger.
        """
        if self._spool(day).stat().st_size <= self.rows_a_part * _BYTES_ON_DISK:
            yield from self._chunks(day, orders)
            return
        visits = np.zeros(len(self._places), dtype=np.int64)
        for chunk in self._chunks(day, orders):
            visits += np.bincount(chunk[:, PLACE], minlength=len(visits))
        for first, end in _runs_within(visits, self.rows_a_part):
            chunks = self._chunks(day, orders)
            yield np.concatenate([chunk[(chunk[:, PLACE] >= first) & (chunk[:, PLACE] < end)] for chunk in chunks])

    def _chunks(self, day: int, orders: Mapping[str, NDArray[np.int32]]) -> Iterator[Records]:
        """Records of a day with final numbers, in the order in which they came."""
        with self._spool(day).open("rb") as spool:
            while (records := np.fromfile(spool, dtype=np.int32, count=self.rows_a_part * 4).reshape(-1, 4)).size:
                for column, (name, growing) in enumerate((("places", self._places), ("persons", self._persons))):
                    new = records[:, column] >= growing.settled_until
                    records[new, column] = orders[name][records[new, column] - growing.settled_until]
                yield records

    def _spool(self, day: int) -> Path:
        return self.folder / "incoming" / f"{day}.records"


class _Growing:
    """Names that grow while chunks are read: new ones get numbers as they come, and are sorted at the end."""

    def __init__(self, names: Names) -> None:
        self.settled_until = len(names)
        self._encoders = [Encoder(names)] if len(names) else []
        self._starts = [0] if len(names) else []
        self._new: list[pl.Series] = []
        self._count = len(names)

    def __len__(self) -> int:
        return self._count

    def codes(self, names: pl.Series) -> NDArray[np.int32]:
        """Number of each name; a new one gets the next."""
        found, missing = np.full(len(names), -1, dtype=np.int32), np.arange(len(names))
        for start, encoder in zip(self._starts, self._encoders, strict=True):
            codes = encoder.codes(names if len(missing) == len(names) else names.gather(missing))
            there = codes >= 0
            found[missing[there]] = codes[there] + start
            missing = missing[~there]
            if not len(missing):
                return found
        new = names.gather(missing)
        segment = segment_of(new)
        self._encoders.append(Encoder(Names((segment,))))
        self._starts.append(self._count)
        self._new.append(new.unique().sort())
        found[missing] = self._encoders[-1].codes(new) + self._count
        self._count += len(segment)
        return found

    def settled(self) -> tuple[NDArray[np.bytes_], NDArray[np.int32]]:
        """New names sorted, and the final number of each in the order in which they came."""
        if not self._new:
            return np.empty(0, dtype="S1"), np.empty(0, dtype=np.int32)
        every = pl.concat([names.alias("name") for names in self._new])
        final = np.empty(len(every), dtype=np.int32)
        final[every.arg_sort().to_numpy()] = np.arange(len(every), dtype=np.int32) + self.settled_until
        return segment_of(every), final


def _runs_within(visits: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Runs of places (first and past the last) with visits, each with at most so many visits or of one place."""
    place = np.flatnonzero(visits)
    until = np.cumsum(visits[place])
    first = 0
    while first < len(place):
        before = int(until[first - 1]) if first else 0
        end = max(int(np.searchsorted(until, before + most, side="right")), first + 1)
        yield int(place[first]), int(place[end - 1]) + 1
        first = end


def _not_whole(folder: Path) -> DataError:
    return DataError(
        f"The index of visits in {folder.parent} is not whole.", next_step="Make it anew: `douse index --fresh`."
    )


def _names(folder: Path, files: list[str]) -> Names:
    return Names(tuple(np.load(folder / "names" / file, mmap_mode="r") for file in files))


def _nothing() -> dict[str, Any]:
    # `made` tells this index from one that is begun anew: names of parts come back, their visits may not.
    return {
        "version": VERSION,
        "made": uuid4().hex,
        "parts": [],
        "persons": [],
        "places": [],
        "facts": [],
        "sources": {},
    }


def _put_manifest(folder: Path, said: dict[str, Any]) -> None:
    """Replace the manifest in one step, once what it names is on disk."""
    new = folder / "manifest.json.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / "manifest.json")


def _sweep(folder: Path, said: dict[str, Any]) -> None:
    """Take away what the manifest does not name."""
    shutil.rmtree(folder / "incoming", ignore_errors=True)
    named = {
        "parts": {part["name"] for part in said["parts"]},
        "names": {*said["persons"], *said["places"]},
        "facts": set(said["facts"]),
    }
    for kind, kept in named.items():
        for path in (folder / kind).iterdir() if (folder / kind).is_dir() else ():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of the index, which goes with the process that held it."""
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DataError(
                    f"The index of visits in {folder.parent} is being written by another command.",
                    next_step="Wait until it has ended.",
                ) from None
        yield
