"""What the verbs of exchange say in the terminal."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from douse.outputs.words import Words
from douse.readers.exchange.epiparameter import Weighed

SHOWN = 25


def sent(paths: Sequence[Path], rows: dict[str, int], left: pl.DataFrame, words: Words) -> RenderableType:
    """What was written, and what was left out: most rows first."""
    lines: list[RenderableType] = [Text(f"{count:>12,}  {name}") for name, count in rows.items()]
    lines.append(Text(""))
    if left.is_empty():
        lines.append(Text(words.say("Nothing was left out.")))
    else:
        lines.append(Text(words.say("Left out:"), style="bold"))
        grouped = left.group_by("table", "column", "why", maintain_order=True).agg(pl.col("rows").sum())
        shown = grouped.sort("rows", descending=True, maintain_order=True).head(SHOWN)
        for table, column, why, count in shown.iter_rows():
            lines.append(Text(f"{count:>12,}  {table}{f'.{column}' if column else ''}"))
            lines.append(Text(f"{'':>14}{why}", no_wrap=True, overflow="ignore"))
        if grouped.height > SHOWN:
            lines.append(Text(words.say("and {more} more in the file", more=grouped.height - SHOWN)))
    return Group(*lines, *(_path(path) for path in paths))


def received(rows: dict[str, int], words: Words) -> RenderableType:
    """Rows that came through the door."""
    if not rows:
        return Text(words.say("No row came through the door."))
    return Text("\n".join(f"{count:>12,}  {name}" for name, count in rows.items()))


def _path(path: Path) -> Text:
    """A path on one line, so that it can be copied."""
    return Text(str(path), no_wrap=True, overflow="ignore")


def weighed(found: Sequence[Weighed], out: Path, words: Words) -> RenderableType:
    """What became of each entry on the disease."""
    lines = []
    for one in found:
        used = words.say("used") if one.why is None else words.say("not used: {why}", why=words.because(one.why))
        lines.append(Text(f"{one.number:>5}  {one.parameter}: {used}"))
        lines.append(Text(f"       {one.citation}", style="dim"))
    return Group(*lines, _path(out))
