"""Files of visits -> the index: only what is new is read, and what is old is taken away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from douse.errors import DataError
from douse.readers.visit_files import corrected, visit_batches, visit_files
from douse.records.finding import Checked, no_findings, together
from douse.records.records import Records
from douse.tracing.index import store
from douse.tracing.index.part import day_of
from douse.tracing.visits import spans

Progress = Callable[[str], None]
# Bytes that one visit takes on its way through the door.
_BYTES_A_VISIT = 600
# Visits after which those of a batch of files are sorted and written: a crash loses no more.
_VISITS_A_COMMIT = 20_000_000


@dataclass(frozen=True)
class Landing:
    """What landed: files read, visits read and kept, visits forgotten; and the whole index.

    `checked` holds what the door noticed, and the rows that it set aside; no records.
    """

    files: tuple[str, ...]
    read: int
    kept: int
    forgotten: int
    checked: Checked
    visits: int
    first_day: date | None
    last_day: date | None
    on_disk: int  # bytes


@dataclass
class _Account:
    """What has landed so far."""

    read: int = 0
    kept: int = 0
    findings: list[pl.DataFrame] = field(default_factory=lambda: [no_findings()])
    rejected: list[pl.DataFrame] = field(default_factory=list)

    def checked(self) -> Checked:
        rejected = {"visits": pl.concat(self.rejected, how="diagonal_relaxed")} if self.rejected else {}
        return Checked(Records({}), together(self.findings), rejected)


def land(
    data: Path, memory: int, progress: Progress, *, fresh: bool = False, forget_before: date | None = None
) -> Landing:
    """Bring the visits of a data folder into its index.

    A file is read when it is new or has changed; visits that the index has are not told again, so that a file that
    grows may be sent whole. The index never loses visits but by `forget_before` or `fresh`.

    Parameters
    ----------
    data : Path
        Folder of tables.
    memory : int
        Bytes to stay within, besides what Python and its libraries take.
    progress : callable
        Told the name of each file.
    fresh : bool, default False
        Begin anew; the index that is there stays until the new one is complete.
    forget_before : date, optional
        Visits that began before this day are taken away for good; they are not read again, now or later.

    Raises
    ------
    DataError
        When there are no visits, another command writes the index, or a visit is corrected that is in the index.
    """
    folder = data / store.FOLDER
    if fresh:
        with store.anew(folder) as new:
            days = [day for day in (forget_before, store.forgotten_before(folder)) if day is not None]
            return _land(data, new, memory, progress, max(days, default=None))
    return _land(data, folder, memory, progress, forget_before)


def unread_files(data: Path) -> list[str]:
    """Files of visits of a data folder that are new or have changed since its index was extended."""
    if not data.is_dir():
        return []
    folder = data / store.FOLDER
    known = store.read_manifest(folder)["sources"] if store.exists(folder) else {}
    return [_name(file, data) for file in visit_files(data) if known.get(_name(file, data)) != _mark(file)]


def _land(data: Path, folder: Path, memory: int, progress: Progress, forget_before: date | None) -> Landing:
    files, there = visit_files(data), store.exists(folder)
    if not files and not there:
        raise DataError(
            f"{data} holds no visits.",
            allowed="files in a folder visits/, or visits.parquet, visits.csv",
            next_step="Check the path of the data.",
        )
    forgotten = store.forget(folder, forget_before) if forget_before and there else 0
    known = store.read_manifest(folder)["sources"] if there else {}
    new = [file for file in files if known.get(_name(file, data)) != _mark(file)]
    names, account = [_name(file, data) for file in new], _Account()
    wrong = _corrected(new, there=there)
    while new:
        with store.writing(folder, memory // 2) as writer:
            writer.forget_before(forget_before)
            done = []
            while new and writer.read < _VISITS_A_COMMIT:
                progress(new[0].name)
                for rows in _batches(new[0], memory, wrong, account):
                    writer.add(rows)
                done.append(new.pop(0))
            landed = writer.commit({_name(file, data): _mark(file) for file in done})
            account.read, account.kept = account.read + landed.read, account.kept + landed.kept
    return _landing(names, account, forgotten, folder)


def _corrected(files: Sequence[Path], *, there: bool) -> frozenset[str]:
    """record_ids that rows of the files correct.

    What is in the index is not known by record_id any more: there a correction asks for a new index.
    """
    wrong = frozenset().union(*(corrected(file) for file in files))
    if wrong and there:
        raise DataError(
            "Some visits correct others that may be in the index.",
            next_step="Make the index anew, with all files there: douse index --fresh.",
        )
    return wrong


def _batches(file: Path, memory: int, wrong: frozenset[str], account: _Account) -> Iterator[pl.DataFrame]:
    for checked in visit_batches(file, max(memory // _BYTES_A_VISIT, 1)):
        visits = checked.records.table("visits")
        account.findings.append(checked.findings)
        account.rejected += checked.rejected.values()
        yield spans(visits.filter(~pl.col("record_id").is_in(list(wrong))) if wrong else visits)


def _landing(files: Sequence[str], account: _Account, forgotten: int, folder: Path) -> Landing:
    said = store.read_manifest(folder)
    days = [part["day"] for part in said["parts"]]
    return Landing(
        tuple(files),
        account.read,
        account.kept,
        forgotten,
        account.checked(),
        sum(part["visits"] for part in said["parts"]),
        day_of(min(days)) if days else None,
        day_of(max(days)) if days else None,
        store.size(folder),
    )


def _name(file: Path, data: Path) -> str:
    return file.relative_to(data).as_posix()


def _mark(file: Path) -> list[int]:
    """What changes when a file does."""
    facts = file.stat()
    return [facts.st_size, facts.st_mtime_ns]
