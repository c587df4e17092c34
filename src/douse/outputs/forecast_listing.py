"""What ``douse simulate`` says in the terminal, and writes."""

from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.library import Pathogen, Protocol
from douse.outputs.forecast_page import forecast_page
from douse.outputs.forecast_words import SHOWN, SUMS, ending, label, trust
from douse.outputs.report import render
from douse.outputs.words import Words
from douse.records import ZoneTree
from douse.records.finding import write_csv
from douse.simulation.simulate import Simulated


def table(found: Simulated, words: Words) -> RenderableType:
    """Totals or peaks of the days ahead with their ranges, the ending, and whether to trust it."""
    title = words.say("{days} days after {day}, simulated", days=found.days, day=words.day(found.as_of))
    grid = Table(box=None, padding=(0, 2), header_style="bold")
    for head, right in (
        ("", False),
        ("", False),
        (words.say("Middle"), True),
        (words.say("90% range"), True),
    ):
        grid.add_column(head, justify="right" if right else "left", no_wrap=True)
    totals = {row["what"]: row for row in found.forecast.totals.iter_rows(named=True)}
    for what in SHOWN:
        row = totals[what]
        if row["q95"] == 0:
            continue
        kind = words.say("in all") if what in SUMS else words.say("at the peak")
        low, high = (words.number(row[q]) for q in ("q05", "q95"))
        grid.add_row(
            label(what, words), kind, words.number(row["q50"]), words.say("{low} to {high}", low=low, high=high)
        )
    return Group(
        Text(title, style="bold"), grid, Text(ending(found, words)), Text(trust(found, words)),
        *(Text(f"- {words.because(note)}") for note in found.notes),
    )  # fmt: skip


def write(  # noqa: PLR0913, PLR0917  what is written, and what names it
    out: Path,
    found: Simulated,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    example: dict[str, pl.DataFrame],
    words: Words,
) -> Path:
    """Write the page and the tables behind it; give the path of the page.

    `example` holds tables of one run: its cases as they would be reported, its infections, its counts.
    """
    facts = (
        words.say("Pathogen: {name}", name=pathogen.name.say(words.language)),
        words.say(
            "Protocol: {name}, edition {edition}", name=protocol.name.say(words.language), edition=protocol.edition
        ),
    )
    roots = [zone for zone, parent in zip(zones.ids, zones.parent, strict=True) if parent < 0]
    place = words.zone(roots[0]) if len(roots) == 1 else words.say("All zones")
    out.mkdir(parents=True, exist_ok=True)
    forecast = found.forecast
    frames = {
        "forecast": forecast.daily,
        "over": forecast.over,
        "zones": forecast.by_zone,
        "totals": forecast.totals,
        "fitted": found.fitted,
        **example,
    }
    for name, frame in frames.items():
        write_csv(frame, out / f"{name}.csv")
    page = out / "forecast.html"
    page.write_text(render(forecast_page(found, words, place, facts), words), encoding="utf-8")
    return page
