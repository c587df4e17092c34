"""Beds and rooms: who goes where today, and what to open."""

from douse.outputs.blocks import Block, Cell, Chip, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, number, short
from douse.outputs.words import Words
from douse.planning.beds.values import BedPlan, FacilityLoad, Waiting


def beds(briefing: Briefing, words: Words) -> Section:
    """Section: who waits and what they get, how full facilities become, what to open and by when to decide."""
    title = words.say("Beds and rooms: who goes where, and what to open")
    plan = briefing.plan.beds
    if plan is None:
        return Section("beds", title, (Text(words.say("Beds and rooms were not planned."), "note"),))
    blocks: list[Block] = [Text(_today(plan, words), "lead")]
    if plan.waiting:
        blocks += [_waiting(plan, words), *_together(plan, words)]
    if any(load.coming or load.occupied for load in plan.facilities):
        blocks += _facilities(briefing, plan, words)
    blocks += _ahead(briefing, plan, words)
    blocks += [Text(words.because(note), "note") for note in plan.notes]
    return Section("beds", title, tuple(blocks))


def _today(plan: BedPlan, words: Words) -> str:
    total = _sum(plan, "people")
    if not total:
        return words.say("Nobody who is known waits for a bed or room today.")
    return words.say(
        "{n} {n:person waits|people wait} for a bed or room today: {good} get one of the class that they need or "
        "higher, {lower} one of a lower class, {none} none.",
        n=total,
        good=_sum(plan, "as_needed") + _sum(plan, "higher"),
        lower=_sum(plan, "lower"),
        none=_sum(plan, "none_free"),
    )


def _sum(plan: BedPlan, what: str) -> int:
    return sum(int(getattr(row, what)) for row in plan.waiting)


def _waiting(plan: BedPlan, words: Words) -> Grid:
    rows: list[list[Cell]] = [
        [
            words.label(row.group),
            words.code(row.needs),
            words.number(row.people),
            words.number(row.as_needed + row.higher),
            words.number(row.lower),
            words.number(row.none_free),
            words.number(row.late),
            _enough(row, words),
        ]
        for row in plan.waiting
    ]
    heads = columns(
        words.say("Who"),
        words.say("Needs"),
        number(words.say("People")),
        number(words.say("As needed")),
        number(words.say("Lower class")),
        number(words.say("None free")),
        number(words.say("Later than the clock")),
        short(words.say("Enough")),
    )
    return Grid(words.say("Who waits for a bed or room, and what they get"), heads, rows)


def _enough(row: Waiting, words: Words) -> Chip:
    if row.none_free or row.lower:
        return Chip(words.say("short"), "bad")
    return Chip(words.say("late"), "warn") if row.late else Chip(words.say("enough"), "good")


def _together(plan: BedPlan, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if _sum(plan, "none_free") or _sum(plan, "lower"):
        blocks.append(
            Text(
                words.say(
                    "Where beds are short, those who are more severely ill come first and contacts last; among equals "
                    "those with the shorter way, then those who have waited longer. Who has no bed yet stays apart at "
                    "home and is first in line."
                ),
                "warn",
            )
        )
    if plan.parties or plan.parted:
        blocks.append(
            Text(
                words.say(
                    "{n} {n:family stays|families stay} together with children or others whom they care for; for "
                    "{parted} no facility has room to keep them together.",
                    n=plan.parties,
                    parted=plan.parted,
                )
            )
        )
    if plan.care_owed:
        blocks.append(
            Text(
                words.say(
                    "{n} {n:child or other dependant|children and other dependants} would stay at home with nobody to "
                    "look after them: care has to be arranged before the others leave.",
                    n=plan.care_owed,
                ),
                "warn",
            )
        )
    blocks.append(Text(words.say("Person by person: tables/placements.csv, for those who carry it out."), "note"))
    return blocks


def _facilities(briefing: Briefing, plan: BedPlan, words: Words) -> list[Block]:
    names = _names(briefing)
    order = sorted(plan.facilities, key=lambda load: (-load.coming, load.facility_id, load.resource))
    rows: list[list[Cell]] = [
        [
            names.get(load.facility_id, load.facility_id),
            words.code(load.resource),
            words.number(load.capacity),
            words.number(load.occupied),
            words.number(load.coming),
            _left(load, words),
        ]
        for load in order
    ]
    heads = columns(
        words.say("Facility"),
        words.say("Kind"),
        number(words.say("There")),
        number(words.say("In use")),
        number(words.say("Coming")),
        number(words.say("Free after")),
    )
    return long_grid(words.say("Facilities that are open today"), heads, rows, words, file="facility-beds")


def _left(load: FacilityLoad, words: Words) -> Cell:
    left = load.capacity - load.occupied - load.coming
    return words.number(left) if left >= 0 else Chip(words.say("{n} too many", n=-left), "bad")


def _ahead(briefing: Briefing, plan: BedPlan, words: Words) -> list[Block]:
    days = briefing.plan.horizon_days
    blocks: list[Block] = [Text(words.because(one.text), "bad") for one in plan.short_ahead]
    if not plan.openings:
        if not plan.short_ahead:
            blocks.append(
                Text(
                    words.say(
                        "No further facility has to be opened in the next {days} days, as far as known needs go.",
                        days=days,
                    )
                )
            )
        return blocks
    names = _names(briefing)
    currency = briefing.plan.costs.currency
    rows: list[list[Cell]] = [
        [
            names.get(one.facility_id, one.facility_id),
            _by(one.decide_by == briefing.as_of, words.short_day(one.decide_by), words),
            words.short_day(one.opens_on),
            words.number(one.lead_days),
            ", ".join(f"{words.number(count)} {words.code(name)}" for name, count in one.resources.items()),
            words.money(one.cost, currency),
        ]
        for one in plan.openings
    ]
    heads = columns(
        words.say("Facility"),
        short(words.say("Decide by")),
        short(words.say("Opens on")),
        number(words.say("Days it takes")),
        words.say("Gives"),
        number(words.say("Cost until the end of the plan")),
    )
    note = words.say(
        "The cheapest facilities with which the upper end of the 90% range stays within what there is, each decided as "
        "late as it may be."
    )
    return [*blocks, Grid(words.say("What to open, and by when to decide"), heads, rows, note=note)]


def _by(today: bool, day: str, words: Words) -> Cell:  # noqa: FBT001
    return Chip(words.say("today"), "bad") if today else day


def _names(briefing: Briefing) -> dict[str, str]:
    facilities = briefing.known.table("facilities").select("facility_id", "name").drop_nulls()
    return dict(facilities.iter_rows())
