"""Tracing: chains, exposure places, and the worklist in counts (never persons)."""

from datetime import datetime, time, timedelta

import polars as pl

from douse.outputs.blocks import Block, Cell, Chip, Figure, Grid, Heading, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.chains import GENERATIONS_SHOWN, LINKS_SHOWN, chain_timeline
from douse.outputs.sections.common import bars, columns, known_columns, listed, named, number, short
from douse.outputs.sections.tracing_reach import tracing_reach
from douse.outputs.vocabulary import TASKS
from douse.outputs.words import UNKNOWN, Words
from douse.tracing.trace import Chain

_CHAINS_DRAWN, _CHAINS_SHOWN, _PLACES_SHOWN = 5, 12, 12


def tracing(briefing: Briefing, words: Words) -> Section:
    """Section: worklist first, then chains and places."""
    return Section(
        "tracing",
        words.say("Tracing"),
        (
            *_worklist(briefing, words),
            *tracing_reach(briefing, words),
            *_chains(briefing, words),
            *_places(briefing, words),
        ),
    )


def _worklist(briefing: Briefing, words: Words) -> list[Block]:
    worklist = briefing.trace.worklist
    heading = Heading(words.say("Whom to reach"))
    if worklist.is_empty():
        return [heading, Text(words.say("Nobody is on the worklist."))]
    end_of_day = datetime.combine(briefing.as_of + timedelta(days=1), time.min)
    states = {
        "overdue": pl.col("overdue"),
        "today": ~pl.col("overdue") & (pl.col("deadline") < end_of_day),
        "later": ~pl.col("overdue") & ((pl.col("deadline") >= end_of_day) | pl.col("deadline").is_null()),
    }
    counts = worklist.group_by(pl.col("task").cast(pl.String)).agg(
        pl.col("person").n_unique().alias("people"),
        *(mask.fill_null(value=False).sum().alias(name) for name, mask in states.items()),
    )
    by_task = {row["task"]: row for row in counts.iter_rows(named=True)}
    rows: list[list[Cell]] = []
    for task in (*TASKS, *sorted(by_task.keys() - set(TASKS))):
        if task in by_task:
            row = by_task[task]
            late: Cell = Chip(words.number(row["overdue"]), "bad") if row["overdue"] else "0"
            rows.append(
                [
                    words.label(task),
                    words.number(row["people"]),
                    late,
                    words.number(row["today"]),
                    words.number(row["later"]),
                ]
            )
    heads = columns(
        words.say("Task"),
        number(words.say("People")),
        number(words.say("Overdue")),
        number(words.say("Due today")),
        number(words.say("Due later")),
    )
    note = words.say("Who they are: tables/worklist.csv, under pseudonyms only.")
    return [heading, Grid(words.say("Worklist by task and deadline"), heads, rows, stack=False, note=note)]


def _chains(briefing: Briefing, words: Words) -> list[Block]:
    chains = [chain for chain in briefing.trace.chains if chain.cases > 1]
    single = len(briefing.trace.chains) - len(chains)
    heading = Heading(words.say("Chains of recorded links"))
    if not chains:
        return [heading, Text(words.say("No link between cases is recorded, so there are no chains."), "note")]
    summary = words.say(
        "{n} {n:chain|chains} of two cases or more, {active} of them active; {single} cases stand alone.",
        n=len(chains),
        active=sum(chain.active for chain in chains),
        single=single,
    )
    blocks: list[Block] = [heading, Text(summary)]
    blocks += _timeline(briefing, chains[:_CHAINS_DRAWN], words)
    heads = columns(
        words.say("Source"),
        number(words.say("Cases")),
        number(words.say("Generations")),
        short(words.say("From")),
        short(words.say("To")),
        words.say("Zones"),
        words.say("State"),
    )
    sizes = bars([chain.cases for chain in chains[:_CHAINS_SHOWN]], words)
    rows: list[list[Cell]] = [
        [
            _source(chain, words),
            size,
            words.number(chain.generations),
            words.short_day(chain.first_day),
            words.short_day(chain.last_day),
            listed((words.zone(zone) for zone in chain.zones), words) or UNKNOWN,
            Chip(words.say("active"), "warn") if chain.active else words.say("quiet"),
        ]
        for chain, size in zip(chains[:_CHAINS_SHOWN], sizes, strict=True)
    ]
    note = words.say("All {n} chains are in tables/chains.csv.", n=len(chains)) if len(chains) > _CHAINS_SHOWN else ""
    return [*blocks, Grid(words.say("Largest chains"), heads, rows, note=note)]


def _timeline(briefing: Briefing, chains: list[Chain], words: Words) -> list[Block]:
    links = briefing.trace.links.select("case_id", "infector", "chain", "generation")
    dated = links.join(briefing.situation.cases.select("case_id", "day"), on="case_id", how="left")
    titles = [
        (
            chain.id,
            words.say(
                "{number}. {source}: {cases} cases, {generations} {generations:generation|generations}",
                number=number,
                source=_source_text(chain, words),
                cases=chain.cases,
                generations=chain.generations,
            ),
        )
        for number, chain in enumerate(chains, 1)
    ]
    alt = words.say(
        "Timeline of the {n} largest chains: circles for cases by day and generation, lines for recorded links.",
        n=len(chains),
    )
    drawn = chain_timeline(dated, titles, briefing.as_of, words, alt)
    if drawn is None:
        return []
    caption = words.say(
        "The largest chains over time. Each row is a generation (at most {n}), each circle the cases of a day; dark "
        "circles are the first known cases, lines are recorded links (at most {links}).",
        n=GENERATIONS_SHOWN,
        links=LINKS_SHOWN,
    )
    return [Figure((drawn,), caption)]


def _source(chain: Chain, words: Words) -> Cell:
    return named(
        chain.source_name or words.label(chain.source), words.code(chain.source) if chain.source_name else None
    )


def _source_text(chain: Chain, words: Words) -> str:
    return f"{words.label(chain.source)}, {chain.source_name}" if chain.source_name else words.label(chain.source)


def _places(briefing: Briefing, words: Words) -> list[Block]:
    places = briefing.trace.places
    if places.is_empty():
        return []
    names = dict(briefing.known.table("places").select("place_id", "name").iter_rows())
    shown = list(places.head(_PLACES_SHOWN).iter_rows(named=True))
    rows: list[list[Cell]] = [
        [
            _place(r["place_id"], names.get(r["place_id"]), r["kind"], words),
            words.zone(r["zone"]),
            words.number(r["cases"]),
            words.number(r["people"]),
            f"{words.short_day(r['first_day'])} – {words.short_day(r['last_day'])}",
        ]
        for r in shown
    ]
    heads = columns(
        words.say("Place"),
        words.say("Zone"),
        number(words.say("Cases")),
        number(words.say("Other people")),
        short(words.say("Days")),
    )
    note = (
        words.say("All {n} places are in tables/places.csv.", n=places.height) if places.height > _PLACES_SHOWN else ""
    )
    return [
        Heading(words.say("Exposure places")),
        Grid(words.say("Places that cases visited while infectious"), *known_columns(heads, rows), note=note),
    ]


def _place(place: str | None, name: str | None, kind: str | None, words: Words) -> Cell:
    """The name of a place; where it has none its kind, with its identifier."""
    if name:
        return named(name, words.code(kind) if kind else None)
    return named(words.label(kind), place) if kind else place or UNKNOWN
