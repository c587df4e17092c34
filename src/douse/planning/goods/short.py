"""What runs short, what it is short of, and what one more crew or day of production would mend."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from douse.library.goods import CrewRules
from douse.planning.basis import Basis
from douse.planning.crews import crew_rules
from douse.planning.goods.flow import Flow, prices, solve
from douse.planning.goods.network import Floats, Network
from douse.planning.goods.setup import Setting, depot_of
from douse.planning.goods.there import production
from douse.planning.goods.values import Reserve, Shortage, Worth
from douse.records.measure import Because

_EPSILON = 1e-4  # of the need: less is not missing
_MENDS = 0.5  # of a shortage: production that mends so much of it is what is short
_NAMED = 5  # regions of a shortage


@dataclass(frozen=True)
class Answers:
    """The plan, and where something is missing the plans with crews enough, goods enough, and production doubled."""

    as_it_is: Flow
    crews: Flow | None = None
    goods: Flow | None = None
    production: Flow | None = None


def answer(basis: Basis, setting: Setting) -> Answers:
    """Solve the plan, and where something is missing, what would mend it."""
    network = setting.network
    plan = solve(network)
    if not _short(network, plan).any():
        return Answers(plan)
    made = _made(basis, setting)
    return Answers(
        as_it_is=plan,
        crews=None if network.crews is None else solve(network.without_crew_limit()),
        goods=solve(network.with_goods(_plenty(network))),
        production=solve(network.with_goods(made)) if made.any() else None,
    )


def shortages(basis: Basis, setting: Setting, answers: Answers) -> tuple[Shortage, ...]:
    """What is missing, in the order in which the protocol serves."""
    network, plan = setting.network, answers.as_it_is
    short = _short(network, plan)
    found = []
    for pair in sorted(np.flatnonzero(short), key=lambda at: (network.turn[at], setting.pairs[at])):
        receiver, item = setting.pairs[pair]
        missing = plan.missing[pair]
        by_day, by_region = missing.sum(axis=0), missing.sum(axis=1)
        first = int(np.argmax(by_day > _least(network)[pair] / len(by_day)))
        worst = [r for r in np.argsort(-by_region, kind="stable") if by_region[r] > _least(network)[pair]]
        found.append(
            Shortage(
                turn=int(network.turn[pair]) + 1,
                receiver=receiver,
                item=item,
                need=float(network.mean[pair].sum()),
                short=float(short[pair]),
                first_day=basis.as_of + timedelta(days=first),
                missing_days=float(missing.sum()),
                limit=_limit(network, answers, int(pair)),
                where=tuple(zone for r in worst[:_NAMED] if (zone := setting.zones[r]) is not None),
            )
        )
    return tuple(found)


def reserves(basis: Basis, setting: Setting, plan: Flow) -> tuple[Reserve, ...]:
    """What the worst 5% of courses needs, and what of it would be missing; items on record only."""
    network = setting.network
    found = []
    for pair in np.lexsort((np.arange(len(setting.pairs)), network.turn)):
        more = float((network.worst[pair] - network.mean[pair]).sum())
        if more <= 0 or not setting.known[network.item[pair]]:
            continue
        unheld = plan.unheld[pair]
        least = _EPSILON * (1 + more)
        days = np.flatnonzero(unheld > least)
        receiver, item = setting.pairs[pair]
        found.append(
            Reserve(
                receiver=receiver,
                item=item,
                worst=float(network.worst[pair].sum()),
                short=float(unheld.max(initial=0.0)) if len(days) else 0.0,
                first_day=basis.as_of + timedelta(days=int(days[0])) if len(days) else None,
            )
        )
    return tuple(found)


def worth(basis: Basis, setting: Setting, answers: Answers, found: tuple[Shortage, ...]) -> tuple[Worth, ...]:
    """What one more crew on every day, and one more day of production, would mend."""
    network, plan = setting.network, answers.as_it_is
    results: list[Worth] = []
    if network.crews is not None and any(one.limit in {"delivery", "both"} for one in found):
        more = _mended(setting, plan, solve(network.with_hours(usual_crew(crew_rules(basis.protocol)))))
        if more is not None:
            item, less = more
            text = Because(
                "One more crew with a vehicle on every day would bring {n} more of {item}.",
                {"n": round(less), "item": item},
            )
            results.append(Worth("crew", item, less, text))
    made = _one_day(basis, setting)
    limited = {one.item for one in found if one.limit in {"stock", "production", "both"}}
    made[:, [item not in limited for item in setting.items]] = 0.0
    if made.any():
        more = _mended(setting, plan, solve(network.with_goods(made)))
        if more is not None:
            item, less = more
            text = Because(
                "One more day of production would end a lack of {n} of {item}.", {"n": round(less), "item": item}
            )
            results.append(Worth("production_day", item, less, text))
    return tuple(results)


def usual_crew(rules: CrewRules) -> float:
    """Hours a day of one vehicle and its crew."""
    return rules.works_to.value - rules.works_from.value


def _short(network: Network, plan: Flow) -> Floats:
    """Items missing by pair: those not given; of those that wait the most that is late on a day. Shape (P,)."""
    by_day = plan.missing.sum(axis=1)
    short = np.where(network.waits, by_day.max(axis=1, initial=0.0), by_day.sum(axis=1))
    found: Floats = np.where(short > _least(network), short, 0.0)
    return found


def _least(network: Network) -> Floats:
    least: Floats = _EPSILON * (1 + network.mean.sum(axis=(1, 2)))
    return least


def _limit(network: Network, answers: Answers, pair: int) -> str:
    """What a shortage is short of: what ends most of it where there is enough of that alone."""
    short = _short(network, answers.as_it_is)[pair]
    left = {
        name: short if flow is None else _short(network, flow)[pair]
        for name, flow in (("crews", answers.crews), ("goods", answers.goods), ("production", answers.production))
    }
    if min(left["crews"], left["goods"]) > (1 - _MENDS) * short:
        return "both"
    if left["crews"] < left["goods"]:
        return "delivery"
    return "production" if left["production"] <= (1 - _MENDS) * short else "stock"


def _plenty(network: Network) -> Floats:
    """All that could be needed, on the first day in every depot; shape (D, K, H)."""
    depots, items, _, _, days = network.shape
    more = np.zeros((depots, items, days))
    for pair, item in enumerate(network.item):
        more[:, item, :1] += network.worst[pair].sum()
    return more


def _made(basis: Basis, setting: Setting) -> Floats:
    """What production gives the depots, by day; shape (D, K, H)."""
    made = np.zeros_like(setting.network.coming)
    for facility, item, coming in production(basis):
        if item in setting.items and depot_of(setting.depots, facility) >= 0:
            made[depot_of(setting.depots, facility), setting.items.index(item)] += coming
    return made


def _one_day(basis: Basis, setting: Setting) -> Floats:
    """One day of production of each item, on the first day on which it comes; shape (D, K, H)."""
    made = _made(basis, setting)
    first = np.argmax(made > 0, axis=2)
    one = np.zeros_like(made)
    np.put_along_axis(one, first[:, :, None], np.take_along_axis(made, first[:, :, None], axis=2), axis=2)
    return one


def _mended(setting: Setting, before: Flow, after: Flow) -> tuple[str, float] | None:
    """The item whose lack shrinks most, by what it counts, and by how much."""
    network = setting.network
    less = _short(network, before) - _short(network, after)
    worths = less * prices(network)
    best = int(np.argmax(worths))
    if less[best] <= _least(network)[best]:
        return None
    return setting.pairs[best][1], float(less[best])
