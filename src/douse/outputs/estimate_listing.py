"""What ``douse estimate`` says and writes."""

from dataclasses import fields
from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library import Pathogen
from douse.outputs.sections.estimates import points
from douse.outputs.words import Words
from douse.records.finding import write_csv
from douse.situation import Estimates


def table(found: Estimates, pathogen: Pathogen, words: Words) -> RenderableType:
    """One sentence an estimate."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold", max_width=22)
    grid.add_column(overflow="fold")
    for label, said in points(found, words):
        grid.add_row(label, said)
    return Group(Text(f"{words.day(found.as_of)}, {pathogen.name.say(words.language)}", style="bold"), grid)


def write(out: Path, found: Estimates) -> None:
    """Write each estimate as a table: delays.csv, nowcast.csv, reproduction.csv, ..."""
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in frames(found).items():
        write_csv(frame, out / f"{name}.csv")


def frames(found: Estimates) -> dict[str, pl.DataFrame]:
    """Every table of the estimates, by name."""
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    return {
        **{name: part for name, part in parts.items() if isinstance(part, pl.DataFrame)},
        "end": found.end.by_day,
        "growth": pl.DataFrame(
            [
                (
                    "growth_per_day",
                    found.growth_per_day.estimate,
                    found.growth_per_day.lower,
                    found.growth_per_day.upper,
                ),
                ("doubling_days", found.doubling_days.estimate, found.doubling_days.lower, found.doubling_days.upper),
            ],
            schema={"figure": pl.String, "estimate": pl.Float64, "lower": pl.Float64, "upper": pl.Float64},
            orient="row",
        ),
    }
