"""Where infections may be hidden: the areas with most, and the smallest cover of three targets."""

from douse.outputs.blocks import Bar, Block, Cell, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import (
    columns,
    joined,
    level_chip,
    listed,
    long_grid,
    named,
    number,
    prose,
    short,
    where,
)
from douse.outputs.words import UNKNOWN, Words
from douse.planning.area_values import AreaRisk, Areas

_FEW = 0.005


def hidden_areas(briefing: Briefing, words: Words) -> Section:
    """Section: how many are expected and why, the top areas, the covers, the areas of the protocol's target."""
    title = words.say("Where infections may be hidden")
    areas = briefing.plan.areas
    if areas is None or (not areas.top and not areas.note):
        nothing = words.say("Nothing on record speaks for infections that nobody knows.")
        return Section("hidden", title, (Text(nothing),))
    blocks: list[Block] = [Text(_lead(areas, words), "lead"), Text(_basis(areas, words), "note")]
    if areas.note:
        blocks.append(Text(words.because(areas.note), "note"))
    return Section(
        "hidden",
        title,
        (*blocks, *_top(areas, briefing, words), *_covers(areas, words), *_chosen(areas, briefing, words)),
    )


def _lead(areas: Areas, words: Words) -> str:
    lines = [
        words.say(
            "About {n} infections are expected that nobody knows and that can still be passed on, in {areas} smallest "
            "{areas:area|areas}.",
            n=words.number(areas.expected, 1),
            areas=areas.smallest_areas,
        )
    ]
    own = next((cover for cover in areas.covers if areas.chosen and cover.target == areas.chosen[0].target), None)
    if own is not None and own.short is None:
        lines.append(
            words.say(
                "The smallest areas that cover {share} of them have {people} residents and restrict {days} person-days "
                "in {horizon} days.",
                share=words.share(own.share),
                people=round(own.people),
                days=round(own.person_days),
                horizon=round(areas.days),
            )
        )
        if own.districts_times is not None:
            lines.append(
                words.say(
                    "The same coverage by whole districts would restrict {times} times as many.",
                    times=words.number(own.districts_times, 1),
                )
            )
    return joined(lines, words)


def _basis(areas: Areas, words: Words) -> str:
    found = (
        words.say(
            "Of all infections {share} come to be known, by what the records tell.", share=words.share(areas.found)
        )
        if areas.found_by == "estimate"
        else words.say(
            "Of all infections {share} are taken to come to be known: the records do not tell.",
            share=words.share(areas.found),
        )
    )
    unplaced = (
        words.say("{n} more have no zone on record.", n=words.number(areas.unplaced, 1))
        if areas.unplaced > _FEW
        else ""
    )
    nothing = words.say("These areas are for comparison: the levels that the plan proposes are among its measures.")
    return joined((found, _movement(areas.movement, words), unplaced, nothing), words)


def _movement(known_by: str, words: Words) -> str:
    match known_by:
        case "visits":
            return words.say("Where people go is known by visits on record.")
        case "daytime":
            return words.say("Where people go is known by their school or workplace.")
        case "distance":
            return words.say("Where people go is not on record: it is supposed by distance.")
        case _:
            return words.say(
                "Where people go is not on record: people are supposed to meet others of the zone around their own."
            )


def _top(areas: Areas, briefing: Briefing, words: Words) -> list[Block]:
    if not areas.top:
        return []
    heads = columns(
        words.say("Area"),
        number(words.say("Expected")),
        number(words.say("Times the mean")),
        words.say("Made of"),
        number(words.say("Residents"), minor=True),
    )
    most = areas.top[0].expected
    rows: list[list[Cell]] = [
        [
            named(words.zone(risk.zone), where(risk.zone, briefing, words)),
            Bar(words.number(risk.expected, 2), risk.expected / most),
            UNKNOWN if risk.times_mean is None else words.number(risk.times_mean, 1),
            _made_of(risk, words),
            UNKNOWN if risk.people is None else words.number(risk.people),
        ]
        for risk in areas.top
    ]
    caption = words.say("Areas with most expected undetected infections")
    return long_grid(caption, heads, rows, words, file="hidden-areas")


def _made_of(risk: AreaRisk, words: Words) -> str:
    """The parts that matter, largest first."""
    parts = [
        (risk.by_cases, words.say("cases who live here {n}", n=words.number(risk.by_cases, 2))),
        (risk.by_sites, words.say("places of exposure {n}", n=words.number(risk.by_sites, 2))),
        (risk.by_contacts, words.say("contacts not in quarantine {n}", n=words.number(risk.by_contacts, 2))),
        (
            risk.by_unknown_source,
            words.say("cases without a known source {n}", n=words.number(risk.by_unknown_source, 2)),
        ),
        (risk.onward, words.say("passed on since {n}", n=words.number(risk.onward, 2))),
        (risk.by_movement, words.say("brought from other areas {n}", n=words.number(risk.by_movement, 2))),
    ]
    shown = [text for value, text in sorted(parts, key=lambda part: -part[0]) if value >= _FEW]
    return listed(shown, words, at_most=6)


def _covers(areas: Areas, words: Words) -> list[Block]:
    if not areas.covers:
        return []
    heads = columns(
        short(words.say("Target")),
        number(words.say("Covered")),
        number(words.say("Areas")),
        number(words.say("Residents")),
        number(words.say("Person-days")),
        number(words.say("Whole districts")),
        number(words.say("Circles around cases")),
        number(words.say("At most better by"), minor=True),
    )
    rows: list[list[Cell]] = [
        [
            words.share(cover.target),
            words.share(cover.share),
            words.number(cover.areas),
            words.number(round(cover.people)),
            words.number(round(cover.person_days)),
            _times(cover.districts_times, words),
            _times(cover.circles_times, words),
            words.share(cover.gap),
        ]
        for cover in areas.covers
    ]
    note = words.say(
        "Covered: the share of contacts outside the home that the levels take, of all expected undetected infections. "
        "Whole districts and circles: how many times as many person-days for as much."
    )
    caption = words.say("The smallest areas that cover a share of the expected infections")
    missed = [Text(words.because(cover.short), "note") for cover in areas.covers[-1:] if cover.short]
    return [Grid(caption, heads, rows, note=note), *missed]


def _times(times: float | None, words: Words) -> str:
    return UNKNOWN if times is None else words.say("{n} times", n=words.number(times, 1))


def _chosen(areas: Areas, briefing: Briefing, words: Words) -> list[Block]:
    if not areas.chosen:
        return []
    heads = columns(
        words.say("Area"), short(words.say("Level")), number(words.say("Person-days")), prose(words.say("Why"))
    )
    rows: list[list[Cell]] = [
        [
            named(words.zone(area.zone), where(area.zone, briefing, words)),
            level_chip(area.level, words),
            UNKNOWN if area.person_days is None else words.number(round(area.person_days)),
            joined((words.because(area.reason), words.because(area.lesser_fails)), words),
        ]
        for area in areas.chosen
    ]
    caption = words.say(
        "Areas that would cover {share}, most infections first", share=words.share(areas.chosen[0].target)
    )
    return long_grid(caption, heads, rows, words, file="cover-areas")
