"""What ``douse replay`` says and writes: when each detector would have fired."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.words import Words
from douse.records.finding import write_csv

_EARLIEST = 3  # detectors named for an outbreak; all are written with --out


def first_table(first: pl.DataFrame, words: Words) -> Table:
    """When each detector first fired, the earliest first."""
    heads = (words.say("Detector"), words.say("First signal"), words.say("Where"))
    numbers = (words.say("Signals"), words.say("Days with a signal"))
    table = _table(words.say("When each detector first fired"), heads, numbers)
    for row in first.drop_nulls("first_day").iter_rows(named=True):
        table.add_row(
            words.label(row["detector"]),
            words.day(row["first_day"]),
            words.zone(row["zone"]) if row["zone"] else words.say("All zones"),
            words.number(row["signals"]),
            words.number(row["days"]),
        )
    return table


def found_table(found: pl.DataFrame, words: Words) -> Table:
    """Each past outbreak, when history reacted, and the detectors that were the earliest."""
    heads = (words.say("Outbreak"), words.say("Began"), words.say("History reacted"), words.say("First signals"))
    table = _table(words.say("Past outbreaks"), heads)
    for (event,), rows in found.group_by("event", maintain_order=True):
        fired = rows.drop_nulls("first_day").head(_EARLIEST)
        earliest = "\n".join(_said(row, words) for row in fired.iter_rows(named=True))
        began, reacted = rows.row(0, named=True)["began"], rows.row(0, named=True)["reacted"]
        table.add_row(str(event), words.day(began), words.day(reacted), earliest or words.say("none"))
    return table


def scores_table(scores: pl.DataFrame, words: Words) -> Table:
    """Each detector against what hindsight knows."""
    numbers = (
        words.say("Outbreaks found"),
        words.say("Median days after the first"),
        words.say("Signals elsewhere"),
        words.say("Per 1,000 zone-days"),
    )
    table = _table(words.say("Detectors against hindsight"), (words.say("Detector"),), numbers)
    for row in scores.filter((pl.col("found") > 0) | (pl.col("false_signals") > 0)).iter_rows(named=True):
        table.add_row(
            words.label(row["detector"]),
            words.say("{n} of {total}", n=row["found"], total=row["of"]),
            words.brief(row["median_days"]),
            words.number(row["false_signals"]),
            words.number(row["false_per_1000"], 2),
        )
    return table


def tables(
    first: pl.DataFrame, found: pl.DataFrame | None, scores: pl.DataFrame | None, words: Words
) -> RenderableType:
    """All that there is."""
    parts: list[RenderableType] = [first_table(first, words)]
    silent = first.filter(pl.col("first_day").is_null())["detector"]
    if len(silent):
        parts.append(Text(words.say("No signal: {names}.", names=", ".join(words.code(name) for name in silent))))
    if found is not None:
        parts += [Text(), found_table(found, words)]
    if scores is not None:
        parts += [Text(), scores_table(scores, words)]
    return Group(*parts)


def write(out: Path, **frames: pl.DataFrame | None) -> None:
    """Write each frame that there is as a CSV of its name."""
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        if frame is not None:
            write_csv(frame, out / f"{name}.csv")


def _said(row: dict[str, object], words: Words) -> str:
    day = row["first_day"]
    said = f"{words.label(str(row['detector']))} {words.short_day(day)}"  # type: ignore[arg-type]
    ahead = row["days_ahead"]
    if ahead is None:
        return said
    if isinstance(ahead, int) and ahead < 0:
        return words.say("{signal}, {days} {days:day|days} late", signal=said, days=-ahead)
    return words.say("{signal}, {days} {days:day|days} ahead", signal=said, days=ahead)


def _table(title: str, heads: Sequence[str], numbers: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for at, label in enumerate(heads):
        table.add_column(label, overflow="fold", no_wrap=bool(numbers) and at == 0)
    for label in numbers:
        table.add_column(label, justify="right")
    return table
