"""The plan of goods: from needs and records to what goes where, and what runs short first."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from douse.planning.basis import Basis
from douse.planning.crews import Crew, crew_rules
from douse.planning.goods.flow import Flow, usual_hours
from douse.planning.goods.needed import Needed
from douse.planning.goods.network import Floats
from douse.planning.goods.sent import shipments
from douse.planning.goods.setup import Setting, carriers, set_up
from douse.planning.goods.short import Answers, answer, reserves, shortages, usual_crew, worth
from douse.planning.goods.values import DeliveryDay, GoodsPlan, Shortage
from douse.planning.plan import Note
from douse.planning.regions import Regions, regions
from douse.records.measure import Because

FINEST = "district"
MOST_PARTS = 40


def goods_regions(basis: Basis) -> Regions:
    """Districts, or what is as large."""
    return regions(basis.zones, FINEST, MOST_PARTS)


def plan_goods(
    basis: Basis, needs: Sequence[Needed], parts: Regions, crews: Sequence[Crew], taken: Mapping[str, Floats]
) -> tuple[GoodsPlan, tuple[Note, ...]]:
    """What goes where on which day, and what is missing.

    Parameters
    ----------
    basis : Basis
        Stock, shipments, production, facilities, rules.
    needs : Sequence[Needed]
        By receiver and item, for the regions.
    parts : Regions
        As of `goods_regions`.
    crews : Sequence[Crew]
        All crews on record.
    taken : Mapping[str, numpy.ndarray]
        Crew -> share of its day that residents' requests take, shape (H,).

    Returns
    -------
    tuple
        The plan, empty where neither goods nor crews are on record, and notes.
    """
    if not basis.horizon_days:
        return GoodsPlan(), ()
    setting = set_up(basis, needs, parts, crews, taken)
    if setting is None:
        return GoodsPlan(), ()
    try:
        answers = answer(basis, setting)
    except RuntimeError:  # no answer in the time given: nothing is always a plan, so there is one to be found
        return GoodsPlan(), (Note(Because("What goes where could not be planned in time: there are too many goods.")),)
    short = shortages(basis, setting, answers)
    plan = answers.as_it_is
    made = GoodsPlan(
        shipments=tuple(shipments(basis, setting, plan)),
        shortages=short,
        reserves=reserves(basis, setting, plan),
        delivery=tuple(_delivery(basis, setting, plan)),
        worth=worth(basis, setting, answers, short),
        limit=_in_words(short),
        crews_needed=_crews_needed(basis, answers),
        gap=plan.gap,
    )
    return made, tuple(_notes(setting, made, len(carriers(crews))))


def _delivery(basis: Basis, setting: Setting, plan: Flow) -> Iterator[DeliveryDay]:
    network = setting.network
    more = usual_hours(network) @ (network.worst - network.mean).sum(axis=1)
    used = plan.used.sum(axis=0)
    there = None if network.crews is None else network.crews.sum(axis=0) + network.anywhere
    for ahead, day in enumerate(basis.days):
        yield DeliveryDay(
            day=day,
            used=float(used[ahead]),
            worst=float(used[ahead] + more[ahead]),
            there=None if there is None else float(there[ahead]),
        )


def _crews_needed(basis: Basis, answers: Answers) -> float:
    """Crews of the usual kind that carry everything on the heaviest day."""
    free = answers.crews or answers.as_it_is
    return float(free.used.sum(axis=0).max(initial=0.0)) / usual_crew(crew_rules(basis.protocol))


def _in_words(short: Sequence[Shortage]) -> Because | None:
    """What runs short first, and what it is short of."""
    if not short:
        return None
    first = min(short, key=lambda one: (one.first_day, one.turn, one.item))
    facts: dict[str, str | int | float] = {
        "item": first.item,
        "day": str(first.first_day),
        "short": round(first.short, 1),
        "need": round(first.need, 1),
    }
    if first.limit == "delivery":
        return Because(
            "Short of people who deliver: {item} lies in the depots, but {short} of {need} cannot be brought in time, "
            "from {day} on.",
            facts,
        )
    if first.limit == "production":
        return Because(
            "Short of production: {short} of {need} of {item} will be missing from {day} on, and more production "
            "would end it in time.",
            facts,
        )
    if first.limit == "both":
        return Because(
            "Short of goods and of people who deliver: {short} of {need} of {item} will be missing from {day} on, and "
            "more of one alone does not end it.",
            facts,
        )
    return Because(
        "Short of stock: {short} of {need} of {item} will be missing from {day} on, and production on record "
        "cannot end it in time.",
        facts,
    )


def _notes(setting: Setting, plan: GoodsPlan, carry: int) -> Iterator[Note]:
    unknown = sorted(item for item, known in zip(setting.items, setting.known, strict=True) if not known)
    if unknown:
        yield Note(
            Because(
                "{n} {n:item that is needed has|items that are needed have} no stock, shipment or production on "
                "record: whether {n:it is|they are} short is not known.",
                {"n": len(unknown)},
            )
        )
    if not carry and plan.shipments:
        yield Note(
            Because(
                "No crew that delivers is on record: whether goods reach those who need them is not known. On the "
                "heaviest day {n} {n:crew|crews} with a vehicle {n:is|are} needed.",
                {"n": int(np.ceil(plan.crews_needed))},
            )
        )
