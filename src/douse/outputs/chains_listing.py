"""What ``douse chains`` says and writes: who infected whom, sources, what is hidden, what changed."""

from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library import Pathogen
from douse.outputs.words import Words
from douse.records import ZoneTree
from douse.records.finding import write_csv
from douse.tracing.infectors import Chains

SHOWN = 8  # rows of each table in the terminal; all are written with --out
FILES = {
    "links": "links", "sources": "sources", "hidden": "zones_hidden", "settings": "settings",
    "spreaders": "superspreading", "changes": "changes",
}  # fmt: skip


def table(found: Chains, zones: ZoneTree, pathogen: Pathogen, words: Words) -> RenderableType:
    """The figures of the day, and the first rows of each table."""
    parts: list[RenderableType] = [
        Text(f"{words.say('Who infected whom')}, {words.day(found.as_of)}, {pathogen.name.say(words.language)}",
             style="bold"),
        Text(_in_short(found, words)),
    ]  # fmt: skip
    tables = (_changes(found, words), _hidden(found, zones, words), _spreaders(found, words), _settings(found, words))
    for one in tables:
        if one.row_count:
            parts += [Text(), one]
    return Group(*parts)


def write(out: Path, found: Chains) -> None:
    """Write links.csv, sources.csv, zones_hidden.csv, settings.csv, superspreading.csv and changes.csv."""
    out.mkdir(parents=True, exist_ok=True)
    for field, name in FILES.items():
        frame: pl.DataFrame = getattr(found, field)
        lists = [column for column, kind in frame.schema.items() if isinstance(kind, pl.List)]
        flat = frame.with_columns(pl.col(column).list.join("; ") for column in lists)
        write_csv(flat.with_columns(pl.col(pl.Float64).round(6)), out / f"{name}.csv")


def _in_short(found: Chains, words: Words) -> str:
    posterior = found.belief.posterior
    n = len(posterior.unknown)
    return words.say(
        "{n} {n:case|cases}. Expected: {local} infected by a case on record, {through} through somebody unseen, "
        "{unknown} by somebody unknown, {imported} outside.",
        n=n,
        local=float(posterior.direct.sum() + posterior.other.sum()),
        through=float(posterior.through.sum()),
        unknown=float(posterior.unknown.sum()),
        imported=float(posterior.imported.sum()),
    )


def _changes(found: Chains, words: Words) -> Table:
    heads = (words.say("Case"), words.say("Until yesterday"), words.say("Now"), words.say("Because of"))
    table = _grid(words.say("What changed since yesterday"), heads)
    for row in found.changes.head(SHOWN).iter_rows(named=True):
        because = words.label(row["cause"])
        table.add_row(
            row["case_id"],
            _answer(row["before"], row["before_infector"], row["before_probability"], words),
            _answer(row["now"], row["now_infector"], row["now_probability"], words),
            because if row["cause_case"] is None else f"{because}: {row['cause_case']}",
        )
    return table


def _answer(kind: str, infector: str | None, probability: float, words: Words) -> str:
    share = words.share(probability)
    if infector is None:
        return f"{words.label(ANSWERS[kind])} {share}"
    name = infector if kind == "direct" else words.say("{name}, through somebody unseen", name=infector)
    return f"{name} {share}"


# Code of an answer without an infector -> its words' code.
ANSWERS = {"imported": "imported", "unknown": "unknown_infector", "other": "another_case"}


def _hidden(found: Chains, zones: ZoneTree, words: Words) -> Table:
    """Zones with the highest probability; a zone around others of the list is left out."""
    heads = (words.say("Zone"), words.say("Last case"))
    numbers = (words.say("Cases"), words.say("Hidden transmission"))
    table = _grid(words.say("Where infection may go on unseen"), heads, numbers)
    listed = set(found.hidden["zone"])
    outer = {zones.ids[parent] for zone in listed if (parent := int(zones.parent[zones.position[zone]])) >= 0}
    inner = found.hidden.filter(~pl.col("zone").is_in(list(outer)), pl.col("probability") >= 0.05)
    for row in inner.head(SHOWN).iter_rows(named=True):
        table.add_row(
            words.zone(row["zone"]),
            words.day(row["last_case"]),
            words.number(row["cases"]),
            words.share(row["probability"]),
        )
    return table


def _spreaders(found: Chains, words: Words) -> Table:
    numbers = (words.say("Infections, expected"), words.say("95% interval"))
    table = _grid(words.say("Superspreading"), (words.say("Case or place"), words.say("Day")), numbers)
    flagged = found.spreaders.filter("superspreading")
    for row in flagged.head(SHOWN).iter_rows(named=True):
        table.add_row(
            row["case_id"] or row["place"],
            words.day(row["day"]),
            words.brief(round(row["expected"], 1)),
            words.say("{lower} to {upper}", lower=row["lower"], upper=row["upper"]),
        )
    return table


def _settings(found: Chains, words: Words) -> Table:
    numbers = (words.say("Infections, expected"), words.say("95% interval"), words.say("Share"))
    table = _grid(words.say("Where transmission happened"), (words.say("Setting"),), numbers)
    for row in found.settings.head(SHOWN).iter_rows(named=True):
        table.add_row(
            words.label(row["setting"]),
            words.brief(round(row["expected"], 1)),
            words.say("{lower} to {upper}", lower=row["lower"], upper=row["upper"]),
            words.share(row["share"]),
        )
    return table


def _grid(title: str, heads: tuple[str, ...], numbers: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for label in heads:
        table.add_column(label, overflow="fold")
    for label in numbers:
        table.add_column(label, justify="right")
    return table
