"""Arrivals: tests and quarantine by origin."""

from douse.outputs.blocks import Block, Cell, Fold, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, named, number
from douse.outputs.words import Words
from douse.planning.entry.values import EntryOrigin, EntryPlan, EntrySchedule

_SHOWN = 60


def entry(briefing: Briefing, words: Words) -> Section:
    """Section: what is proposed for the arrivals of each origin, and what the protocol's own rule would miss."""
    title = words.say("Arrivals")
    plan = briefing.plan.entry
    if plan is None:
        nothing = words.say("No arrivals from elsewhere are on record in recent weeks: nothing is proposed for them.")
        return Section("entry", title, (Text(nothing, "note"),))
    blocks: list[Block] = [
        Text(words.because(plan.text), "lead" if plan.within_target else "bad"),
        Text(
            words.say(
                "What the protocol asks of all arrivals ({schedule}) would miss {missed} a month for {days} "
                "person-days.",
                schedule=schedule_words(plan.by_protocol, words),
                missed=words.number(plan.expected_by_protocol, 1),
                days=words.large(plan.person_days_by_protocol),
            )
        ),
        *_origins(plan, words),
        _schedules(plan, words),
    ]
    blocks += [Text(words.because(note), "note") for note in plan.notes]
    return Section("entry", title, tuple(blocks))


def schedule_words(one: EntrySchedule | EntryOrigin, words: Words) -> str:
    """A schedule in words."""
    days = (", " if words.language == "en" else "、").join(str(day) for day in one.test_days)
    if one.place == "free" or not one.days:
        return words.say("no stay, tested on day {days}", days=days) if days else words.say("no stay, no test")
    if one.place == "home":
        if not days:
            return words.say("{n} {n:day|days} at home, no test", n=one.days)
        return words.say("{n} {n:day|days} at home, tested on day {days}", n=one.days, days=days)
    if not days:
        return words.say("{n} {n:day|days} in a quarantine place, no test", n=one.days)
    return words.say("{n} {n:day|days} in a quarantine place, tested on day {days}", n=one.days, days=days)


def _origins(plan: EntryPlan, words: Words) -> list[Block]:
    rows: list[list[Cell]] = [
        [
            one.origin,
            words.number(one.arrivals),
            named(
                words.share(one.prevalence),
                words.say("{low} to {high}", low=words.share(one.low), high=words.share(one.high)),
                words.code(one.basis),
            ),
            words.number(one.infected, 1),
            schedule_words(one, words),
            words.number(one.missed, 2),
            words.number(one.missed_by_protocol, 2),
            words.large(one.person_days),
            words.large(one.tests),
        ]
        for one in plan.origins
    ]
    heads = columns(
        words.say("Origin"),
        number(words.say("Arrivals a month")),
        number(words.say("Share infected")),
        number(words.say("Infected a month")),
        words.say("Proposed; day 1 is the day of arrival"),
        number(words.say("Missed")),
        number(words.say("Missed by the protocol's rule")),
        number(words.say("Person-days")),
        number(words.say("Tests")),
    )
    return long_grid(words.say("Tests and stays by origin, a month"), heads, rows, words, file="entry-origins")


def _schedules(plan: EntryPlan, words: Words) -> Fold:
    rows: list[list[Cell]] = [
        [schedule_words(one, words), words.share(one.missed), words.share(one.let_through)]
        for one in plan.schedules[:_SHOWN]
    ]
    heads = columns(
        words.say("Tests and stay"),
        number(words.say("Infected who are missed")),
        number(words.say("Transmission let through")),
    )
    caption = words.say("What each way of testing and staying misses")
    note = words.say(
        "Missed: free among others on an infectious day before anything finds the infection. All ways are in "
        "tables/entry-schedules.csv."
    )
    return Fold(caption, (Grid(caption, heads, rows, note=note, titled=False),))
