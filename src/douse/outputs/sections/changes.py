"""What changed since yesterday."""

from collections.abc import Callable

from douse.outputs.blocks import Block, Cell, Chip, Fold, Grid, Heading, Section, Step, Text
from douse.outputs.briefing import Briefing
from douse.outputs.levels import effective_levels
from douse.outputs.sections.common import columns, level_chip, number
from douse.outputs.words import Words
from douse.records.codes import LEVELS
from douse.situation.situation import Situation

_SHOWN = 10


def changes(briefing: Briefing, words: Words) -> Section:
    """Section: figures of the two days with arrows, zones whose level changes, signals of today."""
    title = words.say("What changed since yesterday")
    blocks: list[Block] = []
    if briefing.yesterday is None:
        blocks.append(Text(words.say("There is no situation of the day before to compare with."), "note"))
    else:
        blocks.append(_figures(briefing.situation, briefing.yesterday, words))
    blocks += _levels(briefing, words)
    fresh = [s for s in briefing.signals if s.last_day == briefing.as_of]
    blocks.append(
        Text(
            words.say("{n} {n:signal|signals} of today: see Signals.", n=len(fresh))
            if fresh
            else words.say("No signal of today.")
        )
    )
    return Section("changes", title, tuple(blocks))


def _figures(today: Situation, before: Situation, words: Words) -> Grid:
    whole: Callable[[float | None], str] = words.number
    rows = [
        _row(words.say("Cases in all"), before.total, today.total, whole, words),
        _row(words.say("New cases that day"), before.new_today, today.new_today, whole, words),
        _row(words.say("New cases in 7 days"), before.new_week, today.new_week, whole, words),
        _row(words.say("Active cases"), before.active, today.active, whole, words),
        _row(words.say("Deaths"), before.deaths, today.deaths, whole, words),
        _row("R", before.r_now.estimate, today.r_now.estimate, lambda v: words.number(v, 2), words),
        _row(
            words.say("New cases already in quarantine"), before.community_zero.share, today.community_zero.share,
            words.share, words,
        ),
    ]  # fmt: skip
    heads = columns(
        words.say("Figure"), number(words.say("Yesterday")), number(words.say("Today")), number(words.say("Change"))
    )
    return Grid(words.say("Key figures of yesterday and today"), heads, rows, stack=False)


def _row(
    label: str, before: float | None, now: float | None, form: Callable[[float | None], str], words: Words
) -> list[Cell]:
    return [label, form(before), form(now), change(before, now, form, words)]


def change(before: float | None, now: float | None, form: Callable[[float | None], str], words: Words) -> str:
    """Arrow and size of a change."""
    if before is None or now is None:
        return words.code(None)
    if form(now) == form(before):
        return words.say("no change")
    return f"▲ {form(now - before)}" if now > before else f"▼ {form(before - now)}"


def _levels(briefing: Briefing, words: Words) -> list[Block]:
    if briefing.yesterday_levels is None:
        return [Text(words.say("Levels of the day before are not known."), "note")]
    own_before, own_after = briefing.yesterday_levels, briefing.plan.levels
    before, after = (effective_levels(briefing.zones, levels) for levels in (own_before, own_after))
    moved = [
        (zone, before.get(zone, "open"), after.get(zone, "open"))
        for zone in sorted(own_before.keys() | own_after.keys())
        if before.get(zone, "open") != after.get(zone, "open")
    ]
    if not moved:
        return [Text(words.say("No zone's level changes with this plan."))]
    moved.sort(key=lambda m: (_step(m) > 0, -abs(_step(m)), words.zone(m[0]), m[0]))
    down = sum(_step(m) < 0 for m in moved)
    heading = Heading(words.say("Levels: {down} lower, {up} higher", down=down, up=len(moved) - down))
    heads = columns(words.say("Zone"), words.say("Level"), words.say("Change"))
    rows: list[list[Cell]] = [
        [words.zone(m[0]), Step(level_chip(m[1], words), level_chip(m[2], words)), _direction(_step(m), words)]
        for m in moved
    ]
    caption = words.say("Zones whose level changes, yesterday and with this plan")
    blocks: list[Block] = [heading, Grid(caption, heads, rows[:_SHOWN])]
    if rows[_SHOWN:]:
        blocks.append(Fold(words.say("{n} more rows", n=len(rows) - _SHOWN), (Grid(caption, heads, rows[_SHOWN:]),)))
    return blocks


def _step(moved: tuple[str, str, str]) -> int:
    return LEVELS.index(moved[2]) - LEVELS.index(moved[1])


def _direction(step: int, words: Words) -> Chip:
    return Chip(f"▲ {words.say('stricter')}", "plain") if step > 0 else Chip(f"▼ {words.say('lighter')}", "good")
