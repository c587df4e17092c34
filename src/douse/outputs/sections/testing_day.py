"""The day of the screening rounds: whether it ends in time, who works where, and what is missing."""

from collections.abc import Iterable

from douse.outputs.blocks import Block, Card, Cards, Cell, Chip, Figure, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.testing_day import testing_hours
from douse.outputs.sections.common import columns, listed, long_grid, number, short
from douse.outputs.words import UNKNOWN, Words
from douse.planning.testing.values import Addition, TestingDay


def testing_day(briefing: Briefing, words: Words) -> Section:
    """Section: the answer first, then the hours, what to add, laboratories and sites."""
    title = words.say("The testing day")
    day = briefing.plan.testing
    if day is None:
        return Section(
            "testing", title, (Text(words.say("No screening round is proposed, so no testing day."), "note"),)
        )
    blocks: list[Block] = [_answer(day, words), *(Text(words.because(text), "warn") for text in day.short_of)]
    if day.cheapest:
        blocks.append(Text(_cheapest(day.cheapest, day, words), "lead"))
    blocks.append(_cards(day, words))
    blocks += _hours(day, words)
    if day.cheapest:
        blocks.append(_additions(day, day.cheapest, words))
    if day.laboratories:
        blocks.append(_laboratories(briefing, day, words))
    blocks += _sites(briefing, day, words)
    blocks.append(
        Text(
            words.say(
                "Checked event by event on {draws} days of luck: fast and slow samplers, traffic, failed runs, "
                "positive pools. Hours count from the start of sampling; each is kept on 19 days of 20. People are "
                "taken to come when they are called.",
                draws=day.draws,
            ),
            "note",
        )
    )
    return Section("testing", title, tuple(blocks))


def _answer(day: TestingDay, words: Words) -> Text:
    facts = {"people": day.people, "window": day.window_hours, "hours": words.brief(_ceil(day.result_hours))}
    if day.in_time:
        said = words.say(
            "{people} people can be tested in time: the last result, second tests of positive pools with it, comes "
            "within {hours} hours; the window is {window} hours.",
            **facts,
        )
        return Text(said, "good")
    if day.in_time is None:
        said = words.say(
            "{people} people are to be tested. No laboratory on record states its tests per day: when the results "
            "come is not known.",
            **facts,
        )
        return Text(said, "warn")
    if day.result_hours is None:
        return Text(words.say("With what is there, {people} people cannot be tested at all.", **facts), "bad")
    if day.result_hours <= day.window_hours:
        return Text(words.say("There are not enough tubes in stock to test {people} people.", **facts), "bad")
    said = words.say(
        "{people} people cannot be tested in time: the last result comes after {hours} hours; the window is {window} "
        "hours.",
        **facts,
    )
    return Text(said, "bad")


