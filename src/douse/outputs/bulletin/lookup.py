"""The look-up of a place: names in small files, so that a phone loads one, keeps all, and needs no network after that.

A building is found by its name and answered by the zone around it that may be named: the files hold every building
there is and say nothing of any of them, so a copy of all files tells no more than the bulletin does.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from douse.outputs.bulletin.areas import is_public, public_ancestor
from douse.outputs.bulletin.values import Bulletin, LevelOfZone
from douse.outputs.bulletin.view import rank
from douse.records.zone_tree import ZoneTree

FOLDER, INDEX = "zones", "index.json"
MOST_IN_A_FILE = 400
_PRIVATE_PLACES = ("home",)
_DEEPEST = 40  # letters; beyond, names that are alike share a file


@dataclass(frozen=True)
class Entry:
    """A name that people may type, the zone around it, and the number of its answer."""

    key: str  # letters and digits of what is typed
    name: str
    within: str
    answer: int
    ask: bool  # a building there has a stricter level: ask at the door or by phone


def plain(text: str) -> str:
    """Letters and digits only, small, in their usual width: what is typed and what is written meet here."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LN")


def write_lookup(out: Path, bulletin: Bulletin, zones: ZoneTree, places: pl.DataFrame) -> list[str]:
    """Write the index and the files of names; give their names. Those of earlier days are taken away."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    answers, entries = _entries(bulletin, zones, places)
    files: list[tuple[str, str]] = []
    texts: dict[str, str] = {}
    for prefix, held in _parts(sorted(entries, key=lambda entry: (entry.key, entry.within, entry.answer))):
        text = json.dumps(
            [[e.name, e.within, e.answer, *([1] if e.ask else [])] for e in held],
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        texts[name] = text
        files.append((prefix, name))
    index = {
        "bulletin": bulletin.id,
        "as_of": bulletin.as_of.isoformat(),
        "answers": [_answer(answer) for answer in answers],
        "files": files,
    }
    texts[INDEX] = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    for old in folder.glob("*.json"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return sorted(texts)


def _entries(bulletin: Bulletin, zones: ZoneTree, places: pl.DataFrame) -> tuple[list[LevelOfZone | None], list[Entry]]:
    public = is_public(zones)
    nearest = public_ancestor(zones).tolist()
    own = {one.zone: one for one in bulletin.levels}
    if bulletin.audience != "public":
        public[:] = True
        nearest = list(range(len(zones)))
    holds: list[LevelOfZone | None] = []
    for zone, parent in enumerate(zones.parent.tolist()):
        above, mine = holds[parent] if parent >= 0 else None, own.get(zones.ids[zone])
        stricter = mine is not None and (above is None or rank(mine.level) >= rank(above.level))
        holds.append(mine if stricter else above)
    asks = set(bulletin.stricter_within)
    answers: list[LevelOfZone | None] = [None]
    number: dict[str, int] = {}
    for one in holds:
        if one is not None and one.zone not in number:
            number[one.zone] = len(answers)
            answers.append(one)

    def entry(typed: str, name: str, at: int, around: int) -> Entry:
        found = holds[at] if at >= 0 else None
        within = zones.names[around] if around >= 0 else ""
        ask = at >= 0 and zones.ids[at] in asks
        return Entry(plain(f"{typed} {within}"), name, within, 0 if found is None else number[found.zone], ask)

    entries = []
    for zone, (ident, name) in enumerate(zip(zones.ids, zones.names, strict=True)):
        around = int(zones.parent[zone])
        entries.append(entry(name, name, nearest[zone], around))
        if plain(name) != plain(ident):
            entries.append(entry(ident, f"{name} · {ident}", nearest[zone], around))
        known = {plain(name), plain(ident)}
        for code in zones.postcodes[zone]:
            if plain(code) not in known:
                known.add(plain(code))
                entries.append(entry(code, f"{name} · {code}", nearest[zone], around))
    named = places.filter(
        pl.col("name").is_not_null() & ~pl.col("kind").cast(pl.String).is_in(_PRIVATE_PLACES).fill_null(value=False)
    )
    for name, position in zip(named["name"].to_list(), zones.index(named["zone"]).tolist(), strict=True):
        at = nearest[position] if position >= 0 else -1
        entries.append(entry(name, name, at, at))
    return answers, entries


def _parts(entries: Sequence[Entry], depth: int = 0) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Entries in order, parted by their first letters until a part is small."""
    if len(entries) <= MOST_IN_A_FILE or depth >= _DEEPEST:
        if entries:
            yield entries[0].key[:depth], entries
        return
    first = 0
    for at in range(1, len(entries) + 1):
        if at == len(entries) or entries[at].key[: depth + 1] != entries[first].key[: depth + 1]:
            part = entries[first:at]
            if len(part[0].key) <= depth:  # the whole name: no letter parts it further
                yield part[0].key, part
            else:
                yield from _parts(part, depth + 1)
            first = at


def _answer(one: LevelOfZone | None) -> dict[str, Any] | None:
    if one is None:
        return None
    days = {"since": one.since, "review": one.review_on, "until": one.until, "lift": one.lift_on}
    return {
        "level": one.level,
        "zone": one.name,
        **{name: day.isoformat() for name, day in days.items() if day is not None},
    }
