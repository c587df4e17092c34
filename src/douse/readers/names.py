"""Names: which column of a file is which of ours, and which words are which codes (data in `synonyms.toml`)."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from douse.records.blanks import BLANKS
from douse.records.tables import TABLES

# Go.Data writes codes that it has not translated as LNG_REFERENCE_DATA_CATEGORY_<LIST>_<CODE>.
_UNTRANSLATED = "lng_"


@dataclass(frozen=True)
class Form:
    """A form of another system, or a line list; `table` is None where the file cannot be used."""

    name: str
    table: str | None


@dataclass(frozen=True)
class Match:
    """What the header of a file means for one table.

    Parameters
    ----------
    columns : dict[str, str]
        Our column -> column of the file.
    guessed : tuple[str, ...]
        Our columns whose name in the file is another.
    zone_parts : tuple[str, ...]
        Columns of the file that make the zone together, the coarsest first.
    address : str, optional
        Column of the file whose administrative part makes the zone.
    personal, unread : tuple[str, ...]
        Columns of the file that are not read.
    """

    columns: dict[str, str]
    guessed: tuple[str, ...] = ()
    zone_parts: tuple[str, ...] = ()
    address: str | None = None
    personal: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=())


def plain(name: str) -> str:
    """Plain form of a header or a word: ``dateOfOnset`` and ``Date of onset (d/m/y)`` are ``date_of_onset``."""
    text = unicodedata.normalize("NFKC", name).strip()
    text = re.sub(r"\([^)]*\)", " ", text)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[\W_]+", "_", text.lower()).strip("_")


def table_named(stem: str) -> str | None:
    """Table that a file name means: ``cases``, ``cases-2`` and ``cases-north`` all mean cases."""
    word = re.split(r"[-. ]", stem.strip().lower(), maxsplit=1)[0]
    return word if word in TABLES else None


def form_of(header: Sequence[str]) -> Form | None:
    """Form of another system that a header belongs to."""
    names = {plain(name) for name in header}
    for form in _synonyms()["form"]:
        if any(set(needed) <= names for needed in form["any"]) and not names & set(form.get("unless", ())):
            return Form(form["name"], form["table"] or None)
    return None


def match(table: str, header: Sequence[str]) -> Match:
    """Find the columns of a table in a header."""
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for ours in TABLES[table].column_names():
        word = next((word for word in (ours, *_words(table, ours)) if word in by_plain), None)
        # A column that bears one of our names is not taken for another of ours.
        if word is not None and (word == ours or word not in TABLES[table].column_names()):
            found[ours] = by_plain[word]
    # Of two of ours that would read one foreign column, the first in the table's order reads it.
    columns = {
        ours: name for place, (ours, name) in enumerate(found.items()) if name not in list(found.values())[:place]
    }
    guessed = tuple(ours for ours, name in columns.items() if plain(name) != ours)
    parts, address = _zone_sources(table, by_plain, columns)
    used = {*columns.values(), *parts, address}
    rest = [name for name in header if name not in used]
    personal = tuple(name for name in rest if _is_personal(name))
    return Match(columns, guessed, parts, address, personal, tuple(name for name in rest if name not in personal))


def translate_codes(words: pl.Series, table: str, column: str, codes: Sequence[str]) -> tuple[pl.Series, bool]:
    """Translate words to the codes of a column; words that are not known stay as they are.

    Returns
    -------
    tuple[pl.Series, bool]
        The words, and whether any was translated.
    """
    known = _code_words(table, column)
    unique = words.drop_nulls().unique(maintain_order=True)
    meant = [_code(word, known, codes) for word in unique]
    if all(code is None for code in meant):
        return words, False
    new = [word if code is None else code for word, code in zip(unique, meant, strict=True)]
    return words.replace_strict(unique, pl.Series(new, dtype=pl.String), default=None, return_dtype=pl.String), True


def _code(word: str, known: dict[str, str], codes: Sequence[str]) -> str | None:
    """The code that a word means; None when it is a code already, or not known."""
    bare = re.sub(r"[\s\-/]+", "_", unicodedata.normalize("NFKC", word).strip(BLANKS).lower())
    if bare in codes:
        return None
    if bare.startswith(_UNTRANSLATED):
        endings = [ending for ending in (*known, *codes) if bare.endswith(f"_{ending}")]
        longest = max(endings, key=len, default="")
        return known.get(longest, longest) if longest else None
    return known.get(bare)


@cache
def _code_words(table: str, column: str) -> dict[str, str]:
    lists = _synonyms()["codes"]
    codes: dict[str, list[str]] = lists.get(f"{table}.{column}", lists.get(column, {}))
    return {word: code for code, words in codes.items() for word in words}


def _words(table: str, ours: str) -> list[str]:
    columns = _synonyms()["columns"]
    words: list[str] = columns.get(table, columns["other"]).get(ours, [])
    return words


def _zone_sources(table: str, by_plain: dict[str, str], columns: dict[str, str]) -> tuple[tuple[str, ...], str | None]:
    """Columns that make the zone together, or the address that it is cut from, where no column is the zone."""
    if table not in ("cases", "contacts") or "zone" in columns:
        return (), None
    synonyms = _synonyms()
    parts = []
    for words in synonyms["zone_parts"].values():
        word = next((word for word in words if word in by_plain), None)
        if word is not None:
            parts.append(by_plain[word])
    if parts:
        return tuple(parts), None
    word = next((word for word in synonyms["addresses"]["words"] if word in by_plain), None)
    return (), by_plain[word] if word else None


def _is_personal(name: str) -> bool:
    personal = _synonyms()["personal"]
    words = plain(name)
    return bool(set(words.split("_")) & set(personal["words"])) or any(part in words for part in personal["parts"])


@cache
def _synonyms() -> dict[str, Any]:
    return tomllib.loads(resources.files("douse.readers").joinpath("synonyms.toml").read_text(encoding="utf-8"))