def _ceil(hours: float | None) -> float | None:
    return None if hours is None else -(-hours * 10 // 1) / 10


def _cheapest(add: Addition, day: TestingDay, words: Words) -> str:
    return words.say(
        "The cheapest addition that makes it: {what}, for {cost}. The last result then comes within {hours} hours.",
        what=_what(add, words),
        cost=words.money(add.cost, day.currency),
        hours=words.brief(_ceil(add.result_hours)),
    )


def _what(add: Addition, words: Words) -> str:
    parts = []
    if add.samplers:
        parts.append(words.say("{n} {n:sampler|samplers}", n=add.samplers))
    if add.couriers:
        parts.append(words.say("{n} {n:courier|couriers}", n=add.couriers))
    if add.laboratory_lines:
        parts.append(words.say("{n} laboratory {n:line|lines}", n=add.laboratory_lines))
    if add.tubes:
        parts.append(words.say("{n} {n:tube|tubes}", n=add.tubes))
    return listed(parts, words, at_most=len(parts))


def _cards(day: TestingDay, words: Words) -> Cards:
    again = UNKNOWN if day.second_tests is None else words.number(day.second_tests)
    by_shift = words.say("by shift: {numbers}", numbers=listed(map(words.number, day.samplers_by_shift), words, 4))
    on_record = words.say("{n} on record", n=words.number(day.samplers_on_record))
    return Cards(
        (
            Card(words.say("People"), words.number(day.people), (words.say("{n} of them singly", n=day.singles),)),
            Card(words.say("Sites"), words.number(len(day.sites)), (words.say("{n} {n:desk|desks}", n=day.desks),)),
            Card(words.say("Samplers"), words.number(day.samplers), (by_shift, on_record)),
            Card(words.say("Couriers"), words.number(day.couriers)),
            Card(words.say("Tubes"), words.number(day.tubes), (words.say("{n} second tests expected", n=again),)),
            Card(
                words.say("Hours to last result"),
                words.brief(_ceil(day.result_hours)),
                (words.say("on half of days {hours}", hours=words.brief(_ceil(day.result_hours_median))),),
                "" if day.in_time is None else "good" if day.in_time else "bad",
            ),
        )
    )


def _hours(day: TestingDay, words: Words) -> Iterable[Block]:
    alt = words.say(
        "Shares by hour: everybody sampled after {sampled} hours, first results complete after {first} hours, all "
        "results after {last} hours.",
        sampled=words.brief(day.sampled_hours),
        first=words.brief(day.first_result_hours),
        last=words.brief(day.result_hours),
    )
    picture = testing_hours(day, words, alt)
    if picture is not None:
        caption = words.say("What is done by each hour, of all there is to do; shaded: 90% range of results.")
        yield Figure((picture,), caption)


def _additions(day: TestingDay, best: Addition, words: Words) -> Grid:
    rows: list[list[Cell]] = []
    for add in (best, *day.alternatives):
        some = add.samplers or add.couriers or add.laboratory_lines or add.tubes
        rows.append(
            [
                _what(add, words) if some else words.say("nothing"),
                words.money(add.cost, day.currency),
                words.brief(_ceil(add.result_hours)),
                Chip(words.say("in time"), "good") if add.in_time else Chip(words.say("too late"), "bad"),
            ]
        )
    heads = columns(
        words.say("Added"),
        number(words.say("Cost")),
        number(words.say("Hours to last result")),
        short(words.say("In time")),
    )
    return Grid(words.say("What to add, and why less does not do"), heads, rows)


def _laboratories(briefing: Briefing, day: TestingDay, words: Words) -> Grid:
    names = _names(briefing)
    rows: list[list[Cell]] = [
        [
            names.get(lab.laboratory, lab.laboratory),
            words.number(lab.sites),
            words.number(lab.tubes),
            words.number(lab.second_tests),
            words.number(lab.tubes_per_day),
            words.number(lab.couriers),
            words.number(lab.longest_wait_hours, 1),
            words.number(lab.result_hours, 1),
        ]
        for lab in day.laboratories
    ]
    heads = columns(
        words.say("Laboratory"),
        number(words.say("Sites")),
        number(words.say("Tubes")),
        number(words.say("Second tests")),
        number(words.say("Tubes a day")),
        number(words.say("Couriers")),
        number(words.say("Longest wait, hours")),
        number(words.say("Hours to last result")),
    )
    return Grid(words.say("Laboratories of the day"), heads, rows)


def _sites(briefing: Briefing, day: TestingDay, words: Words) -> list[Block]:
    names = _names(briefing)
    kinds = {
        "made_site": words.say("building to be found"),
        "door_team": words.say("from door to door"),
    }
    rows: list[list[Cell]] = [
        [
            words.zone(site.zone),
            kinds.get(site.kind, names.get(site.place or "", site.place or "")),
            words.number(site.people),
            words.number(site.tubes),
            words.number(site.samplers),
            words.number(site.desks),
            names.get(site.laboratory or "", site.laboratory or UNKNOWN),
            words.number(site.courier_every_hours, 1),
            words.number(site.result_hours, 1),
        ]
        for site in day.sites
    ]
    heads = columns(
        words.say("Zone"),
        words.say("Site"),
        number(words.say("People")),
        number(words.say("Tubes")),
        number(words.say("Samplers")),
        number(words.say("Desks")),
        words.say("Laboratory"),
        number(words.say("Courier every, hours")),
        number(words.say("Hours to last result")),
    )
    return long_grid(words.say("Sampling sites of the day"), heads, rows, words, file="testing-sites")


def _names(briefing: Briefing) -> dict[str, str]:
    """Identifiers of facilities and places that have a name, to their names."""
    named: dict[str, str] = {}
    for table, key in (("places", "place_id"), ("facilities", "facility_id")):
        frame = briefing.known.table(table).select(key, "name").drop_nulls()
        named |= dict(frame.iter_rows())
    return named
