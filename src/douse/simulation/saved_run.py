"""A run kept on disk, to be gone on with later: the same bytes as if it had never been stopped."""

import hashlib
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from douse.errors import DataError
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import Scenario
from douse.simulation.seeds import Seeds

_ARRAYS = (
    "side", "side_person", "community", "lines", "waiting", "log", "log_end", "by_zone", "by_age", "beds", "staying",
    "series", "bed_ends", "scalars", "names",
)  # fmt: skip
_LEVELS = ("regime", "recent", "last_case", "since", "held_until", "day_people", "changes_on", "ordered")
_AGENDA = ("items", "following", "free", "head", "fill")
_CALENDAR = ("events", "following", "free", "head", "fill", "left")


def save_run(run: Outbreak, path: Path) -> None:
    """Write a run to a file, as far as it has come; people nothing happened to take no room.

    Parameters
    ----------
    run : Outbreak
        A run that was stopped by `run(days=...)`.
    path : pathlib.Path
        Ends in .npz; replaced where it exists.
    """
    touched = np.flatnonzero(run.state)
    arrays = {name: getattr(run, name) for name in _ARRAYS} | {name: getattr(run.levels, name) for name in _LEVELS}
    arrays |= {f"agenda_{name}": getattr(run.agenda, name) for name in _AGENDA}
    for shard, calendar in enumerate(run.calendars):
        arrays |= {f"calendar{shard}_{name}": getattr(calendar, name) for name in _CALENDAR}
    np.savez(
        path,
        touched=touched,
        words=run.state[touched],
        facts=np.array([run.day, run.seed, run.shards, int(run.keep), int(run.levels.act)], np.int64),
        scale=np.array([run.scale]),
        seed_rows=run.seeds.rows,
        entry_tests=run.seeds.entry_tests,
        scenario=np.array(_mark(run.scenario)),
        **arrays,
    )


def open_run(path: Path, scenario: Scenario) -> Outbreak:
    """A run from a file of `save_run`.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    scenario : Scenario
        The one that the run began with.

    Raises
    ------
    DataError
        When there is no such file, or it belongs to another city, disease or plan.
    """
    if not path.is_file():
        raise DataError(f"There is no run in {path.name}.", next_step="Name a file that was saved.")
    with np.load(path) as kept:
        if str(kept["scenario"]) != _mark(scenario):
            raise DataError(
                f"The run in {path.name} belongs to another city, disease or plan.",
                next_step="Go on with the scenario that it began with.",
            )
        day, seed, shards, keep, levels_act = (int(fact) for fact in kept["facts"])
        run = Outbreak(
            scenario,
            Seeds(kept["seed_rows"], kept["entry_tests"]),
            seed=seed,
            scale=float(kept["scale"][0]),
            shards=shards,
            keep=bool(keep),
        )
        run.state[kept["touched"]] = kept["words"]
        for name in _ARRAYS:
            setattr(run, name, kept[name])
        for name in _LEVELS:
            setattr(run.levels, name, kept[name])
        for name in _AGENDA:
            setattr(run.agenda, name, kept[f"agenda_{name}"])
        for shard, calendar in enumerate(run.calendars):
            for name in _CALENDAR:
                setattr(calendar, name, kept[f"calendar{shard}_{name}"])
    run.day, run.levels.act = day, bool(levels_act)
    return run


def _mark(scenario: Scenario) -> str:
    """What tells a scenario from another: everything in it but the factor on transmission, which a run keeps itself."""
    digest = hashlib.sha256()
    _feed(digest, replace(scenario, scale=0.0))
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", value: object) -> None:
    """Add a value, and what it is made of, to a digest."""
    if is_dataclass(value):
        for one in fields(value):
            digest.update(one.name.encode())
            _feed(digest, getattr(value, one.name))
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype} {value.shape}".encode())
        digest.update(np.ascontiguousarray(value).data)
    elif isinstance(value, tuple):
        for one in value:
            _feed(digest, one)
    elif not isinstance(value, pl.DataFrame):  # the names of the zones above: they change nothing
        digest.update(repr(value).encode())
