"""Screening rounds."""

from douse.outputs.blocks import Block, Cell, Chip, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, number, short
from douse.outputs.words import Words
from douse.planning.plan import Round


def rounds(briefing: Briefing, words: Words) -> Section:
    """Section: one row a round, with tubes, sites, samplers and whether the result comes in time."""
    title = words.say("Screening rounds")
    planned = briefing.plan.rounds
    if not planned:
        return Section("rounds", title, (Text(words.say("No screening round is proposed.")),))
    heads = columns(
        words.say("Zone"),
        short(words.say("Start")),
        number(words.say("People")),
        number(words.say("Pool size")),
        number(words.say("Tubes")),
        number(words.say("Single tests")),
        number(words.say("Sites")),
        number(words.say("Samplers")),
        number(words.say("Hours to last result")),
        short(words.say("In time")),
    )
    rows: list[list[Cell]] = [
        [
            words.zone(r.zone),
            words.short_day(r.start),
            words.number(r.people),
            words.number(r.pool_size),
            words.number(r.tubes),
            words.number(r.singles),
            words.number(r.sites),
            words.number(r.samplers),
            words.number(r.result_hours),
            _in_time(r, words),
        ]
        for r in planned
    ]
    lacking = list(dict.fromkeys(words.because(r.short_of) for r in planned if r.short_of))
    total = words.say(
        "{n} {n:round|rounds}: {people} people, {tubes} tubes, {samplers} samplers.",
        n=len(planned),
        people=sum(r.people for r in planned),
        tubes=sum(r.tubes for r in planned),
        samplers=sum(r.samplers for r in planned),
    )
    blocks: list[Block] = [
        Text(total),
        *long_grid(words.say("Screening rounds proposed"), heads, rows, words, file="rounds"),
    ]
    blocks += [Text(reason, "warn") for reason in lacking[:3]]
    return Section("rounds", title, tuple(blocks))


def _in_time(planned: Round, words: Words) -> Cell:
    if planned.within_window is None:
        return words.say("not known")
    return Chip(words.say("in time"), "good") if planned.within_window else Chip(words.say("too late"), "bad")
