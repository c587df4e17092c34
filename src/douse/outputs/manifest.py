"""`Manifest`: what is needed to make the same report again."""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import polars as pl

from douse.library import Costs, Pathogen, Protocol, Strategy
from douse.outputs.json_text import dumped, plain
from douse.planning.choice.choice import Choice
from douse.records.ledger import is_ledger, open_ledger
from douse.records.records import Records
from douse.tracing.index import store

LIBRARIES = ("altair", "numpy", "polars", "scipy", "vl-convert-python")
_ROWS_AT_ONCE = 1_000_000
_NULL_LENGTH = np.uint32(2**32 - 1)


@dataclass(frozen=True)
class Edition:
    """A library file as it was: id, edition, SHA-256 of its content."""

    id: str
    edition: str
    sha256: str


@dataclass(frozen=True)
class TableHash:
    """A table of the as-of view: rows, SHA-256 of its values (see `hash_table`)."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a report was made from. Holds no time of making and no input file: equal inputs give equal manifests."""

    as_of: date
    versions: dict[str, str]
    protocol: Edition
    pathogen: Edition
    costs: Edition
    seed: int
    records: dict[str, TableHash]
    strategy: Edition | None = None  # that was chosen; None: the protocol's rules
    tried: tuple[str, ...] = ()  # strategies that it was chosen from
    scenarios: int = 0
    floor: dict[str, float] = field(default_factory=dict)


def make_manifest(  # noqa: PLR0913  what a plan stands on
    known: Records,
    pathogen: Pathogen,
    protocol: Protocol,
    costs: Costs,
    *,
    strategy: Strategy | None = None,
    choice: Choice | None = None,
) -> Manifest:
    """The manifest of an as-of view.

    Parameters
    ----------
    known : Records
        An as-of view; tables that nobody sent are left out.
    pathogen, protocol, costs
        The library values that the plan used.
    strategy, choice
        That was chosen, and from what.
    """
    return Manifest(
        as_of=known.day,
        versions={name: _version(name) for name in ("douse", *LIBRARIES)},
        protocol=_edition(protocol),
        pathogen=_edition(pathogen),
        costs=_edition(costs),
        seed=0 if choice is None else choice.seed,
        records={
            name: TableHash(known.table(name).height, hash_table(known.table(name))) for name in sorted(known.frames)
        },
        strategy=None if strategy is None else _edition(strategy),
        tried=() if choice is None else tuple(sorted(plan.strategy for plan in choice.plans)),
        scenarios=0 if choice is None else choice.scenarios,
        floor={} if choice is None else choice.floor,
    )


def manifest_json(manifest: Manifest, inputs: Mapping[str, str]) -> str:
    """The text of manifest.json: the manifest and the hashes of the input files."""
    return dumped({**plain(manifest), "inputs": dict(sorted(inputs.items()))})


def hash_table(frame: pl.DataFrame) -> str:
    """SHA-256 of the names, types and values of a frame, in row order.

    Depends on values only, never on how they lie in memory: each column is hashed as little-endian numbers (null as 0)
    with a mask of nulls, text as byte lengths and bytes. Columns are hashed in threads.
    """
    with ThreadPoolExecutor(max_workers=4) as pool:
        digests = list(pool.map(_hash_column, frame.get_columns()))
    whole = hashlib.sha256(str(frame.height).encode())
    for column, digest in zip(frame.get_columns(), digests, strict=True):
        whole.update(f"\x00{column.name}\x00{_kind(column.dtype)}\x00".encode())
        whole.update(digest)
    return whole.hexdigest()


def hash_files(data: Path, mapping: Path | None = None) -> dict[str, str]:
    """SHA-256 of the input files by name: one file, or the files of a folder (not of folders in it); and the mapping.

    Of an index of visits its manifest stands for the visits: it names the files that they came from.

    These go to manifest.json only: records that came later change a file, but not the report of an earlier day. Of a
    ledger it is the hash of its last entry, which all before it follow into.
    """
    if is_ledger(data):
        last = open_ledger(data).entries(newest_first=True, limit=1)
        return {f"ledger, entry {entry.sequence}": entry.hash.hex() for entry in last}
    files = sorted(path for path in data.iterdir() if path.is_file()) if data.is_dir() else [data]
    if store.exists(data / store.FOLDER):
        files.append(data / store.FOLDER / "manifest.json")
    named = {path.relative_to(data).as_posix() if data.is_dir() else path.name: path for path in files}
    if mapping is not None:
        named[f"mapping: {mapping.name}"] = mapping
    return {name: _hash_file(path) for name, path in named.items()}


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_column(column: pl.Series) -> bytes:
    sha = hashlib.sha256()
    if column.null_count() < column.len():
        for start in range(0, column.len(), _ROWS_AT_ONCE):
            part = column.slice(start, _ROWS_AT_ONCE)
            for piece in _text_bytes(part) if part.dtype == pl.String else _number_bytes(part):
                sha.update(piece)
    return sha.digest()


def _text_bytes(part: pl.Series) -> Iterable[bytes]:
    yield part.str.len_bytes().fill_null(_NULL_LENGTH).to_numpy().astype("<u4").tobytes()
    yield part.str.join("").cast(pl.Binary).item() or b""


def _number_bytes(part: pl.Series) -> Iterable[bytes]:
    physical = part.to_physical()
    if part.null_count():
        yield np.packbits(part.is_null().to_numpy()).tobytes()
        physical = physical.fill_null(value=False) if physical.dtype == pl.Boolean else physical.fill_null(0)
    values = physical.to_numpy()
    # 0.0 and -0.0 are one value.
    yield (values + 0.0 if values.dtype.kind == "f" else values).tobytes()


def _kind(kind: pl.DataType) -> str:
    """Name of a type; of an enum with its codes, because only their positions are hashed."""
    return f"enum {'|'.join(kind.categories)}" if isinstance(kind, pl.Enum) else str(kind)


def _edition(value: Pathogen | Protocol | Costs | Strategy) -> Edition:
    return Edition(value.id, value.edition, hashlib.sha256(value.model_dump_json().encode()).hexdigest())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
