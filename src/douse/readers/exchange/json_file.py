"""JSON of others: read without trust. Nothing is fetched, nothing is run, nothing nests without end."""

from pathlib import Path
from typing import Any

from pydantic_core import from_json

from douse.errors import DataError
from douse.readers.encoding import decode

# A file above this is refused before it is read: whoever exports can split it.
MOST_BYTES = 512 * 2**20
_LARGEST = "512 MiB"
_HUGE = 1e308  # about what a float holds


def read_json(path: Path) -> Any:
    """The value of a JSON file.

    Raises
    ------
    DataError
        When it is too large, is XML, is no JSON, nests deeper than about 200 levels, or holds a number without end.
    """
    return parsed(_text(path), path.name)


def read_json_lines(path: Path) -> list[Any]:
    """The values of a file with one JSON value a line; a line that is none is None.

    Raises
    ------
    DataError
        When the file is too large, or no text.
    """
    return [_line(line) for line in _text(path).split("\n") if line.strip()]


def parsed(text: str, file: str) -> Any:
    """The value of JSON text. Raises DataError; see `read_json`."""
    if text.lstrip()[:1] == "<":
        raise DataError(
            f"{file} is XML, which is never read.",
            allowed="JSON",
            next_step="Export the same as JSON (FHIR: application/fhir+json).",
        )
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as bad:
        deep = "recursion" in str(bad)
        what = "nests more deeply than any such file does" if deep else f"is not JSON ({_where(str(bad))})"
        raise DataError(f"{file} {what}.", allowed="JSON in UTF-8", next_step="Export it again.") from None
    if _is_huge(value):
        raise DataError(f"{file} holds a number that is too large for one.", next_step="Correct it, and send it again.")
    return value


def _is_huge(value: Any) -> bool:
    """Whether a number in a value is beyond what a float holds: the parser reads it as infinite."""
    there = [value]
    while there:
        one = there.pop()
        if isinstance(one, dict | list):
            there += one.values() if isinstance(one, dict) else one
        elif isinstance(one, int | float) and not -_HUGE <= one <= _HUGE:
            return True
    return False


def _line(line: str) -> Any:
    try:
        value = from_json(line, allow_inf_nan=False)
    except ValueError:
        return None
    return None if _is_huge(value) else value


def _where(complaint: str) -> str:
    """Line and column of a complaint of the parser, without what stood there."""
    return complaint[complaint.index("line ") :] if "line " in complaint else "its end is missing"


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DataError(f"{path.name} is too large.", allowed=_LARGEST, next_step="Send it in several files.")
        decoded = decode(path.read_bytes(), None)
    except OSError:
        raise DataError(f"{path.name} cannot be opened.", next_step="Check the path, and who may read it.") from None
    if decoded is None:
        raise DataError(f"{path.name} is not text.", allowed="JSON in UTF-8", next_step="Export it as JSON.")
    return decoded.text
