"""Files of visits -> the index: only what is new is read, and what is old is taken away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from douse.readers.visit_files import visit_batches, visit_files
from douse.records.finding import no_findings, together
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
    """What landed: files read, visits read and kept, visits forgotten, findings of the door; and the whole index."""

    files: tuple[str, ...]
    read: int
    kept: int
    forgotten: int
    findings: pl.DataFrame
    visits: int
    first_day: date | None
    last_day: date | None
    on_disk: int  # bytes


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
        Visits that began before this day are not read, and those in the index are taken away for good.
    """
    folder, files = data / store.FOLDER, visit_files(data)
    if fresh:
        with store.anew(folder) as new:
            return _land(data, new, files, memory, progress, forget_before)
    return _land(data, folder, files, memory, progress, forget_before)


def _land(  # noqa: PLR0913, PLR0917  (what `land` was told, and where)
    data: Path, folder: Path, files: Sequence[Path], memory: int, progress: Progress, forget_before: date | None
) -> Landing:
    forgotten = store.forget(folder, forget_before) if forget_before and store.exists(folder) else 0
    known = store.read_manifest(folder)["sources"] if store.exists(folder) else {}
    new = [file for file in files if known.get(_name(file, data)) != _mark(file)]
    findings, read, kept = [no_findings()], 0, 0
    while new:
        with store.writing(folder, memory // 2) as writer:
            done = []
            while new and writer.read < _VISITS_A_COMMIT:
                progress(new[0].name)
                for batch, said in _batches(new[0], memory, forget_before):
                    writer.add(batch)
                    findings.append(said)
                done.append(new.pop(0))
            landed = writer.commit({_name(file, data): _mark(file) for file in done})
            read, kept = read + landed.read, kept + landed.kept
    return _landing([_name(file, data) for file in files if known.get(_name(file, data)) != _mark(file)], read, kept,
                    forgotten, together(findings), folder)  # fmt: skip


def _batches(file: Path, memory: int, since: date | None) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    for checked in visit_batches(file, max(memory // _BYTES_A_VISIT, 1)):
        rows = spans(checked.records.table("visits"))
        if since is not None:
            rows = rows.filter(pl.col("entered") >= datetime.combine(since, time.min))
        yield rows, checked.findings


def _landing(  # noqa: PLR0913, PLR0917  (what is told)
    files: Sequence[str], read: int, kept: int, forgotten: int, findings: pl.DataFrame, folder: Path
) -> Landing:
    said = store.read_manifest(folder)
    days = [part["day"] for part in said["parts"]]
    return Landing(
        tuple(files),
        read,
        kept,
        forgotten,
        findings,
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
