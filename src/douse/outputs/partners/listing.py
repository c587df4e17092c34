"""What `douse partners` says in the terminal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.partners.cut import Cut
from douse.outputs.partners.policy import EVERYWHERE, FILE, InForce, Partner
from douse.outputs.partners.take import Brought


def policy(found: InForce) -> RenderableType:
    """The policy in sentences."""
    if not found.is_there:
        return Text(f"There is no {FILE} in the folder: nothing is shared with anybody.")
    rules = found.policy
    parts: list[RenderableType] = [Text(f"Edition {rules.edition}; {rules.answers} answers for it. {found.hash[:16]}")]
    for one in rules.partner:
        parts += [Text(f"\n{one.name}: {one.title}, until {one.until.isoformat()}", "bold"), Text(f"  {one.why}")]
        parts += [Text(f"  {line}") for line in lines_of(one)]
    return Group(*parts)


def lines_of(one: Partner) -> list[str]:
    """What goes to a partner and what comes, a line each."""
    lines = []
    for give in one.give:
        kept = f", personal columns for {give.keep_days} days" if give.personal else ", no personal columns"
        lines.append(f"gets {give.table} of {_zones(give.zones)}{kept}: {give.why}")
    lines += [f"sends us {take.table} of {_zones(take.zones)}: {take.why}" for take in one.take]
    if one.travellers:
        rules = one.travellers
        ways = [word for word, may in (("offered to them", rules.give), ("taken from them", rules.take)) if may]
        lines.append(
            f"cases who travelled: {' and '.join(ways) or 'neither way'}, at most {one.travellers.most_days} days: "
            f"{one.travellers.why}"
        )
    return lines


def _zones(zones: Sequence[str]) -> str:
    return "the whole area" if EVERYWHERE in zones else ", ".join(zones)


def sent(partner: str, number: int, made: Cut) -> RenderableType:
    """What went into a bundle, and what was left out and why."""
    lines = [f"Bundle {number} for {partner}: {sum(made.tables.values()):,} rows."]
    lines += [f"{many:>10,}  {name}" for name, many in sorted(made.tables.items())]
    lines += [f"{many:>10,}  left out: {why}" for why, many in sorted(made.left_out.items())]
    return Text("\n".join(lines))


def taken(found: Brought, erased: int) -> RenderableType:
    """What came of a bundle."""
    lines = [f"From {found.partner.name}: {sum(found.tables.values()):,} rows."]
    lines += [f"{many:>10,}  {name}" for name, many in sorted(found.tables.items())]
    if erased:
        lines.append(f"{erased:>10,}  persons erased, as they were there")
    return Text("\n".join(lines))


def offers(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Offers, without anything personal."""
    if not rows:
        return Text("No case was offered.")
    table = Table("offer", "partner", "way", "until", "state", "purpose", box=None)
    for row in rows:
        until = row["expires_on"].isoformat()
        table.add_row(row["offer_id"], row["partner"], row["way"], until, row["state"], row["purpose"])
    return table
