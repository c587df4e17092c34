"""Read library files. A bad file fails with file, key and what was allowed."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from douse.errors import LibraryError
from douse.library.pathogen import Pathogen
from douse.library.protocol import Costs, Protocol

Loaded = TypeVar("Loaded", Pathogen, Protocol, Costs)
_SHELVES: dict[type[BaseModel], str] = {Pathogen: "pathogens", Protocol: "protocols", Costs: "costs"}


def names(kind: type[BaseModel]) -> list[str]:
    """Names of the shipped files of a kind (`Pathogen`, `Protocol` or `Costs`), in order."""
    return sorted(path.name.removesuffix(".toml") for path in _shelf(kind) if path.name.endswith(".toml"))


@cache
def load(kind: type[Loaded], name: str) -> Loaded:
    """Load a shipped file by its name, or a file of one's own by its path (ending in ``.toml``).

    Raises
    ------
    LibraryError
        When there is no such file, or it is not what it should be.
    """
    if name.endswith(".toml"):
        return read(kind, Path(name).name, _text(Path(name)))
    if name not in names(kind):
        raise LibraryError(
            f"The library has no {kind.__name__.lower()} of that name.",
            allowed=", ".join(names(kind)),
            next_step="Choose one of these, or give the path of a .toml file of your own.",
        )
    path = next(p for p in _shelf(kind) if p.name == f"{name}.toml")
    return read(kind, f"{_SHELVES[kind]}/{name}.toml", path.read_text(encoding="utf-8"))


def pathogen_named(word: str) -> str | None:
    """Library name of a pathogen by its id or one of its aliases (case does not matter); None when unknown."""
    wanted = word.strip().casefold()
    for name in names(Pathogen):
        pathogen = load(Pathogen, name)
        if wanted in {name.casefold(), *(alias.casefold() for alias in pathogen.aliases)}:
            return name
    return None


def read(kind: type[Loaded], file: str, toml: str) -> Loaded:
    """Parse one library file; `file` is its name in messages."""
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as bad:
        raise LibraryError(f"{file} is not TOML: {bad}.", next_step="Mend that line.") from None
    _resolve_sources(raw, raw, file, "")
    try:
        return kind.model_validate(raw)
    except ValidationError as bad:
        problem = bad.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise LibraryError(
            f"{file}, key {key}: {problem['msg'].lower()} ({bad.error_count()} problem(s) in the file).",
            allowed=str(
                problem.get("ctx", {}).get("expected", "see docs/library.md for the keys of this kind of file")
            ),
            next_step="Mend the key and run `douse library show` again.",
        ) from None


def _resolve_sources(part: Any, root: dict[str, Any], file: str, key: str) -> None:
    """Check that every number's source is listed; fill in edition and valid_from where it has none of its own."""
    if isinstance(part, dict):
        if isinstance(part.get("source"), str):
            sources = root.get("sources", {})
            if part["source"] not in sources:
                raise LibraryError(
                    f"{file}, key {key}: its source is not in [sources].",
                    allowed=", ".join(sources) or "an entry under [sources]",
                    next_step="Add the source, or name one that is there.",
                )
            if "value" in part:
                part.setdefault("edition", sources[part["source"]].get("edition", "") or str(root.get("edition", "")))
                part.setdefault("valid_from", root.get("valid_from"))
        for name, inner in part.items():
            _resolve_sources(inner, root, file, f"{key}.{name}" if key else name)
    elif isinstance(part, list):
        for at, inner in enumerate(part):
            _resolve_sources(inner, root, file, f"{key}[{at}]")


def _shelf(kind: type[BaseModel]) -> list[Any]:
    return list(resources.files("douse.library").joinpath(_SHELVES[kind]).iterdir())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise LibraryError(f"{path.name} cannot be read as UTF-8 text.", next_step="Check the path.") from None
