"""What `douse partners` says in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.partners.cut import Cut
from douse.outputs.partners.offers import Expired
from douse.outputs.partners.policy import EVERYWHERE, FILE, InForce, Partner
from douse.outputs.partners.take import Brought
from douse.outputs.words import Words


def policy(found: InForce, words: Words) -> RenderableType:
    """The policy in sentences."""
    if not found.is_there:
        return Text(
            words.say("There is no {file} in the folder of this instance: nothing is shared with anybody.", file=FILE)
        )
    rules = found.policy
    said = words.say(
        "Policy of sharing, edition {edition}. {who} answers for it.", edition=rules.edition, who=rules.answers
    )
    parts: list[RenderableType] = [Text(f"{said} {found.hash[:16]}")]
    for one in rules.partner:
        until = words.say("until {day}", day=one.until)
        parts += [Text(f"\n{one.name}: {one.title}, {until}", "bold"), Text(f"  {one.why}")]
        parts += [Text(f"  {line}") for line in lines_of(one, words)]
    return Group(*parts)


def lines_of(one: Partner, words: Words) -> list[str]:
    """What goes to a partner and what comes, a line each."""
    lines = []
    for give in one.give:
        kept = (
            words.say("personal columns for {n} days", n=give.keep_days)
            if give.personal
            else words.say("no personal columns")
        )
        zones = _zones(give.zones, words)
        lines.append(
            words.say("gets {table} of {zones}, {kept}: {why}", table=give.table, zones=zones, kept=kept, why=give.why)
        )
        if give.columns:
            lines.append("  " + words.say("Only: {columns}", columns=", ".join(give.columns)))
    for take in one.take:
        zones = _zones(take.zones, words)
        lines.append(words.say("sends us {table} of {zones}: {why}", table=take.table, zones=zones, why=take.why))
    if one.travellers:
        rules = one.travellers
        ways = (
            words.say("offered to them and taken from them")
            if rules.give and rules.take
            else words.say("offered to them")
            if rules.give
            else words.say("taken from them")
            if rules.take
            else words.say("neither way")
        )
        lines.append(
            words.say(
                "cases who travelled: {ways}, at most {n} days: {why}", ways=ways, n=rules.most_days, why=rules.why
            )
        )
    return lines


def _zones(zones: Sequence[str], words: Words) -> str:
    return words.say("the whole area") if EVERYWHERE in zones else ", ".join(words.zone(zone) for zone in zones)


def sent(partner: str, number: int, made: Cut, words: Words) -> RenderableType:
    """What went into a bundle, and what was left out and why."""
    rows = sum(made.tables.values())
    lines = [words.say("Bundle {number} for {partner}: {n} {n:row|rows}.", number=number, partner=partner, n=rows)]
    lines += _counted(made.tables, words)
    for why, many in sorted(made.left_out.items()):
        lines.append(f"{many:>10,}  {words.say('left out: {why}', why=words.translated(why))}")
    return Text("\n".join(lines))


def taken(found: Brought, erased: int, words: Words) -> RenderableType:
    """What came of a bundle."""
    rows = sum(found.tables.values())
    lines = [words.say("{n} {n:row|rows} of {partner} were taken in.", n=rows, partner=found.partner.name)]
    lines += _counted(found.tables, words)
    if erased:
        lines.append(f"{erased:>10,}  {words.say('persons erased, as they were there')}")
    return Text("\n".join(lines))


def _counted(tables: Mapping[str, int], words: Words) -> list[str]:
    """Rows by table."""
    return [f"{many:>10,}  {words.code(name)}" for name, many in sorted(tables.items())]


def offers(rows: Sequence[dict[str, Any]], words: Words) -> RenderableType:
    """Offers, without anything personal."""
    if not rows:
        return Text(words.say("No case was offered."))
    table = Table(box=None)
    for head in (
        words.say("Offer"), words.say("Partner"), words.say("Way"), words.say("Until"), words.say("State"),
        words.say("Purpose"),
    ):  # fmt: skip
        table.add_column(head)
    for row in rows:
        way = words.say("to them") if row["way"] == "sent" else words.say("to us")
        until, state = words.day(row["expires_on"]), words.code(row["state"])
        table.add_row(_seen(row["offer_id"]), row["partner"], way, until, state, _seen(row["purpose"]))
    return table


def _seen(text: str) -> str:
    """What somebody else wrote, without what would move or colour anything in a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def ended(found: Expired, words: Words) -> RenderableType:
    """What was let go because its time is over."""
    said = words.say(
        "{offers} {offers:offer|offers} ended, {persons} {persons:person|persons} erased.",
        offers=len(found.entries), persons=len(found.erase),
    )  # fmt: skip
    kept = words.say("A legal hold keeps {n}.", n=found.held) if found.held else ""
    return Text(f"{said} {kept}".rstrip())
