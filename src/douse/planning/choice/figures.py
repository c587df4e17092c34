"""Weighed strategies to figures that can be shown."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from douse.library import Protocol
from douse.planning.choice.bill import BOOKS, Bill
from douse.planning.choice.choice import PlanFigures, PlanLine, Range
from douse.planning.choice.futures import Future
from douse.planning.choice.rules import beyond
from douse.planning.choice.weighed import Weighed
from douse.simulation.weigh import weighted_quantiles

Floats = NDArray[np.float64]
_RANGE = np.array([0.05, 0.95])


def range_of(values: Floats, weights: Floats) -> Range:
    """Mean and central 90%."""
    low, high = weighted_quantiles(values, weights, _RANGE)
    return Range(float(weights @ values), float(low), float(high))


def figures_of(
    plan: Weighed,
    futures: Sequence[Future],
    ends: tuple[Bill, Bill],
    protocol: Protocol,
    *,
    on_frontier: bool,
) -> PlanFigures:
    """Figures of one strategy; `ends` are its bills with all prices low, and all high."""
    horizon = plan.floor.horizon_days
    weights, tally, bill = plan.weights, plan.tally, plan.bill
    ended = plan.extinct(horizon)
    kinds = np.array([future.name for future in futures[: len(plan)]])

    def over(values: Floats) -> Range:
        return range_of(values, weights)

    return PlanFigures(
        strategy=plan.strategy.id,
        name={"en": plan.strategy.name.en, "zh": plan.strategy.name.zh},
        scenarios=len(plan),
        holds=plan.holds,
        missed_by=plan.missed_by,
        conditions=plan.conditions,
        burden=over(plan.burden),
        measures=over(bill.money("measures")),
        epidemic=over(bill.money("epidemic")),
        books={book: over(bill.money("measures", book)) for book in BOOKS},
        restricted=over(plan.restricted),
        infections=over(tally.of("infections")),
        cases=over(tally.of("cases")),
        deaths=over(tally.of("deaths")),
        tests=over(tally.of("tubes")),
        last_infection=over(tally.of("last_infection")),
        community_zero=over(tally.of("community_zero")),
        burden_low=float(weights @ ends[0].money()),
        burden_high=float(weights @ ends[1].money()),
        by_stress={kind: _share(ended, weights, kinds == kind) for kind in sorted(set(kinds.tolist()))},
        lines=tuple(
            PlanLine(
                line.book, line.item, line.unit, line.cause, over(quantity),
                None if line.price is None else float(weights @ quantity) * line.price,
            )
            for line, quantity in zip(bill.lines, bill.quantity, strict=True)
        ),
        on_frontier=on_frontier,
        beyond=beyond(plan.strategy, protocol),
    )  # fmt: skip


def frontier(plans: Mapping[str, Weighed], horizon: int) -> set[str]:
    """Ids of the plans that no other has both a higher chance to end in time and a lower burden than."""
    points = {name: (float(plan.weights @ plan.extinct(horizon)), plan.expected_burden) for name, plan in plans.items()}
    return {
        name
        for name, (chance, burden) in points.items()
        if not any(
            (other > chance and cost <= burden) or (other >= chance and cost < burden)
            for who, (other, cost) in points.items()
            if who != name
        )
    }


def _share(ended: Floats, weights: Floats, which: NDArray[np.bool_]) -> tuple[float, int]:
    return float(weights[which] @ ended[which] / weights[which].sum()), int(which.sum())
