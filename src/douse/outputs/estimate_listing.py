"""What ``douse estimate`` says and writes."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library import Pathogen
from douse.outputs.exports import estimate_frames
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
    for name, frame in estimate_frames(found).items():
        write_csv(frame, out / f"{name}.csv")
