"""Mappings: how a department's own files become our tables (a TOML file; see `examples/`)."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import dataframely as dy
import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from douse.errors import MappingError
from douse.library.complaint import complaint
from douse.records.tables import TABLES

# Directives of strftime that a date format may hold.
_DIRECTIVES = re.compile(r"%(?:[YymdbBHMSpIjFT%]|\.f)")
_NEXT = "Mend the mapping; docs/guide.md shows how one is written."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnFrom(_Part):
    """Where one of our columns comes from: a foreign column, an SQL expression over the row's cells, or a constant.

    `codes` maps foreign words to ours (an empty text: no value), or names a list of the mapping's ``[codes]``; words
    that it does not name stay as they are.
    """

    column: str | None = None
    sql: str | None = None
    value: str | int | float | bool | None = None
    codes: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_source(self) -> "ColumnFrom":
        if sum(source is not None for source in (self.column, self.sql, self.value)) != 1:
            raise ValueError("give exactly one of column, sql and value")
        if self.sql is not None:
            _parsed(self.sql)
        return self


class JoinWith(_Part):
    """Another file whose first matching row adds cells, called ``name.column`` (without a name: the file's)."""

    file: str
    left: Annotated[tuple[str, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
    right: Annotated[tuple[str, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
    name: str = ""

    @model_validator(mode="after")
    def _as_many(self) -> "JoinWith":
        if not self.left or len(self.left) != len(self.right):
            raise ValueError("left and right name the same number of columns, at least one")
        return self

    @property
    def prefix(self) -> str:
        """What stands before the dot in the names of joined cells."""
        return self.name or Path(self.file).stem


def _column_from(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


class TableFrom(_Part):
    """One of our tables from one foreign file.

    Parameters
    ----------
    to : str
        Our table.
    file : str, optional
        Name of the foreign file; files whose name goes on with ``-`` (``linelist-corrected.csv``) feed it too. Empty:
        the one file that is given.
    encoding, separator : str, optional
        Of the file; told from its bytes and its header when not given.
    dates : tuple[str, ...]
        Date formats (strftime); told from the cells when not given.
    where : str, optional
        SQL over the row's cells: rows for which it does not hold are left out.
    distinct : bool
        Many rows may make one of ours (places from visits): of each key the row told earliest is taken.
    join : tuple[JoinWith, ...]
        Cells of other files.
    columns : dict[str, ColumnFrom]
        Our column -> where it comes from.
    """

    to: str
    file: str = ""
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    dates: tuple[str, ...] = ()
    where: str | None = None
    distinct: bool = False
    join: tuple[JoinWith, ...] = ()
    columns: dict[str, Annotated[ColumnFrom, BeforeValidator(_column_from)]]


class Mapping(_Part):
    """A mapping file.

    `codes` holds lists of words that several columns share; such a column gives the name of its list as `codes`.
    """

    name: str = "mapping"
    codes: dict[str, dict[str, str]] = {}
    table: tuple[TableFrom, ...]

    @model_validator(mode="before")
    @classmethod
    def _with_shared_codes(cls, raw: Any) -> Any:
        """Put a shared list in the place of its name."""
        lists = raw.get("codes", {}) if isinstance(raw, dict) else {}
        for table in _dicts(raw, "table"):
            for column in _dicts(table, "columns"):
                if isinstance(column.get("codes"), str):
                    if column["codes"] not in lists:
                        raise ValueError(f"there is no list [codes.{column['codes']}]")
                    column["codes"] = lists[column["codes"]]
        return raw


def _dicts(raw: Any, key: str) -> list[dict[str, Any]]:
    """The tables under a key of raw TOML, be it a list or a table of them."""
    inner = raw.get(key) if isinstance(raw, dict) else None
    found = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
    return [part for part in found if isinstance(part, dict)]


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    MappingError
        When there is no such file or it is not what it should be: file, key, and what is allowed.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        allowed = "a TOML file (this is a folder)" if path.is_dir() else "a TOML file that is there and may be read"
        raise MappingError(
            f"The mapping {path.name} cannot be read.", allowed=allowed, next_step="Check the path."
        ) from None
    except UnicodeDecodeError:
        raise MappingError(f"{path.name} is not UTF-8 text.", next_step="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as bad:
        raise MappingError(f"{path.name} is not TOML: {bad}.", next_step="Mend that line.") from None
    try:
        mapping = Mapping.model_validate({"name": path.name} | raw)
    except ValidationError as bad:
        said = complaint(Mapping, path.name, bad)
        what = said.what.replace(": value error, ", ": ")
        raise MappingError(what, allowed=said.allowed, next_step=_NEXT) from None
    for number, table in enumerate(mapping.table, start=1):
        _check_names(table, f"{path.name}, key table[{number}]")
    return mapping


def _check_names(table: TableFrom, where: str) -> None:
    """Tables, columns, codes, encodings and date formats that do not exist."""
    if table.to not in TABLES:
        raise MappingError(f"{where}.to: there is no such table.", allowed=", ".join(TABLES), next_step=_NEXT)
    ours = TABLES[table.to].columns()
    for column, source in table.columns.items():
        if column not in ours:
            raise MappingError(
                f"{where}.columns.{column}: {table.to} has no such column.", allowed=", ".join(ours), next_step=_NEXT
            )
        kind = ours[column]
        allowed = kind.categories if isinstance(kind, dy.Enum) else None
        codes = [*source.codes.values(), *([str(source.value)] if source.value is not None else [])]
        if allowed and not {code for code in codes if code} <= set(allowed):
            raise MappingError(
                f"{where}.columns.{column}: a word on the right is none of our codes.",
                allowed=", ".join(allowed),
                next_step=_NEXT,
            )
    for form in table.dates:
        if "%" in _DIRECTIVES.sub("", form) or not _DIRECTIVES.search(form):
            raise MappingError(
                f"{where}.dates: a format cannot be used.",
                allowed="text with %Y %y %m %d %b %B %j %F, and %H %I %M %S %.f %p %T for times",
                next_step=_NEXT,
            )
    if table.encoding:
        try:
            b"x".decode(table.encoding, errors="replace")
        except LookupError:
            raise MappingError(
                f"{where}.encoding: it is not known.", allowed="utf-8, gb18030, windows-1252 …", next_step=_NEXT
            ) from None


def _parsed(sql: str) -> pl.Expr:
    try:
        return pl.sql_expr(sql)
    except pl.exceptions.PolarsError as bad:
        raise ValueError(f"the SQL cannot be read ({str(bad).splitlines()[0]})") from None
