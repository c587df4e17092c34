"""What residents ask for: what is met in time, what is not and why, and who goes where."""

from datetime import date, datetime, time, timedelta

from douse.outputs.blocks import Block, Card, Cards, Cell, Chip, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, long_grid, named, number, short
from douse.outputs.words import UNKNOWN, Words
from douse.planning.community.values import CommunityPlan, RequestPlan


def community(briefing: Briefing, words: Words) -> Section:
    """Section: sums, a table by kind, and the most urgent requests by their number; no household is named."""
    plan, title = briefing.plan.community, words.say("What residents ask for")
    if not plan.open:
        return Section("requests", title, (Text(words.say("No open request of a resident is on record.")),))
    blocks: list[Block] = [_cards(plan, words), _kinds(plan, words)]
    if not plan.crews:
        blocks.insert(0, Text(words.say("No crew is on record: nobody can be sent."), "bad"))
    rows = [_row(one, words) for one in plan.requests]
    heads = columns(
        words.say("Request"),
        words.say("Zone"),
        short(words.say("Due")),
        words.say("Crew"),
        short(words.say("There by")),
        number(words.say("km"), minor=True),
        words.say("In time"),
    )
    blocks += long_grid(words.say("Open requests, the most urgent first"), heads, rows, words, file="requests")
    return Section("requests", title, tuple(blocks))


def why_not(one: RequestPlan, words: Words) -> Chip:
    """In time, late, or why nobody is sent."""
    if one.crew_id is not None:
        return Chip(words.say("in time"), "good") if one.in_time else Chip(words.say("late"), "warn")
    reasons = {
        "no_crew": words.say("no crew can do this"),
        "too_far": words.say("all crews too far away"),
        "all_busy": words.say("all crews busy"),
    }
    return Chip(reasons.get(one.why_not or "", UNKNOWN), "bad")


def _cards(plan: CommunityPlan, words: Words) -> Cards:
    late = plan.medical - plan.medical_in_time
    return Cards(
        (
            Card(words.say("Open requests"), words.number(plan.open)),
            Card(
                words.say("Medical, in time"),
                words.say("{n} of {of}", n=words.number(plan.medical_in_time), of=words.number(plan.medical)),
                tone="bad" if late else "good",
            ),
            Card(
                words.say("A crew is sent"),
                words.number(plan.met),
                (words.say("within {days} days", days=plan.days),),
            ),
            Card(words.say("Nobody can be sent"), words.number(plan.unmet), tone="bad" if plan.unmet else "good"),
        )
    )


def _kinds(plan: CommunityPlan, words: Words) -> Grid:
    rows: list[list[Cell]] = [
        [
            named(words.label(kind.kind), words.say("medical") if kind.medical else ""),
            words.number(kind.open),
            words.number(kind.in_time),
            words.number(kind.late),
            words.number(kind.unmet),
            _reasons(kind.no_crew, kind.too_far, kind.all_busy, words),
            words.number(kind.longest_wait_hours),
            words.number(kind.clock_hours),
        ]
        for kind in plan.kinds
    ]
    heads = columns(
        words.say("Kind"),
        number(words.say("Open")),
        number(words.say("In time")),
        number(words.say("Late")),
        number(words.say("Not met")),
        words.say("Why not"),
        number(words.say("Longest wait so far, hours")),
        number(words.say("Clock, hours"), minor=True),
    )
    return Grid(words.say("Open requests by kind"), heads, rows)


def _reasons(no_crew: int, too_far: int, all_busy: int, words: Words) -> str:
    said = (
        words.say("{n} without a crew that can", n=no_crew) if no_crew else "",
        words.say("{n} too far away", n=too_far) if too_far else "",
        words.say("{n} with all crews busy", n=all_busy) if all_busy else "",
    )
    return "; ".join(part for part in said if part) or UNKNOWN


def _row(one: RequestPlan, words: Words) -> list[Cell]:
    there: Cell = UNKNOWN
    if one.served_on is not None:
        there = _moment(one.served_on, one.served_hour, words)
    elif one.expected_on is not None:
        there = words.say("not before {day}", day=words.short_day(one.expected_on))
    return [
        named(words.label(one.kind), one.request_id),
        words.zone(one.zone),
        _moment(one.due_on, one.due_hour, words),
        one.crew_id or UNKNOWN,
        there,
        words.number(one.km),
        why_not(one, words),
    ]


def _moment(day: date, hour: float | None, words: Words) -> str:
    return words.moment(datetime.combine(day, time.min) + timedelta(hours=hour or 0.0))
