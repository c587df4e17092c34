"""Goods: what goes where, and what runs short first."""

from douse.outputs.blocks import Block, Bullets, Cell, Chip, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, listed, long_grid, named, number, prose, short
from douse.outputs.words import UNKNOWN, Words
from douse.planning.crews import goods_rules
from douse.planning.goods.values import GoodsPlan, Shipment, Shortage
from douse.planning.plan import Supply


def goods(briefing: Briefing, words: Words) -> Section:
    """Section: what is short and why, days of cover, who goes short, what one more would mend, what goes where."""
    plan, title = briefing.plan.goods, words.say("Goods: what goes where, and what runs short first")
    blocks: list[Block] = [*_summary(briefing, words)]
    if briefing.plan.supplies:
        blocks.append(_supplies(briefing, words))
    if plan.shortages:
        blocks.append(_shortages(briefing, words))
    if plan.worth:
        blocks.append(Bullets(tuple(words.because(one.text) for one in plan.worth)))
    if plan.shipments:
        blocks += _shipments(plan, words)
    if not blocks:
        blocks.append(Text(words.say("No goods are needed, and none are on record."), "note"))
    return Section("goods", title, tuple(blocks))


def receiver(code: str | None, words: Words) -> str:
    """Who is given goods, in words."""
    return {
        "care": words.say("beds and wards"),
        "laboratory": words.say("laboratories"),
        "testing": words.say("sampling"),
        "household": words.say("households at home"),
        "patient": words.say("patients at home"),
        None: words.say("another depot"),
    }.get(code, UNKNOWN)


def limit(code: str, words: Words) -> Chip:
    """What a shortage is short of."""
    return Chip(
        {
            "stock": words.say("stock"),
            "production": words.say("production"),
            "delivery": words.say("people who deliver"),
        }.get(code, words.say("goods and people who deliver")),
        "bad",
    )


def _summary(briefing: Briefing, words: Words) -> list[Block]:
    plan = briefing.plan.goods
    blocks: list[Block] = []
    if plan.limit is not None:
        blocks.append(Text(words.because(plan.limit), "bad"))
    elif plan.shipments:
        expected = words.say("Nothing on record runs short over {days} days.", days=briefing.plan.horizon_days)
        blocks.append(Text(expected, "good"))
    unheld = [one for one in plan.reserves if one.first_day is not None]
    if unheld:
        first = min(unheld, key=lambda one: (str(one.first_day), one.item))
        blocks.append(
            Text(
                words.say(
                    "In the worst 5% of courses {n} {n:need|needs} would not be met from what there is; {item} first, "
                    "from {day} on.",
                    n=len(unheld),
                    item=words.code(first.item),
                    day=words.short_day(first.first_day),
                ),
                "warn",
            )
        )
    if plan.delivery:
        blocks.append(Text(_hours(plan, words)))
    return blocks


def _hours(plan: GoodsPlan, words: Words) -> str:
    worst = max(plan.delivery, key=lambda day: (day.used, -day.day.toordinal()))
    crews = words.say(
        "To bring everything takes {n} {n:crew|crews} with a vehicle on the heaviest day.", n=_up(plan.crews_needed)
    )
    if worst.there is None:
        return crews
    used = words.say(
        "Deliveries take {used} of {there} hours of crews on {day}, the heaviest day.",
        used=words.number(worst.used),
        there=words.number(worst.there),
        day=words.short_day(worst.day),
    )
    return used + ("" if words.language == "zh" else " ") + crews


def _up(value: float) -> int:
    return int(-(-value // 1))


def _supplies(briefing: Briefing, words: Words) -> Grid:
    rows: list[list[Cell]] = [
        [
            words.label(s.item),
            named(words.large(s.need), words.say("worst 5%: {n}", n=words.large(s.need_worst)) if s.need_worst else ""),
            words.large(s.need_per_day),
            words.large(s.stock),
            words.large(s.on_the_way),
            words.large(s.production) if s.production else UNKNOWN,
            words.number(s.days_of_cover_without, 1),
            words.number(s.days_of_cover, 1),
            _alarm(s, words),
        ]
        for s in briefing.plan.supplies
    ]
    heads = columns(
        words.say("Item"),
        number(words.say("Needed")),
        number(words.say("A day"), minor=True),
        number(words.say("In stock")),
        number(words.say("On the way")),
        number(words.say("From production")),
        number(words.say("Days of cover, stock alone")),
        number(words.say("Days of cover, with deliveries")),
        words.say("Alarm"),
    )
    return Grid(words.say("Supplies over {days} days", days=briefing.plan.horizon_days), heads, rows)


def _alarm(supply: Supply, words: Words) -> Cell:
    if supply.alarm:
        return Chip(words.label(supply.alarm), "bad" if supply.alarm == "red" else "warn")
    return UNKNOWN if supply.days_of_cover is None else words.say("enough")


def _shortages(briefing: Briefing, words: Words) -> Grid:
    order = goods_rules(briefing.protocol).order
    rows: list[list[Cell]] = []
    for one in briefing.plan.goods.shortages:
        turn = order[one.turn - 1] if one.turn <= len(order) else None
        rows.append(
            [
                words.number(one.turn),
                named(words.label(one.item), words.say("for {receiver}", receiver=receiver(one.receiver, words))),
                _amount(one, words),
                words.short_day(one.first_day),
                limit(one.limit, words),
                listed((words.zone(zone) for zone in one.where), words),
                turn.why.say(words.language) if turn else UNKNOWN,
            ]
        )
    heads = columns(
        number(words.say("Turn")),
        words.say("Item"),
        number(words.say("Missing")),
        short(words.say("Short from")),
        words.say("Short of"),
        words.say("Where most"),
        prose(words.say("Why this turn")),
    )
    note = words.say("The first turn is served first. The order is the protocol's; check that it is yours.")
    return Grid(words.say("Who goes short"), heads, rows, note=note)


def _amount(one: Shortage, words: Words) -> Cell:
    return named(words.large(one.short), words.say("of {n}", n=words.large(one.need)))


def _shipments(plan: GoodsPlan, words: Words) -> list[Block]:
    rows: list[list[Cell]] = [
        [
            words.short_day(one.day),
            words.label(one.item),
            words.large(one.quantity),
            words.large(one.kg),
            one.from_facility or UNKNOWN,
            _goal(one, words),
        ]
        for one in plan.shipments
    ]
    heads = columns(
        short(words.say("Day")),
        words.say("Item"),
        number(words.say("Quantity")),
        number(words.say("kg"), minor=True),
        words.say("From"),
        words.say("To"),
    )
    return long_grid(words.say("Shipments proposed"), heads, rows, words, file="shipments")


def _goal(one: Shipment, words: Words) -> Cell:
    if one.to_facility is not None:
        return named(one.to_facility, receiver(None, words))
    return named(words.zone(one.zone) if one.zone else words.say("other areas"), receiver(one.receiver, words))
