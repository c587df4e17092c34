"""Delays and timeliness against the deadlines of the protocol, and 7-1-7."""

from douse.outputs.blocks import Bar, Block, Cell, Chip, Grid, Section
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, interval, named, number
from douse.outputs.words import UNKNOWN, Words
from douse.situation.situation import Milestone


def delays(briefing: Briefing, words: Words) -> Section:
    """Section: a row a delay, a row a milestone."""
    rows: list[list[Cell]] = [
        [
            words.label(d.name),
            words.number(d.n),
            words.number(d.median, 1),
            interval(d.low, d.high, words, 1) or UNKNOWN,
            words.say("{hours} h", hours=d.deadline_hours) if d.deadline_hours is not None else UNKNOWN,
            Bar(words.share(d.share_in_time), d.share_in_time) if d.share_in_time is not None else UNKNOWN,
        ]
        for d in briefing.situation.delays
    ]
    heads = columns(
        words.say("Delay"),
        number(words.say("Cases")),
        number(words.say("Median, days")),
        number(words.say("90% range, days")),
        number(words.say("Deadline")),
        number(words.say("In time")),
    )
    blocks: list[Block] = [Grid(words.say("The way from onset to isolation"), heads, rows)]
    if briefing.situation.milestones:
        blocks.append(_milestones(briefing, words))
    return Section("delays", words.say("Delays and timeliness"), tuple(blocks))


def _milestones(briefing: Briefing, words: Words) -> Grid:
    rows: list[list[Cell]] = [
        [
            named(words.label(m.name), words.say(m.note) if m.note else None),
            words.brief(m.days),
            words.brief(m.target_days),
            _met(m, words),
        ]
        for m in briefing.situation.milestones
    ]
    heads = columns(
        words.say("Step"), number(words.say("Days taken")), number(words.say("Target, days")), words.say("Met")
    )
    return Grid(words.say("7-1-7: detected in 7 days, notified in 1, responded to in 7"), heads, rows, stack=False)


def _met(milestone: Milestone, words: Words) -> Chip:
    if milestone.met is None:
        return Chip(words.say("not known"), "plain")
    return Chip(words.say("met"), "good") if milestone.met else Chip(words.say("missed"), "bad")
