"""The story of the ledger's verbs: take in, give out, verify, let go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from douse.errors import UsageError
from douse.library import Pathogen, Protocol, load
from douse.question import check
from douse.records.finding import write_csv
from douse.records.ledger import Ledger, Live, Verified, is_ledger, open_ledger, verify
from douse.records.ledger.bulk import FOLDER as BULK
from douse.records.ledger.bundle import Imported, export_bundle, import_bundle
from douse.records.ledger.erasure import Erased, due, erase
from douse.records.ledger.intake import Taken, take_in
from douse.records.ledger.keys import FOLDER as KEYS
from douse.records.ledger.keys import public_text, signing_key, trusted
from douse.records.records import Records
from douse.records.tables import TABLES
from douse.records.vault import open_vault

BUNDLE = ".zip"


@dataclass(frozen=True)
class Place:
    """Where an instance keeps its records.

    Attributes
    ----------
    folder : Path
        Of the instance: keys and bulk files, and the ledger itself where no database is named.
    database : str or None
        Address of a PostgreSQL database.
    """

    folder: Path
    database: str | None = None

    @property
    def ledger(self) -> Path | str:
        """Where the ledger lies."""
        return self.database or self.folder

    @property
    def keys(self) -> Path:
        """Folder of keys."""
        return self.folder / KEYS

    @property
    def bulk(self) -> Path:
        """Folder of bulk tables."""
        return self.folder / BULK

    def open(self, *, make: bool = False) -> Ledger:
        """The ledger. Raises UsageError; see `open_ledger`."""
        return open_ledger(self.ledger, make=make, bulk=self.bulk)


def import_tables(  # noqa: PLR0913  what, whence, by whom and when
    place: Place, data: Path, *, author: str, at: datetime, mapping: Path | None = None, out: Path | None = None
) -> tuple[Taken, pl.DataFrame]:
    """Bring a folder of tables or a line list through the door into a ledger.

    Returns
    -------
    tuple
        What was taken, and the findings; rows that were set aside are in `out`, and not in the ledger.
    """
    if is_ledger(data):
        raise UsageError("A ledger is not imported into another.", next_step="Export a bundle, and import that.")
    checked = check(data, mapping, out)
    taken = take_in(Live(place.open(make=True)), checked.records, author=author, at=at)
    return taken, checked.findings


def import_from(place: Place, bundle: Path, *, unsigned: bool) -> Imported:
    """Bring in the bundle of another instance."""
    return import_bundle(place.open(make=True), bundle, trusted=trusted(place.keys), unsigned=unsigned)


def export_tables(place: Place, out: Path, form: str, as_of: date | None) -> Mapping[str, int]:
    """Write every table that holds rows into a folder: all that is in force, or was known at the end of a day.

    Returns
    -------
    Mapping[str, int]
        Table -> rows.
    """
    snapshot = Live(place.open()).follow()
    known: Records | None = None if as_of is None else snapshot.as_of(as_of)
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name in TABLES:
        rows = snapshot.current(name) if known is None else known.table(name)
        if not rows.height:
            continue
        rows, counts[name] = rows.drop("first_recorded_at", "supersedes", strict=False), rows.height
        path = out / f"{name}.{form}"
        if form == "csv":
            write_csv(rows, path)
        elif form == "parquet":
            rows.write_parquet(path)
        else:
            rows.write_ndjson(path)
    return counts


def export_signed(place: Place, out: Path, *, since: int, signed: bool) -> tuple[int, int, str | None]:
    """Write a bundle for another instance: entries, sequence number up to which, public key of the signature."""
    ledger = place.open()
    head, key = ledger.head, signing_key(place.keys) if signed else None
    return export_bundle(ledger, out, since=since, key=key), head, public_text(key) if key else None


def verified(place: Place) -> Verified:
    """Walk the chain."""
    return verify(place.open())


def forget(  # noqa: PLR0913  what, by which rules, by whom and when
    place: Place, pathogen: str, protocol: str, *, author: str, at: datetime, really: bool
) -> tuple[int, Erased | None]:
    """Redact contacts and visits past their time: maximum incubation and what the protocol adds.

    Returns
    -------
    tuple
        Persons past their time whom no hold keeps, and what was redacted (None: only looked).
    """
    rules, about = load(Protocol, protocol), load(Pathogen, pathogen)
    keep = about.max_incubation.value + rules.privacy.retention_extra_days.value
    live = Live(place.open())
    persons = due(live.follow(), round(keep), at.date())
    if not really or not persons:
        return len(persons), None
    erased = erase(live, persons, author=author, at=at, why="retention", reason=f"{keep:.0f} days are over")
    open_vault(place.ledger, place.keys).forget(persons)
    return len(persons), erased
