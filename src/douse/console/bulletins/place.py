"""Where bulletins lie: published ones of the public below `public/`, served to anybody; partners' and drafts apart."""

import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from douse.console import instance
from douse.errors import DataError, UsageError
from douse.outputs.bulletin.pages import CLAIMS
from douse.outputs.bulletin.site import BULLETINS, read_history
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.claims.site import REVIEWS

PUBLIC, PARTNERS = "public", "partners"
_DRAFTS = "drafts"
_KEPT_DRAFTS = 2
_OF_CLAIMS = (CLAIMS, REVIEWS)  # written anew with every answer: those of a draft may be older


def folder(audience: str) -> Path:
    """Folder of the published bulletins of an audience, with their site."""
    if audience not in {PUBLIC, PARTNERS}:
        raise UsageError("There is no such audience.", allowed=f"{PUBLIC}, {PARTNERS}")
    return instance.current().folder / audience


def history(audience: str) -> tuple[Bulletin, ...]:
    """Published bulletins of an audience, the oldest first.

    Raises
    ------
    DataError
        When a file was changed, or one is missing.
    """
    place = folder(audience)
    files = tuple((path.name, path.stat().st_mtime_ns) for path in sorted((place / BULLETINS).glob("*.json")))
    return _read(place, files) if files else ()


@lru_cache(maxsize=4)
def _read(place: Path, files: tuple[tuple[str, int], ...]) -> tuple[Bulletin, ...]:
    del files  # the key: read again when a file came, went or was touched
    return read_history(place)


def draft(bulletin_id: str) -> Path:
    """Folder of a draft, whether it is there or not."""
    return instance.current().folder / _DRAFTS / bulletin_id


def begin_draft(audience: str, name: str) -> Path:
    """An empty folder for a draft, with what was published and is never changed; older drafts go."""
    place = draft(name)
    _forget_drafts(place.parent)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    for path in folder(audience).glob(f"**/{BULLETINS}/*"):
        target = place / path.relative_to(folder(audience))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return place


def settle(audience: str, name: str) -> None:
    """Copy a draft's files to where they are published: what is never changed first, the pages that lead to it last."""
    place, target = draft(name), folder(audience)
    paths = sorted((path for path in place.rglob("*") if path.is_file()), key=lambda path: _order(path, place))
    for path in paths:
        copy = target / path.relative_to(place)
        copy.parent.mkdir(parents=True, exist_ok=True)
        kept = BULLETINS in copy.parent.parts[len(target.parts) :]
        if (kept or (audience == PUBLIC and path.name in _OF_CLAIMS)) and copy.exists():
            continue
        beside = copy.with_name(f".{copy.name}.new")
        shutil.copyfile(path, beside)
        beside.replace(copy)  # at once: nobody reads half a file


def mend(audience: str, published: Iterable[str]) -> None:
    """Bring out the files of bulletins that are on record as published, where the server stopped in between.

    Raises
    ------
    DataError
        When the file of one is gone: nothing may be made beside what nobody can read.
    """
    for bulletin_id in published:
        name = f"{bulletin_id}.json"
        if (folder(audience) / BULLETINS / name).is_file():
            continue
        found = next(iter((instance.current().folder / _DRAFTS).glob(f"*/{BULLETINS}/{name}")), None)
        if found is None:
            raise DataError(
                f"The bulletin {name} is on record as published, and its file is not there.",
                next_step="Put it back from the backup: without it nobody can tell what it hid.",
            )
        settle(audience, found.parent.parent.name)


def _order(path: Path, place: Path) -> tuple[int, str]:
    parts = path.relative_to(place).parts
    rank = 0 if BULLETINS in parts or (parts[0] in {"assets", "zones"} and path.name != "index.json") else 1
    return rank + (path.name == "sw.js"), str(path)


def _forget_drafts(drafts: Path) -> None:
    if not drafts.is_dir():
        return
    old = sorted((path for path in drafts.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in old[: max(0, len(old) - _KEPT_DRAFTS + 1)]:
        shutil.rmtree(path, ignore_errors=True)
