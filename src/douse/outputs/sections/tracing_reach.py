"""What today's tracers reach, and what the rest costs: lines and a table of the section on tracing."""

from douse.outputs.blocks import Block, Cell, Grid, Heading, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, joined, number
from douse.outputs.words import Words


def tracing_reach(briefing: Briefing, words: Words) -> list[Block]:
    """Blocks; none where nothing is to be done."""
    found = briefing.plan.tracing_capacity
    if found is None or not found.visits:
        return []
    facts = {
        "people": found.people,
        "hours": round(found.hours_needed),
        "tracers": words.number(found.tracers_for_all, 1),
    }
    lines = [
        words.say(
            "The worklist has {people} people and takes {hours} tracer-hours: {tracers} tracers for a day.", **facts
        )
    ]
    if found.tracers is None:
        lines.append(words.say("How many tracers there are is not known: no zone has residents on record."))
    elif found.visits_today == found.visits:
        lines.append(
            words.say(
                "The {tracers} tracers of the protocol's ratio reach all of them today.",
                tracers=words.number(found.tracers, 1),
            )
        )
    else:
        lines += [
            words.say(
                "The {tracers} tracers of the protocol's ratio reach {people} of them today, those with most "
                "infections prevented an hour first: up to {prevented} of {all} infections prevented.",
                tracers=words.number(found.tracers, 1),
                people=found.people_today,
                prevented=words.number(found.prevented_today, 1),
                all=words.number(found.prevented, 1),
            ),
            words.say(
                "What waits until tomorrow costs up to {lost} infections; {more} tracers more would reach all today.",
                lost=words.number(found.lost_by_waiting, 1),
                more=words.number(found.tracers_more, 1),
            ),
        ]
    heads = columns(
        words.say("Task"),
        number(words.say("People")),
        number(words.say("Reached today")),
        number(words.say("Tracer-hours"), minor=True),
        number(words.say("Infections prevented")),
        number(words.say("Of them today")),
    )
    rows: list[list[Cell]] = [
        [
            words.label(reach.task),
            words.number(reach.people),
            words.number(reach.people_today),
            words.number(round(reach.hours)),
            words.number(reach.prevented, 1),
            words.number(reach.prevented_today, 1),
        ]
        for reach in found.by_task
    ]
    note = words.say(
        "Infections prevented are upper bounds: done at once, kept to, nobody immune. The order of visits: "
        "tables/tracing-turns.csv."
    )
    return [
        Heading(words.say("What today's tracers reach")),
        Text(joined(lines, words)),
        Grid(words.say("Worklist by task, most infections prevented first"), heads, rows, stack=False, note=note),
    ]
