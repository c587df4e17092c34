"""A strategy in a future: what a run of it is told, and how it is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.kernels.epidemic_layout import LEVEL_MASK
from douse.library import Pathogen, Protocol, Strategy
from douse.library.codes import LEVELS
from douse.planning.choice.futures import Future
from douse.planning.choice.rules import protocol_by
from douse.planning.choice.tally import Reading, read
from douse.simulation.by_protocol import zoning_of
from douse.simulation.outbreak import Outbreak
from douse.simulation.response import Response
from douse.simulation.scenario import Scenario
from douse.simulation.vary import begun
from douse.simulation.zoning import Order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Areas = Mapping[str, Sequence[int]]  # level -> zones of residence that get it today, whatever their cases


@dataclass(frozen=True)
class Enacted:
    """A strategy as runs take it.

    Attributes
    ----------
    strategy : Strategy
        The strategy.
    scenario : Scenario
        Of its runs: known days and days ahead.
    response : Response
        Of the days ahead.
    back, zero_days : int
        Known days; days without a community case that count as zero.
    """

    strategy: Strategy
    scenario: Scenario
    response: Response
    back: int
    zero_days: int

    def row(self, future: Future) -> Floats:
        """What comes of it in one future; see `Tally`."""
        scenario = replace(self.scenario, variant=future.variant)
        run = begun(scenario, future.variation).run(self.back)
        run.change(response=future.respond(self.response))
        return read(run.run(), Reading(self.back, self.zero_days, future.here))

    def run(self, future: Future) -> Outbreak:
        """The run itself, come to its end."""
        run = begun(replace(self.scenario, variant=future.variant), future.variation).run(self.back)
        run.change(response=future.respond(self.response))
        return run.run()


def enact(  # noqa: PLR0913  the strategy, what it stands on, and what it decides today
    strategy: Strategy,
    base: Scenario,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    back: int,
    days: int,
    areas: Areas,
) -> Enacted:
    """Turn a strategy into rules of levels from the as-of day on, and orders for today.

    Levels in force today give way to those of the strategy; closures stay.

    Parameters
    ----------
    strategy : Strategy
        The strategy.
    base : Scenario
        Of the runs of today's records.
    pathogen, protocol
        Rules that the strategy changes.
    back, days : int
        Known days of a run, and days ahead.
    areas : mapping
        Level -> zones of residence that the strategy covers today.
    """
    rules, zones = protocol_by(strategy, protocol), np.arange(len(base.city.zone_ids))
    orders = [_until(order, back) for order in base.zoning.orders]
    if strategy.responds:
        for chosen in strategy.level:
            bits = LEVELS.index(chosen.level)
            if chosen.everywhere_days is not None:
                orders.append(Order(zones, bits, back, back + chosen.everywhere_days - 1))
            if chosen.level in areas and len(areas[chosen.level]):
                held = round(rules.level_rule(chosen.level).expiry_days.value)
                orders.append(Order(np.asarray(areas[chosen.level], np.int64), bits, back, back + held - 1))
    zoning = replace(
        zoning_of(rules, pathogen, base.city, tuple(order for order in orders if order is not None)), rules_from=back
    )
    response = base.response if strategy.responds else _nobody(base.response)
    return Enacted(
        strategy,
        replace(base, zoning=zoning, days=back + days),
        response,
        back,
        round(protocol.targets.community_zero_days.value),
    )


def _until(order: Order, back: int) -> Order | None:
    """A measure in force: of a level, until today."""
    if not order.bits & LEVEL_MASK:
        return order
    return replace(order, end=min(order.end, back - 1)) if order.start < back else None


def _nobody(response: Response) -> Response:
    """Nobody tests, traces or isolates; people still stay at home when they are ill, and act with caution."""
    return Response(ill_at_home=response.ill_at_home, masks=response.masks, seek_share=0.0)
