"""What the planners say of resources: who goes short first and why, within reach."""

from collections.abc import Iterable
from dataclasses import replace

from douse.console.permissions import Actor, may
from douse.console.plan import made as plans
from douse.console.plan.made import Made
from douse.console.reach import Reach, ground_of, reach
from douse.outputs.blocks import Block, Fold, Grid, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.beds import beds
from douse.outputs.sections.goods import goods
from douse.outputs.words import Words
from douse.records.ledger import Snapshot

_FILES = "tables/"


def latest(actor: Actor) -> Made | None:
    """The last plan, for who may see plans."""
    return plans.latest() if may(actor, "see_plan") else None


def goods_blocks(actor: Actor, snapshot: Snapshot, made: Made, words: Words, known: frozenset[str]) -> list[Block]:
    """Goods: what is short and why, who goes short first, what goes where."""
    seen = reach(actor, "see_plan", ground_of(snapshot))
    return without_files(goods(within(made.briefing, seen, known), words).blocks)


def bed_blocks(actor: Actor, snapshot: Snapshot, made: Made, words: Words, known: frozenset[str]) -> list[Block]:
    """Beds and rooms: who waits, how full facilities become, what to open."""
    seen = reach(actor, "see_plan", ground_of(snapshot))
    return without_files(beds(within(made.briefing, seen, known), words).blocks)


def without_files(blocks: Iterable[Block]) -> list[Block]:
    """Blocks without what they say of the report's files, which the console does not write."""
    found = list[Block]()
    for block in blocks:
        if isinstance(block, Text) and _FILES in block.text:
            continue
        if isinstance(block, Fold):
            found.append(replace(block, blocks=tuple(without_files(block.blocks))))
        elif isinstance(block, Grid) and _FILES in block.note:
            found.append(replace(block, note=""))
        else:
            found.append(block)
    return found


def within(briefing: Briefing, seen: Reach, known: frozenset[str]) -> Briefing:
    """A briefing whose facilities and zones lie within reach; counts of the whole area stay.

    Parameters
    ----------
    known : frozenset of str
        Facilities that the person sees.
    """
    if seen.everywhere:
        return briefing
    plan = briefing.plan
    shipments = tuple(
        one
        for one in plan.goods.shipments
        if one.from_facility in known or one.to_facility in known or (one.zone is not None and seen.holds(one.zone))
    )
    shortages = tuple(
        replace(one, where=tuple(zone for zone in one.where if seen.holds(zone)))
        for one in plan.goods.shortages
        if any(seen.holds(zone) for zone in one.where)
    )
    planned = replace(plan, goods=replace(plan.goods, shipments=shipments, shortages=shortages))
    if plan.beds is not None:
        kept = replace(
            plan.beds,
            facilities=tuple(one for one in plan.beds.facilities if one.facility_id in known),
            openings=tuple(one for one in plan.beds.openings if one.facility_id in known),
        )
        planned = replace(planned, beds=kept)
    return replace(briefing, plan=planned)
