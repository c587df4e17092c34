"""A city on disk: its arrays as columns of Parquet files, and the tree of zones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.errors import DataError, UsageError

_NOTE = "city.json"
_EDITION = 1  # of the files; another one where the bits of a person's word change
_FILES = {
    "people": ("word",),
    "members": ("person",),
    "groups": ("first_member", "institution"),
    "institutions": ("first_member",),
    "residence": ("zone_id", "first_person"),
    "zones": (),
}


def save_city(city: City, folder: Path) -> None:
    """Write a city into a folder; the same city gives the same bytes. An earlier city there is replaced.

    Parameters
    ----------
    city : City
        What to keep.
    folder : pathlib.Path
        A new or empty folder, or one with a city; made where it is missing.

    Raises
    ------
    UsageError
        When the folder holds something else.
    """
    if folder.exists() and not _is_free(folder):
        raise UsageError(
            f"{folder.name} holds something that is not a city.",
            allowed="a new or empty folder, or one with an earlier city",
            next_step="Name another folder for the city.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _NOTE).unlink(missing_ok=True)  # half a city is none
    tables: dict[str, dict[str, NDArray[Any]]] = {
        "people": {"word": city.word},
        "members": {"person": city.members},
        "groups": {"first_member": city.group_start, "institution": np.r_[city.institution, city.institution[-1:]]},
        "institutions": {"first_member": city.institution_start},
    }
    for name, columns in tables.items():
        _write(pl.DataFrame(columns), folder, name)
    ids = pl.Series("zone_id", [*city.zone_ids, None], dtype=pl.String)
    _write(pl.DataFrame([ids, pl.Series("first_person", city.zone_start)]), folder, "residence")
    _write(city.zones, folder, "zones")
    note = {"what": "a city of Douse", "edition": _EDITION, "people": len(city), "zones": len(city.zone_ids)}
    (folder / _NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


def is_city(folder: Path) -> bool:
    """Whether `save_city` wrote to a folder."""
    return (folder / _NOTE).is_file()


def open_city(folder: Path) -> City:
    """Read a city that `save_city` wrote.

    Raises
    ------
    DataError
        When there is none, or its files do not belong together.
    """
    note = _note(folder)
    frames = {name: _read(folder, name, columns) for name, columns in _FILES.items()}
    people, residence = frames["people"], frames["residence"]
    city = City(
        _array(people, "word", np.uint64),
        _array(frames["members"], "person", np.uint32),
        _array(frames["groups"], "first_member", np.uint32),
        _array(frames["groups"], "institution", np.uint32)[:-1],
        _array(frames["institutions"], "first_member", np.uint32),
        _array(residence, "first_person", np.uint32),
        tuple(residence["zone_id"][:-1]),
        frames["zones"],
    )
    whole = (
        len(city) == note.get("people") == int(city.zone_start[-1])
        and len(city.zone_ids) == note.get("zones")
        and len(city.members) == int(city.group_start[-1]) == int(city.institution_start[-1])
        and len(city.institution_start) == int(city.institution[-1]) + 2
    )
    if not whole:
        raise DataError(f"The files of the city in {folder.name} do not belong together.", next_step="Make it again.")
    return city


def _is_free(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    return {file.name for file in folder.iterdir()} <= {_NOTE, *(f"{name}.parquet" for name in _FILES)}


def _write(frame: pl.DataFrame, folder: Path, name: str) -> None:
    frame.write_parquet(folder / f"{name}.parquet", compression="lz4", statistics=False)


def _note(folder: Path) -> dict[str, object]:
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError):
        note = None
    if not isinstance(note, dict):
        raise DataError(
            f"{folder.name} holds no city, or half of one.",
            allowed="a folder that a city was saved in",
            next_step="Check the path, or make the city again.",
        )
    if note.get("edition") != _EDITION:
        raise DataError(
            f"The city in {folder.name} was saved by another version.",
            allowed=f"edition {_EDITION}",
            next_step="Make it again.",
        )
    return note


def _read(folder: Path, name: str, columns: tuple[str, ...]) -> pl.DataFrame:
    path = folder / f"{name}.parquet"
    try:
        frame = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError):
        raise DataError(f"{folder.name}: {path.name} cannot be read.", next_step="Make the city again.") from None
    if not set(columns) <= set(frame.columns):
        raise DataError(f"{folder.name}: {path.name} is not a file of a city.", next_step="Make the city again.")
    return frame


def _array(frame: pl.DataFrame, column: str, kind: type[np.generic]) -> NDArray[Any]:
    values = frame[column].rechunk().to_numpy(writable=True)  # one type for kernels, as in a city that was just made
    if values.dtype != kind:
        raise DataError("A file of the city holds numbers of another kind.", next_step="Make the city again.")
    return values
