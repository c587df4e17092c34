"""The library as rows, for `douse library list` and `douse library show`."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from douse.errors import LibraryError
from douse.library.advice import Advice, Line
from douse.library.hazard import Hazard
from douse.library.ihr import Instrument
from douse.library.links import Links
from douse.library.load import SHELVES, load, names, read_text
from douse.library.number import Number, Source, Text
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.returns import Return
from douse.library.strategy import Strategy
from douse.library.stress import Stresses
from douse.library.triage import Triage
from douse.library.unit_costs import Costs

# A key that only files of this kind have.
_TOLD_BY: dict[str, type[BaseModel]] = {
    "currency": Costs, "probability": Hazard, "evidence": Links, "stress": Stresses,
    "asked_by": Return, "criteria": Instrument, "danger": Triage, "card": Advice,
}  # fmt: skip
Row = tuple[str, str, str, str, str, str, str, str]  # key, value, unit, grade, source, edition, valid from, note


def listing(language: str = "en") -> list[tuple[str, str, str, str]]:
    """Kind, name, title and edition of every shipped file."""
    return [
        (kind.__name__.lower(), name, entry.name.say(language), entry.edition)
        for kind in SHELVES
        for name in names(kind)
        for entry in [load(kind, name)]
    ]


def describe(name: str, language: str = "en", kind: type[BaseModel] | None = None) -> list[Row]:
    """Every key of an entry, in the order of its kind, one row a number or text.

    A name that several kinds have (there is a pathogen and a protocol of measles) gives all of them, one after another.

    Parameters
    ----------
    name : str
        Name of a shipped file, or the path of a file of one's own (ending in ``.toml``).
    language : str
        ``en`` or ``zh``.
    kind : type, optional
        One of `SHELVES`, when only that is wanted.

    Raises
    ------
    LibraryError
        When there is no such entry, or the file is not what it should be.
    """
    if name.endswith(".toml"):
        kinds = [kind or _kind_of(name)]
    else:
        kinds = [shelf for shelf in SHELVES if kind in (None, shelf) and name in names(shelf)]
    if not kinds:
        raise LibraryError(
            "The library has no entry of that name.",
            allowed=", ".join(dict.fromkeys(other for shelf in SHELVES for other in names(shelf))),
            next_step="Choose one of these, or give the path of a .toml file of your own.",
        )
    return [row for shelf in kinds for row in _entry(shelf, name, language)]


def _entry(kind: type[BaseModel], name: str, language: str) -> Iterator[Row]:
    entry = load(kind, name)
    yield _words(kind.__name__.lower(), Path(name).stem if name.endswith(".toml") else name)
    sources: dict[str, Source] = getattr(entry, "sources", {})
    for key in type(entry).model_fields:
        if key != "sources":
            yield from _rows(key, getattr(entry, key), sources, language)


def _rows(key: str, part: object, sources: dict[str, Source], language: str) -> Iterator[Row]:
    """Rows of one part: of itself where it is a value, of its parts where it has parts."""
    if isinstance(part, Number):
        yield _number(key, part, sources)
    elif isinstance(part, Text):
        yield _words(key, part.say(language))
    elif isinstance(part, Line):
        source = sources[part.source]
        yield (key, part.say(language), "", part.grade, _citation(source), source.edition, "", part.note)
    elif isinstance(part, BaseModel):
        yield from _part(key, part, sources, language)
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _rows(f"{key}.{name}", inner, sources, language)
    elif isinstance(part, tuple) and any(isinstance(inner, BaseModel) for inner in part):
        for at, inner in enumerate(part, start=1):
            yield from _rows(f"{key}[{at}]", inner, sources, language)
    elif part is not None and part not in ("", ()):
        yield _words(key, _plain(part))


def _part(key: str, part: BaseModel, sources: dict[str, Source], language: str) -> Iterator[Row]:
    """Rows of a table; its own source, grade and note, where it has them, in one row."""
    fields = type(part).model_fields
    if "source" in fields:
        source, grade, note = (str(getattr(part, field)) for field in ("source", "grade", "note"))
        yield (key, "", "", grade, _citation(sources[source]), sources[source].edition, "", note)
    for name in fields:
        if "source" not in fields or name not in ("source", "grade", "note"):
            yield from _rows(f"{key}.{name}", getattr(part, name), sources, language)


def _number(key: str, number: Number, sources: dict[str, Source]) -> Row:
    low = "" if number.low is None else f"from {number.low:.6g}"
    high = "" if number.high is None else f"to {number.high:.6g}"
    spread = f" ({' '.join(filter(None, (low, high)))})" if low or high else ""
    since = number.valid_from.isoformat() if number.valid_from else ""
    source = _citation(sources[number.source])
    return (key, f"{number.value:.6g}{spread}", number.unit, number.grade, source, number.edition, since, number.note)


def _words(key: str, value: str) -> Row:
    return (key, value, "", "", "", "", "", "")


def _plain(part: object) -> str:
    if isinstance(part, bool):
        return "yes" if part else "no"
    if isinstance(part, date):
        return part.isoformat()
    return ", ".join(str(inner) for inner in part) if isinstance(part, tuple) else str(part)


def _citation(source: Source) -> str:
    return f"{source.citation} (doi {source.doi})" if source.doi else source.citation


def _kind_of(path: str) -> type[BaseModel]:
    """The kind of a file of one's own, by a key that only this kind has; a broken file passes for a protocol."""
    try:
        keys = tomllib.loads(read_text(Path(path))).keys()
    except tomllib.TOMLDecodeError:
        return Protocol
    for key, kind in _TOLD_BY.items():
        if key in keys:
            return kind
    if {"jurisdiction", "pathogens", "level"} & keys:
        return Strategy if "steps" in keys else Protocol
    return Strategy if "summary" in keys and "incubation" not in keys else Pathogen
