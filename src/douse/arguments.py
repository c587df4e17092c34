"""What may be said on the command line: texts to values, refused with what would have been right."""

import argparse
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType

if TYPE_CHECKING:
    from douse.question import Question

Show = Callable[[RenderableType], None]  # prints
Bar = Callable[..., AbstractContextManager[Callable[[str], None]]]  # opens a bar that names the stage


def gibibytes(text: str) -> int:
    """Bytes, of a number of GiB."""
    return round(_number(text, "a number of GiB, for example 4 or 0.5", above=0) * 2**30)


def minutes(text: str) -> float:
    """Minutes, 0 or more."""
    return _number(text, "a number of minutes, 0 or more", above=-1e-9)


def number(text: str) -> float:
    """A number, 0 or more."""
    return _number(text, "a number, 0 or more", above=-1e-9)


def share(text: str) -> float:
    """A share of 0 to 1."""
    what = "a share of 0 to 1, for example 0.9"
    value = _number(text, what, above=-1e-9)
    if value > 1:
        raise argparse.ArgumentTypeError(f"this takes {what}")
    return value


def count(text: str) -> int:
    """A whole number, 0 or more."""
    what = "a whole number, 0 or more"
    value = _number(text, what, above=-1)
    if value != round(value):
        raise argparse.ArgumentTypeError(f"this takes {what}")
    return round(value)


def _number(text: str, what: str, *, above: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not above < value < math.inf:
        raise argparse.ArgumentTypeError(f"this takes {what}")
    return value


def day(text: str) -> date:
    """A day as year-month-day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written as year-month-day, for example 2026-03-05") from None


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def conditions(text: str) -> dict[str, float]:
    """Conditions of the floor as name=number, with commas between."""
    what = "conditions with commas between, for example extinct=0.95,beds=1.0"
    found = {}
    for part in names(text):
        name, equals, value = part.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"this takes {what}")
        found[name.strip()] = _number(value, what, above=-1e-9)
    return found


def folder(text: str) -> Path:
    """A folder to write into, refused before anything is read if a file is in its way."""
    path = Path(text)
    if any(place.exists() and not place.is_dir() for place in (path, *path.parents)):
        raise argparse.ArgumentTypeError("a file is in the way; name a folder, which may be new")
    return path


def takes_data(parser: argparse.ArgumentParser) -> None:
    """Add what says where the records are."""
    parser.add_argument("data", type=Path, help="folder of CSV or Parquet tables, or one line-list file")
    parser.add_argument("--map", type=Path, help="TOML file that maps foreign files, columns and codes to ours")


def takes_knowledge(parser: argparse.ArgumentParser, *, as_of: bool = True, costs: bool = False) -> None:
    """Add what says as of when, and by which library files; `costs` where they change what is said."""
    if as_of:
        parser.add_argument("--as-of", type=day, help="day, as 2026-03-05 (default: the last day on record)")
    parser.add_argument("--protocol", help="name in the library, or a .toml file")
    parser.add_argument("--pathogen", help="name in the library, or a .toml file (default: as the cases say)")
    if costs:
        parser.add_argument("--costs", help="name in the library, or a .toml file")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language")


def question(options: argparse.Namespace) -> "Question":
    """What a command asks, from its options."""
    from douse.question import Question  # noqa: PLC0415  (so that --help starts at once)

    given = ("as_of", "protocol", "pathogen", "costs", "links")
    asked = {"mapping": options.map} | {name: getattr(options, name, None) for name in given}
    return Question(options.data, **{name: value for name, value in asked.items() if value is not None})
