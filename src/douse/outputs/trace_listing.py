"""What ``douse trace`` and ``douse index`` say and write: who met cases, where, and what to announce."""

from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.words import UNKNOWN, Words
from douse.records.finding import write_csv
from douse.situation.situation import Situation
from douse.tracing.index.landing import Landing
from douse.tracing.who_met import WhoMet

SHOWN = 20  # people and places shown in the terminal; all are written with --out
_BYTES_PER_GIB = 2**30


def table(situation: Situation, met: WhoMet, words: Words) -> RenderableType:
    """How many in each ring, the likeliest, and the places to announce."""
    title = Text(f"{words.say('Who met the cases')}, {words.day(situation.as_of)}, {situation.pathogen}", style="bold")
    counts = {ring: met.people.filter(ring=ring).height for ring in (1, 2)}
    summary = words.say(
        "{cases} {cases:case|cases}: {first} {first:person|people} met them (ring 1), {second} met those (ring 2).",
        cases=met.windows["infectious_from"].drop_nulls().len(),
        first=counts[1],
        second=counts[2],
    )
    parts: list[RenderableType] = [title, Text(summary)]
    if met.people.height:
        parts.append(_people(met.people.head(SHOWN), words))
    if met.people.height > SHOWN:
        n = met.people.height - SHOWN
        parts.append(Text(words.say("{n} more {n:person is|people are} not shown; --out FOLDER writes all.", n=n)))
    if met.announce.height:
        parts += [Text(words.say("Too many were there to be traced: announce these places."), style="bold")]
        parts.append(_announce(met.announce.head(SHOWN), words))
    return Group(*parts)


def _people(people: pl.DataFrame, words: Words) -> Table:
    grid = Table(box=None, padding=(0, 1), header_style="bold")
    for head, right in (
        (words.say("Person"), False),
        (words.say("Ring"), True),
        (words.say("Class"), False),
        (words.say("Setting"), False),
        (words.say("Minutes"), True),
        (words.say("Last day"), False),
        (words.say("Infected"), True),
        (words.say("Case"), False),
    ):
        grid.add_column(head, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    for row in people.iter_rows(named=True):
        grid.add_row(
            row["person"],
            words.number(row["ring"]),
            words.code(row["contact_class"]),
            words.code(row["setting"]),
            words.number(row["minutes"]),
            words.short_day(row["last_exposure"]),
            _share(row["infection_probability"], words),
            row["case_id"],
        )
    return grid


def _share(chance: float | None, words: Words) -> str:
    """A chance with a digit after the point: most are small."""
    return UNKNOWN if chance is None else f"{words.number(100 * chance, 1)}%"


def _announce(places: pl.DataFrame, words: Words) -> Table:
    grid = Table(box=None, padding=(0, 2), header_style="bold")
    for head, right in (
        (words.say("Place"), False),
        (words.say("Zone"), False),
        (words.say("Day"), False),
        (words.say("Visits"), True),
        (words.say("Cases"), True),
    ):
        grid.add_column(head, justify="right" if right else "left", overflow="fold")
    for row in places.iter_rows(named=True):
        counts = (words.number(row["visits"]), words.number(row["cases"]))
        grid.add_row(row["place"], words.zone(row["zone"]), words.day(row["day"]), *counts)
    return grid


def write(out: Path, met: WhoMet) -> None:
    """Write people.csv, exposures.csv, announce.csv and windows.csv; pseudonyms only."""
    out.mkdir(parents=True, exist_ok=True)
    tables = {
        "people": met.people,
        "exposures": met.exposures,
        "announce": met.announce,
        "windows": met.windows.drop("person"),
    }
    for name, frame in tables.items():
        write_csv(frame, out / f"{name}.csv")


def _size(count: int, words: Words) -> str:
    """Bytes for a reader."""
    if count >= _BYTES_PER_GIB // 10:
        return f"{words.number(count / _BYTES_PER_GIB, 2)} GiB"
    return f"{words.number(count / 2**20, 1)} MiB"


def landed(landing: Landing, seconds: float, words: Words) -> RenderableType:
    """What `douse index` did: how much, how long, how big."""
    said = words.say(
        "{files} {files:file|files} read: {read} {read:visit|visits}, {kept} of them new, in {seconds} s.",
        files=len(landing.files),
        read=landing.read,
        kept=landing.kept,
        seconds=round(seconds, 1),
    )
    whole = words.say(
        "The index holds {visits} {visits:visit|visits}, {first} to {last}, in {size}.",
        visits=landing.visits,
        first=words.day(landing.first_day) if landing.first_day else UNKNOWN,
        last=words.day(landing.last_day) if landing.last_day else UNKNOWN,
        size=_size(landing.on_disk, words),
    )
    lines = [Text(said), Text(whole)]
    if landing.forgotten:
        n = landing.forgotten
        lines.append(Text(words.say("{n} {n:visit was|visits were} taken away for good.", n=n)))
    return Group(*lines)
