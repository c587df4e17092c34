"""From today's runs to the plan that holds the floor at the least expected burden. See `docs/planning/choice.md`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from douse.kernels.person_word import SIZE_AT
from douse.library import Costs, Pathogen, Protocol, Strategy, Stresses, load
from douse.planning.choice.bill import bill_of, restricted_days, with_low_or_high
from douse.planning.choice.choice import Choice, More, PlanFigures
from douse.planning.choice.enact import Enacted, enact, rows_of
from douse.planning.choice.figures import figures_of, frontier
from douse.planning.choice.floor import EXTINCT, Floor, capacities
from douse.planning.choice.futures import Future, futures_of
from douse.planning.choice.kept import Kept
from douse.planning.choice.more import value_of_more
from douse.planning.choice.race import race
from douse.planning.choice.rules import NOTHING
from douse.planning.choice.tally import Tally, together
from douse.planning.choice.weighed import Weighed, least_missed
from douse.planning.choice.words import why_chosen, why_not
from douse.planning.levels import Ordered
from douse.records.records import Records
from douse.simulation.ensemble import shared
from douse.simulation.simulate import Today

Floats = NDArray[np.float64]
SCENARIOS = 200
LEAST_DAYS = 60  # ahead, or the horizon and another maximum incubation period where that is longer
NOTHING_IN = 24  # scenarios in which nothing is done: each is a large outbreak


@dataclass(frozen=True)
class Asked:
    """What a choice is made by.

    Attributes
    ----------
    pathogen, protocol, costs, stresses
        Of the library.
    strategies : tuple[Strategy, ...]
        To choose from.
    floor : Floor
        What must hold.
    scenarios : int
        In how many.
    seed : int
        The same call gives the same answer.
    give_up_at : int or None
        Infections ahead at which a run is stopped, where only the choice matters and not the figures of plans that
        fail.
    """

    pathogen: Pathogen
    protocol: Protocol
    costs: Costs
    stresses: Stresses
    strategies: tuple[Strategy, ...]
    floor: Floor
    scenarios: int = SCENARIOS
    seed: int = 1
    give_up_at: int | None = None


def days_ahead(pathogen: Pathogen, floor: Floor) -> int:
    """Days that runs look ahead: whoever is infected by the horizon shows within them."""
    return max(LEAST_DAYS, floor.horizon_days + round(pathogen.max_incubation.value))


def choose(  # noqa: PLR0913
    today: Today,
    known: Records,
    asked: Asked,
    *,
    ordered: Mapping[str, Mapping[str, Ordered]] | None = None,
    sampled_a_day: float | None = None,
    keep_in: Path | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
    figures_too: bool = True,
) -> Choice:
    """Run the strategies in the same futures, and take the one that holds the floor at the least expected burden.

    Parameters
    ----------
    today : Today
        Weighted runs of today's records, as long as `days_ahead`.
    known : Records
        Their records: what there is of each capacity.
    asked : Asked
        Floor, strategies, prices.
    ordered : mapping, optional
        Strategy -> zone -> level that it gets today whatever its cases.
    sampled_a_day : float, optional
        People that samplers and laboratories manage in a round of a day, where that is known.
    keep_in : pathlib.Path, optional
        Folder for finished runs: a choice that was stopped goes on there.
    executor, workers
        As for `run_all`.
    progress : callable
        Is told what is run.
    figures_too : bool
        If not, neither doing nothing nor more capacity is run: `nothing` is then the plan chosen, `more` empty.

    Returns
    -------
    Choice
    """
    back, city = today.past.back, today.peopled.city
    futures = futures_of(today, asked.stresses, asked.scenarios, asked.seed)
    there = capacities(known, asked.protocol, len(city))
    household = len(city) / max(1.0, float((1 / (city.word >> SIZE_AT).astype(np.float64)).sum()))
    weigh = partial(_weigh, asked, there, household)
    base = today.scenario
    if sampled_a_day is not None:
        base = replace(base, response=replace(base.response, sampled_a_day=sampled_a_day))
    put = partial(
        enact, base=base, pathogen=asked.pathogen, protocol=asked.protocol, back=back,
        days=today.days, give_up_at=asked.give_up_at,
    )  # fmt: skip
    enacted = {one.id: put(one, ordered=(ordered or {}).get(one.id, {})) for one in asked.strategies}
    nothing = put(load(Strategy, NOTHING), ordered={})
    kept = Kept(keep_in, _mark(today, asked, enacted))
    weighed, finalists = race(
        enacted, futures, weigh, kept=kept, progress=progress,
        executor=executor, workers=workers,
    )  # fmt: skip
    taken = least_missed({name: weighed[name] for name in finalists})
    if not figures_too:
        return _choice(today, asked, futures, weighed, taken, taken, household, ())
    progress("Running what comes of doing nothing")
    alone = _in_few(nothing, futures[:NOTHING_IN], weigh, executor, workers)
    progress("Running the plan with more of each capacity")
    more = value_of_more(
        enacted[taken.strategy.id], taken, futures, weigh, horizon=asked.floor.horizon_days,
        executor=executor, workers=workers,
    )  # fmt: skip
    return _choice(today, asked, futures, weighed, taken, alone, household, more)


def _weigh(  # noqa: PLR0913, PLR0917  what all share, then the plan
    asked: Asked, there: Mapping[str, float], household: float, enacted: Enacted, tally: Tally, weights: Floats
) -> Weighed:
    return Weighed(
        enacted.strategy,
        tally,
        weights,
        bill_of(tally, asked.protocol, asked.costs, household),
        restricted_days(tally, asked.protocol),
        asked.floor,
        there,
    )


def _in_few(
    enacted: Enacted, futures: Sequence[Future], weigh: Callable[[Enacted, Tally, Floats], Weighed],
    executor: Executor | None, workers: int | None,
) -> Weighed:  # fmt: skip
    name = enacted.strategy.id
    work = [(name, future) for future in futures]
    rows = shared(partial(rows_of, {name: enacted}), work, executor=executor, workers=workers)
    weights = np.array([future.weight for future in futures])
    return weigh(enacted, together(rows), weights / weights.sum())


def _choice(  # noqa: PLR0913, PLR0917
    today: Today, asked: Asked, futures: Sequence[Future], weighed: Mapping[str, Weighed], taken: Weighed,
    alone: Weighed, household: float, more: tuple[More, ...],
) -> Choice:  # fmt: skip
    horizon = asked.floor.horizon_days
    low, high = (with_low_or_high(asked.costs, end) for end in ("low", "high"))
    best = frontier(weighed, horizon)

    def figures(plan: Weighed) -> PlanFigures:
        bills = (
            bill_of(plan.tally, asked.protocol, low, household),
            bill_of(plan.tally, asked.protocol, high, household),
        )
        return figures_of(plan, futures, bills, asked.protocol, on_frontier=plan.strategy.id in best)

    in_order = sorted(weighed.values(), key=lambda plan: (plan.expected_restricted, plan.strategy.id))
    below = [plan for plan in in_order if plan.expected_restricted < taken.expected_restricted]
    lesser = below[-1] if below else None
    return Choice(
        as_of=today.as_of,
        chosen=taken.strategy.id,
        holds=taken.holds,
        because=why_chosen(taken, weighed, horizon),
        lesser=None if lesser is None else lesser.strategy.id,
        lesser_fails=why_not(lesser, taken, horizon),
        horizon_days=horizon,
        days=today.days,
        scenarios=len(futures),
        seed=asked.seed,
        floor={EXTINCT: asked.floor.extinct, **asked.floor.within},
        stresses={one.id: {"en": one.name.en, "zh": one.name.zh} for one in asked.stresses.stress},
        plans=tuple(figures(plan) for plan in in_order),
        nothing=figures(alone),
        more=more,
        currency=asked.costs.currency,
        notes=today.notes,
    )


def _mark(today: Today, asked: Asked, enacted: Mapping[str, Enacted]) -> str:
    """What the runs stand on, as a text that differs where any of it does."""
    digest = hashlib.sha256()
    for part in (today.scenario.city.word, today.weights, today.scenario.response.seek_delay):
        digest.update(np.ascontiguousarray(part).data)
    for one in enacted.values():
        digest.update(one.strategy.model_dump_json().encode())
        for order in one.scenario.zoning.orders:
            digest.update(f"{order.bits} {order.start} {order.end} {order.screening}".encode())
            digest.update(order.zones.tobytes())
    for file in (asked.pathogen, asked.protocol, asked.stresses):
        digest.update(file.model_dump_json().encode())
    digest.update(f"{today.as_of} {today.days} {asked.scenarios} {asked.seed}".encode())
    return digest.hexdigest()
