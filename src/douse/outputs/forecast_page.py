"""`forecast.html`: the days ahead as simulated, on one page without scripts and without anything from elsewhere."""

import polars as pl

from douse.outputs.blocks import Block, Bullets, Card, Cards, Cell, Figure, Grid, Page, Picture, Section, Text
from douse.outputs.charts.needs import need as need_chart
from douse.outputs.forecast_words import SHOWN, SUMS, ending, fitted, label, trust
from douse.outputs.sections.common import bars, columns, interval, number
from douse.outputs.words import Words
from douse.planning.plan import DayNeed
from douse.simulation.simulate import Simulated

_MOST_ZONES = 20
_CARDS = ("cases", "infections", "in_hospital", "in_intensive_care")


def forecast_page(found: Simulated, words: Words, place: str, facts: tuple[str, ...]) -> Page:
    """The page as values.

    Parameters
    ----------
    found : Simulated
        What was simulated.
    words : Words
        The reader's language and names.
    place : str
        Of the outbreak.
    facts : tuple[str, ...]
        Pathogen and protocol, in words.
    """
    return Page(
        title=words.say("The days ahead, simulated"),
        place=place,
        day=words.day(found.as_of),
        facts=facts,
        status=words.say("A forecast, not a plan: what happens if measures go on as they are."),
        sections=(_summary(found, words), _days(found, words), _zones(found, words), _basis(found, words)),
    )


def _summary(found: Simulated, words: Words) -> Section:
    totals = {row["what"]: row for row in found.forecast.totals.iter_rows(named=True)}
    cards = []
    for what in _CARDS:
        row = totals[what]
        kind = words.say("in {days} days", days=found.days) if what in SUMS else words.say("at the peak")
        cards.append(
            Card(
                label(what, words),
                words.number(row["q50"]),
                (kind, words.say("90% between {range}", range=interval(row["q05"], row["q95"], words, 0))),
            )
        )
    blocks: tuple[Block, ...] = (
        Text(ending(found, words), "lead"),
        Cards(tuple(cards)),
        Text(trust(found, words), "good" if found.diagnostics.good else "warn"),
    )
    return Section("minute", words.say("In a minute"), blocks)


def _days(found: Simulated, words: Words) -> Section:
    pictures = [picture for what in SHOWN if (picture := _picture(found, what, words)) is not None]
    over = found.forecast.over
    chance = [
        DayNeed("over", row["date"], 100 * row["chance"], 100 * row["chance"], 100 * row["chance"], None)
        for row in over.iter_rows(named=True)
    ]
    name = words.say("Chance that it is over, %")
    alt = words.say("From {first}% to {last}%.", first=words.number(chance[0].need), last=words.number(chance[-1].need))
    drawn = need_chart(chance, words, name, alt)
    if drawn is not None:
        pictures.append(drawn)
    caption = words.say("Middle of the runs a day, with their 90% range.")
    rows: list[list[Cell]] = [
        [
            label(row["what"], words),
            words.say("in all") if row["what"] in SUMS else words.say("at the peak"),
            words.number(row["q50"]),
            interval(row["q25"], row["q75"], words, 0),
            interval(row["q05"], row["q95"], words, 0),
        ]
        for row in sorted(found.forecast.totals.iter_rows(named=True), key=lambda row: SHOWN.index(row["what"]))
        if row["q95"] > 0
    ]
    heads = columns(
        words.say("What"), words.say("How"), number(words.say("Middle")), number(words.say("50% range"), minor=True),
        number(words.say("90% range")),
    )  # fmt: skip
    grid = Grid(words.say("The next {days} days", days=found.days), heads, rows)
    return Section("days", words.say("Day by day"), (Figure(tuple(pictures), caption, small=True), grid))


def _picture(found: Simulated, what: str, words: Words) -> Picture | None:
    daily = found.forecast.daily.filter(pl.col("what") == what)
    if daily["q95"].max() in (0, None):
        return None
    days = [DayNeed(what, row["date"], row["q50"], row["q05"], row["q95"], None) for row in daily.iter_rows(named=True)]
    worst = max(days, key=lambda day: day.need)
    alt = words.say(
        "{what}: {now} a day at first, at most {peak} by {day}.",
        what=label(what, words),
        now=words.number(days[0].need),
        peak=words.number(worst.need),
        day=words.day(worst.day),
    )
    return need_chart(days, words, label(what, words), alt)


def _zones(found: Simulated, words: Words) -> Section:
    zones = found.forecast.by_zone.filter(pl.col("chance") > 0).sort(
        "chance", "mean", "zone", descending=[True, True, False]
    )
    title = words.say("Where cases are to be expected")
    if zones.is_empty():
        return Section("zones", title, (Text(words.say("No zone by itself."), "note"),))
    shown = zones.head(_MOST_ZONES)
    chances = bars([100 * chance for chance in shown["chance"]], words)
    rows: list[list[Cell]] = [
        [words.zone(row["zone"]), chance, words.number(row["mean"], 1), interval(row["q05"], row["q95"], words, 0)]
        for row, chance in zip(shown.iter_rows(named=True), chances, strict=True)
    ]
    heads = columns(
        words.say("Zone"), number(words.say("Chance of a case, %")), number(words.say("Cases, mean")),
        number(words.say("90% range")),
    )  # fmt: skip
    left = zones.height - shown.height
    note = words.say("{n} more zones are in zones.csv.", n=left) if left else ""
    return Section("zones", title, (Grid(title, heads, rows, note=note, titled=False),))


def _basis(found: Simulated, words: Words) -> Section:
    rows: list[list[Cell]] = [
        [
            fitted(row["what"], words),
            words.brief(row["q50"]),
            interval(row["q05"], row["q95"], words),
        ]
        for row in found.fitted.iter_rows(named=True)
    ]
    heads = columns(words.say("Number"), number(words.say("Middle")), number(words.say("90% range")))
    figures = found.diagnostics
    weeks = words.say(
        "Cases on record by week up to the day, oldest first: {reported}. Mean of the runs: {expected}.",
        reported=", ".join(words.number(count) for count in figures.reported),
        expected=", ".join(words.number(count) for count in figures.expected),
    )
    blocks: tuple[Block, ...] = (
        Grid(words.say("What the reports of the last weeks say of the unknowns"), heads, rows),
        Text(weeks),
        Bullets(tuple(words.because(note) for note in found.notes)),
    )
    return Section("basis", words.say("What this rests on"), blocks)
