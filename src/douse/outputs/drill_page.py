"""`drill.html`: policies against the same hidden outbreaks, on one page without scripts."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from douse.outputs.blocks import Block, Bullets, Card, Cards, Cell, Figure, Grid, Lines, Page, Section, Text
from douse.outputs.charts.drill import policies
from douse.outputs.drill_words import SHOWN, figure, label, legend, spread
from douse.outputs.sections.common import columns, number
from douse.outputs.words import Words
from douse.planning.drill.board import FIGURES, IN_TIME, against, policies_of, scoreboard
from douse.planning.drill.many import Result
from douse.planning.drill.setting import Setting


def drill_page(results: Sequence[Result], baseline: str, setting: Setting, words: Words) -> Page:
    """The page as values.

    Parameters
    ----------
    results : Sequence[Result]
        Of all policies.
    baseline : str
        Policy that the others are compared with on the same worlds.
    """
    pathogen, protocol = setting.pathogen, setting.protocol
    drills = len({result.task.number for result in results})
    return Page(
        title=words.say("Drill"),
        place=words.say("A made city of {people} people", people=words.number(len(setting.city))),
        day=words.say("{n} {n:drill|drills} of {days} days", n=drills, days=results[0].task.days),
        facts=(
            words.say("Pathogen: {name}", name=pathogen.name.say(words.language)),
            words.say(
                "Protocol: {name}, edition {edition}", name=protocol.name.say(words.language), edition=protocol.edition
            ),
        ),
        status=words.say("Invented outbreaks in an invented city: no figure here is of a real place."),
        sections=(
            _summary(results, setting, words),
            _board(results, setting, words),
            _days(results, words),
            *_differences(results, baseline, setting, words),
            _basis(setting, words),
        ),
    )


def _summary(results: Sequence[Result], setting: Setting, words: Words) -> Section:
    board = scoreboard(results)
    cards = []
    for policy in policies_of(results):
        rows = {row["what"]: row for row in board.filter(policy=policy).iter_rows(named=True)}
        small = tuple(
            f"{label(what, words)}: {figure(rows[what], setting.costs.currency, words)}"
            for what in ("infections", "restricted", "apart")
        )
        share = figure(rows[IN_TIME], setting.costs.currency, words)
        cards.append(Card(policy, words.say("{share} over in time", share=share), small))
    lead = legend(results[0].task.days, setting.horizon_days, words)
    return Section("minute", words.say("In a minute"), (Cards(tuple(cards)), Text(lead, "note")))


def _board(results: Sequence[Result], setting: Setting, words: Words) -> Section:
    title = words.say("Scoreboard")
    grid = _grid(scoreboard(results), (IN_TIME, *FIGURES), setting, words, title)
    return Section("board", title, (grid,))


def _grid(board: pl.DataFrame, shown: Sequence[str], setting: Setting, words: Words, title: str) -> Grid:
    names = board["policy"].unique(maintain_order=True).to_list()
    rows: list[list[Cell]] = []
    for what in shown:
        cells: list[Cell] = [label(what, words)]
        for name in names:
            row = board.filter(policy=name, what=what).row(0, named=True)
            cells.append(Lines(figure(row, setting.costs.currency, words), (spread(row, words),)))
        rows.append(cells)
    heads = columns(words.say("Figure"), *(number(name) for name in names))
    return Grid(title, heads, rows, titled=False)


def _days(results: Sequence[Result], words: Words) -> Section:
    names = policies_of(results)
    axis = words.say("days after the first case on record")

    def drills(*what: str, so_far: bool = False) -> dict[str, np.ndarray]:
        daily = {
            name: np.array([sum(r.daily[one] for one in what) for r in results if r.task.policy == name])
            for name in names
        }
        return {name: np.cumsum(days, axis=1) if so_far else days for name, days in daily.items()}

    shown = (
        (drills("infections", so_far=True), words.say("Infections so far")),
        (drills("people_control", "people_lockdown"), words.say("People under control or lockdown")),
        (drills("in_quarantine_home", "in_quarantine_central"), words.say("People in quarantine")),
    )
    figures: list[Block] = []
    for daily, title in shown:
        most = {name: words.number(float(np.median(days.max(axis=1)))) for name, days in daily.items()}
        told = "; ".join(f"{name} {value}" for name, value in most.items())
        picture = policies(
            daily, title, axis, words.say("{what}, at most in the middle drill: {told}.", what=title, told=told)
        )
        if picture is not None:
            figures.append(Figure((picture,), words.say("Middle of the drills by day, with their 5% to 95% range.")))
    return Section("days", words.say("Day by day"), tuple(figures))


def _differences(results: Sequence[Result], baseline: str, setting: Setting, words: Words) -> tuple[Section, ...]:
    table = against(results, baseline)
    if table.is_empty():
        return ()
    title = words.say("Less or more than {policy}, on the same worlds", policy=baseline)
    note = words.say("Differences drill by drill: of each policy, less those of {policy}.", policy=baseline)
    return (Section("against", title, (Text(note, "note"), _grid(table, SHOWN, setting, words, title))),)


def _basis(setting: Setting, words: Words) -> Section:
    hidden = setting.numbers.hidden
    immune = float(setting.immunity.cover[0].max())
    items = [
        words.say(
            "Each drill begins with {fewest} to {most} infections that nobody knows of; people begin to act with "
            "caution, and policies to decide, once the first case is on record.",
            fewest=words.number(hidden.fewest.value),
            most=words.number(hidden.most.value),
        ),
        words.say(
            "Tests err, reports come late, some contacts are never named or reached; whoever decides sees the records "
            "and nothing else."
        ),
        words.say("All policies meet the same hidden outbreaks with the same luck, so that differences are theirs."),
    ]
    if immune > 0:
        items.append(words.say("{share}% of the people are immune before.", share=words.number(100 * immune)))
    return Section("basis", words.say("What this rests on"), (Bullets(tuple(items)),))
