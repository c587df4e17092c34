"""Read library files. A bad file fails with file, key and what was allowed."""

import re
import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from douse.errors import LibraryError
from douse.library.advice import GENERIC, Advice
from douse.library.complaint import complaint
from douse.library.hazard import Hazard
from douse.library.ihr import Instrument
from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.returns import Return
from douse.library.strategy import Strategy
from douse.library.stress import Stresses
from douse.library.triage import Triage
from douse.library.unit_costs import Costs

Loaded = TypeVar("Loaded", bound=BaseModel)
Raw = dict[str, Any]
SHELVES: dict[type[BaseModel], str] = {
    Pathogen: "pathogens",
    Protocol: "protocols",
    Costs: "costs",
    Hazard: "hazards",
    Links: "links",
    Strategy: "strategies",
    Stresses: "stresses",
    Return: "returns",
    Instrument: "ihr",
    Triage: "triage",
    Advice: "advice",
}
# What a file that extends another says for itself; all else it may leave to the other.
_OWN = frozenset(
    {
        "id", "extends", "name", "aliases", "edition", "jurisdiction", "valid_from", "valid_to", "legal_basis",
        "summary", "pathogens",
    }
)  # fmt: skip


@cache
def names(kind: type[BaseModel]) -> tuple[str, ...]:
    """Names of the shipped files of a kind (one of `SHELVES`), in order."""
    files = (path.name for path in _shelf(kind).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


@cache
def load(kind: type[Loaded], name: str) -> Loaded:
    """Load a shipped file by its name, or a file of one's own by its path (ending in ``.toml``).

    Raises
    ------
    LibraryError
        When there is no such file, or it is not what it should be.
    """
    return read(kind, _label(kind, name), _text(kind, name))


def pathogen_named(word: str) -> str | None:
    """Library name of a pathogen by its id or one of its aliases; None when unknown.

    Case, and whether words are joined by a space, ``-`` or ``_``, do not matter; nor does Go.Data's prefix of diseases.

    Raises
    ------
    LibraryError
        When two shipped pathogens have the same alias.
    """
    return _aliases().get(plain_word(word))


def advice_for(pathogen: Pathogen) -> tuple[Advice, ...]:
    """What is told during an outbreak: the advice of its pathogen where there is one, and that for all."""
    named = [load(Advice, name) for name in names(Advice) if name != GENERIC]
    return (*(one for one in named if pathogen.id in one.pathogens), load(Advice, GENERIC))


def plain_word(word: str) -> str:
    """A disease name without what differs between systems: case, joining marks, Go.Data's prefix."""
    plain = re.sub(r"[\s_\-]+", " ", word.strip().casefold())
    return plain.removeprefix("lng reference data category disease ")


def read(kind: type[Loaded], file: str, toml: str) -> Loaded:
    """Parse one library file; `file` is its name in messages.

    Raises
    ------
    LibraryError
        When the text is not a file of this kind.
    """
    raw = _raw(kind, file, toml, ())
    try:
        loaded = kind.model_validate(raw)
    except ValidationError as bad:
        raise complaint(kind, file, bad) from None
    if isinstance(loaded, Protocol | Hazard | Advice):
        _check_pathogens(loaded.pathogens, file)
    return loaded


def _raw(kind: type[BaseModel], file: str, toml: str, above: tuple[str, ...]) -> Raw:
    """The file as TOML, on top of the file that it extends; `above` are the files that extend this one."""
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as bad:
        raise LibraryError(f"{file} is not TOML: {bad}.", next_step="Mend that line.") from None
    below = _below(kind, raw.get("extends", ""), file, above) if kind in SHELVES else {}
    sources = _joined_sources(below.get("sources"), raw.get("sources"), file)
    _resolve_sources(raw, raw, sources, file, "")
    return _merged(below, raw) | ({"sources": sources} if sources else {})


def _below(kind: type[BaseModel], base: object, file: str, above: tuple[str, ...]) -> Raw:
    """What a file inherits."""
    if not base:
        return {}
    if base not in names(kind) or _label(kind, str(base)) in (file, *above):
        raise LibraryError(
            f"{file}, key extends: there is no other {kind.__name__.lower()} of that name in the library.",
            allowed=", ".join(names(kind)),
            next_step="Name one of these, or leave the key out and write every number.",
        )
    below = _raw(kind, _label(kind, str(base)), _text(kind, str(base)), (file, *above))
    return {key: part for key, part in below.items() if key not in _OWN}


def _merged(below: Raw, above: Raw) -> Raw:
    """Tables are merged key by key; a list, words, or what has a source of its own, is replaced whole."""
    merged = dict(below)
    for name, part in above.items():
        inner = below.get(name)
        by_key = isinstance(part, dict) and isinstance(inner, dict) and not {"source", "en"} & set(part)
        merged[name] = _merged(inner, part) if by_key and isinstance(inner, dict) else part
    return merged


def _joined_sources(below: object, above: object, file: str) -> Any:
    """Sources of a file and of the one that it extends; as written where they are not tables."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above or below or {}
    if twice := [name for name, source in above.items() if below.get(name, source) != source]:
        raise LibraryError(
            f"{file}, key sources.{twice[0]}: the file that it extends has another source of that name.",
            next_step="Choose another name for the source.",
        )
    return {**below, **above}


def _resolve_sources(part: Any, root: Raw, sources: Any, file: str, key: str) -> None:
    """Check that every source is listed; fill in a number's edition and valid_from where it has none of its own."""
    if isinstance(part, dict):
        if isinstance(part.get("source"), str):
            listed = sources if isinstance(sources, dict) else {}
            if part["source"] not in listed:
                raise LibraryError(
                    f"{file}, key {key}: its source is not in [sources].",
                    allowed=", ".join(listed) or "an entry under [sources]",
                    next_step="Add the source, or name one that is there.",
                )
            source = listed[part["source"]]
            if "value" in part and isinstance(source, dict):
                part.setdefault("edition", source.get("edition") or root.get("edition"))
                part.setdefault("valid_from", root.get("valid_from"))
        for name, inner in part.items():
            _resolve_sources(inner, root, sources, file, f"{key}.{name}" if key else name)
    elif isinstance(part, list):
        for at, inner in enumerate(part, start=1):
            _resolve_sources(inner, root, sources, file, f"{key}[{at}]")


def _check_pathogens(named: tuple[str, ...], file: str) -> None:
    known = ("any", *names(Pathogen))
    if any(name not in known and not name.endswith(".toml") for name in named):
        raise LibraryError(
            f"{file}, key pathogens: one of them is not in the library.",
            allowed=f"{', '.join(known)}, or the path of a .toml file",
            next_step="Mend the name.",
        )


@cache
def _aliases() -> dict[str, str]:
    """Plain words of every shipped pathogen, its id and aliases, to its name."""
    found: dict[str, str] = {}
    for name in names(Pathogen):
        for alias in (name, *tomllib.loads(_text(Pathogen, name)).get("aliases", ())):
            if (other := found.setdefault(plain_word(alias), name)) != name:
                raise LibraryError(
                    f"pathogens/{name}.toml, key aliases: pathogens/{other}.toml has one of them too.",
                    next_step="Keep it in one of the two files.",
                )
    return found


def _label(kind: type[BaseModel], name: str) -> str:
    return Path(name).name if name.endswith(".toml") else f"{SHELVES[kind]}/{name}.toml"


def _text(kind: type[BaseModel], name: str) -> str:
    """Text of a shipped file, or of a file of one's own."""
    if name.endswith(".toml"):
        return read_text(Path(name))
    if name not in names(kind):
        raise LibraryError(
            f"The library has no {kind.__name__.lower()} of that name.",
            allowed=", ".join(names(kind)),
            next_step="Choose one of these, or give the path of a .toml file of your own.",
        )
    return read_text(_shelf(kind).joinpath(f"{name}.toml"))


def read_text(path: Path | Traversable) -> str:
    """Text of a file.

    Raises
    ------
    LibraryError
        When it cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise LibraryError(f"{path.name} cannot be read as UTF-8 text.", next_step="Check the path.") from None


def _shelf(kind: type[BaseModel]) -> Traversable:
    return resources.files("douse.library").joinpath(SHELVES[kind])
