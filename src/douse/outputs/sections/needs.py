"""Needs against capacity, and staff; and the floor."""

from collections.abc import Sequence

from douse.outputs.blocks import Block, Cell, Chip, Figure, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.needs import need as need_chart
from douse.outputs.sections.common import columns, interval, named, number, prose, short
from douse.outputs.vocabulary import RESOURCES
from douse.outputs.words import Words
from douse.planning.plan import DayNeed, FloorCheck


def needs(briefing: Briefing, words: Words) -> Section:
    """Section: a small chart a resource, and tables of beds and staff."""
    plan = briefing.plan
    by_resource = {
        name: sorted((n for n in plan.needs if n.resource == name), key=lambda n: n.day) for name in RESOURCES
    }
    there = {name: days for name, days in by_resource.items() if days}
    blocks: list[Block] = []
    if there:
        blocks += [*_charts(plan.cases_ahead, there, words), _table(there, words)]
    else:
        blocks.append(Text(words.say("No need was projected."), "note"))
    if plan.staff:
        blocks.append(_staff(briefing, words))
    return Section("needs", words.say("Needs against capacity"), tuple(blocks))


def floor(briefing: Briefing, words: Words) -> Section:
    """Section: whether each condition of the floor holds."""
    title = words.say("The floor: what must never fail")
    if not briefing.plan.floor:
        return Section("floor", title, (Text(words.say("No condition of the floor was checked."), "note"),))
    rows: list[list[Cell]] = [
        [
            words.label(check.name),
            holds(check, words),
            words.short_day(check.first_day),
            words.number(check.short_by),
            words.because(check.text),
        ]
        for check in briefing.plan.floor
    ]
    heads = columns(
        words.say("Condition"),
        words.say("Holds"),
        short(words.say("Short from")),
        number(words.say("Short by")),
        prose(words.say("In words")),
    )
    return Section("floor", title, (Grid(words.say("Conditions of the floor"), heads, rows),))


def holds(check: FloorCheck, words: Words) -> Chip:
    """Holds, is short, or is not known."""
    if check.holds is None:
        return Chip(words.say("not known"), "plain")
    return Chip(words.say("holds"), "good") if check.holds else Chip(words.say("short"), "bad")


def _charts(cases: Sequence[DayNeed], there: dict[str, list[DayNeed]], words: Words) -> list[Block]:
    """Expected cases, then each resource that is needed or there at all."""
    drawn = {"new_cases": list(cases)} | {
        name: days for name, days in there.items() if any(d.high or d.capacity for d in days)
    }
    pictures = []
    for name, days in drawn.items():
        if not days:
            continue
        worst = _peak(days)
        alt = words.say(
            "{resource}: {now} a day now, at most {peak} by {day}; capacity {capacity}.",
            resource=words.label(name),
            now=days[0].need,
            peak=worst.need,
            day=worst.day,
            capacity=words.number(worst.capacity),
        )
        picture = need_chart(days, words, words.label(name), alt)
        if picture is not None:
            pictures.append(picture)
    if not pictures:
        return []
    caption = words.say("Expected a day with its 90% range; dashed: capacity, where it is known.")
    return [Figure(tuple(pictures), caption, small=True)]


def _table(there: dict[str, list[DayNeed]], words: Words) -> Grid:
    rows: list[list[Cell]] = []
    for name, days in there.items():
        worst = _peak(days)
        rows.append(
            [
                words.label(name),
                words.number(days[0].need),
                named(words.number(worst.need), interval(worst.low, worst.high, words, 0)),
                words.short_day(worst.day),
                words.number(worst.capacity),
                enough(days, words),
            ]
        )
    heads = columns(
        words.say("Resource"),
        number(words.say("Today")),
        number(words.say("Peak (90% range)")),
        short(words.say("Day of the peak")),
        number(words.say("Capacity")),
        words.say("Enough"),
    )
    return Grid(words.say("Needs over {days} days", days=max(len(d) for d in there.values())), heads, rows)


def enough(days: Sequence[DayNeed], words: Words) -> Chip:
    """Whether the capacity is enough on all days, for the expected need and for the upper end of its range."""
    if not any(d.high for d in days):
        return Chip(words.say("none needed"), "plain")
    known = [(d, d.capacity) for d in days if d.capacity is not None]
    if not known:
        return Chip(words.say("capacity not known"), "plain")
    short_on = next((d.day for d, capacity in known if d.need > capacity), None)
    if short_on:
        return Chip(words.say("short from {day}", day=words.short_day(short_on)), "bad")
    at_risk_on = next((d.day for d, capacity in known if d.high > capacity), None)
    if at_risk_on:
        return Chip(words.say("may be short from {day}", day=words.short_day(at_risk_on)), "warn")
    return Chip(words.say("enough"), "good")


def _peak(days: Sequence[DayNeed]) -> DayNeed:
    return max(days, key=lambda d: (d.need, -d.day.toordinal()))


def _staff(briefing: Briefing, words: Words) -> Grid:
    rows: list[list[Cell]] = [[words.label(s.role), words.number(s.need)] for s in briefing.plan.staff]
    heads = columns(words.say("Task"), number(words.say("People on the heaviest day")))
    return Grid(words.say("Staff"), heads, rows, stack=False)
