"""The list of a warehouse's complete files."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from douse.errors import DataError

EDITION = 1


class File(NamedTuple):
    """A complete file, by its name within the warehouse."""

    name: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What is complete: landed files by day, the two sorted copies, and whether the copies lag behind."""

    landed: Mapping[date, tuple[File, ...]]
    by_place: tuple[File, ...] = ()
    by_person: tuple[File, ...] = ()
    stale: bool = False

    def with_landed(self, landed: Mapping[date, tuple[File, ...]]) -> "Manifest":
        """With other landed days: the copies lag behind."""
        return replace(self, landed=landed, stale=True)

    def with_copies(self, by_place: tuple[File, ...], by_person: tuple[File, ...]) -> "Manifest":
        """With copies that hold everything landed."""
        return replace(self, by_place=by_place, by_person=by_person, stale=False)

    def all_files(self) -> tuple[File, ...]:
        """Every file that is listed."""
        landed = (file for files in self.landed.values() for file in files)
        return (*landed, *self.by_place, *self.by_person)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a warehouse; an empty one where there is none yet."""
    path = folder / "manifest.json"
    if not path.exists():
        return Manifest({})
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        if written["edition"] != EDITION:
            raise DataError(
                f"{path}: written by another edition of Douse.",
                allowed=f"edition {EDITION}",
                next_step="Land the days into a new folder and compact it.",
            )
        return Manifest(
            {date.fromisoformat(day): _files(files) for day, files in written["landed"].items()},
            _files(written["by_place"]),
            _files(written["by_person"]),
            bool(written["stale"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise DataError(
            f"{path}: not a manifest.", next_step="Land the days into a new folder and compact it."
        ) from wrong


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: whoever reads sees the old one or the new one."""
    written = {
        "edition": EDITION,
        "landed": {day.isoformat(): files for day, files in sorted(manifest.landed.items())},
        "by_place": manifest.by_place,
        "by_person": manifest.by_person,
        "stale": manifest.stale,
    }
    making = folder / "manifest.json.making"
    with making.open("w", encoding="utf-8") as file:
        json.dump(written, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    making.replace(folder / "manifest.json")


def _files(written: Any) -> tuple[File, ...]:
    return tuple(File(str(name), int(rows)) for name, rows in written)
