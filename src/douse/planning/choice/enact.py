"""A strategy in a future: what a run of it is told, and how it is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from douse.kernels.epidemic_columns import NEW_INFECTIONS
from douse.kernels.epidemic_layout import LEVEL_MASK
from douse.library import Pathogen, Protocol, Strategy
from douse.library.codes import LEVELS
from douse.planning.choice.futures import Future
from douse.planning.choice.rules import protocol_by
from douse.planning.choice.tally import Reading, read
from douse.planning.levels import Ordered
from douse.simulation.by_protocol import zoning_of
from douse.simulation.orders import zones_within
from douse.simulation.outbreak import Outbreak
from douse.simulation.response import Response
from douse.simulation.scenario import HISTORY, Scenario
from douse.simulation.vary import begun
from douse.simulation.zoning import Order
from douse.units import DAYS_PER_WEEK

Floats = NDArray[np.float64]


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
    give_up_at : int or None
        Infections ahead at which a run is stopped: it has failed, and what it comes to is more than it shows.
    """

    strategy: Strategy
    scenario: Scenario
    response: Response
    back: int
    zero_days: int
    give_up_at: int | None = None

    def row(self, future: Future) -> Floats:
        """What comes of it in one future; see `Tally`."""
        return read(self.run(future), Reading(self.back, self.zero_days, future.here), self.scenario.days)

    def run(self, future: Future) -> Outbreak:
        """The run itself, come to its end, or to where it was given up."""
        run = begun(replace(self.scenario, variant=future.variant), future.variation).run(self.back)
        run.change(response=future.respond(self.response))
        if self.give_up_at is None:
            return run.run()
        first = HISTORY + self.back
        while run.day < HISTORY + self.scenario.days:
            run.run(DAYS_PER_WEEK)
            if run.series[NEW_INFECTIONS, first : run.day].sum() >= self.give_up_at:
                break
        return run


def rows_of(enacted: Mapping[str, Enacted], work: Sequence[tuple[str, Future]]) -> list[Floats]:
    """What comes of plans, named, each in a future; see `Tally`.

    `enacted` is shared by all of the work, so that its arrays travel to other processes once.
    """
    return [enacted[name].row(future) for name, future in work]


def enact(  # noqa: PLR0913  the strategy, what it stands on, and what it decides today
    strategy: Strategy,
    base: Scenario,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    back: int,
    days: int,
    ordered: Mapping[str, Ordered],
    give_up_at: int | None = None,
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
    ordered : mapping
        Zone -> level that it gets today whatever its cases.
    give_up_at : int, optional
        See `Enacted`.
    """
    rules = protocol_by(strategy, protocol)
    orders = [
        *(_until(order, back) for order in base.zoning.orders),
        *(_order(zone, order, base, back) for zone, order in ordered.items()),
    ]
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
        give_up_at,
    )


def _order(zone: str, order: Ordered, base: Scenario, back: int) -> Order | None:
    """What a zone is told; None where a made city that stands in for the real one does not have it."""
    city = base.city
    if order.everywhere:
        at = np.arange(len(city.zone_ids))
    elif zone in city.zone_ids or (city.zones["zone_id"] == zone).any():
        at = zones_within(city, zone)
    else:
        return None
    return Order(at, LEVELS.index(order.level), back, back + order.days - 1)


def _until(order: Order, back: int) -> Order | None:
    """A measure in force: of a level, until today."""
    if not order.bits & LEVEL_MASK:
        return order
    return replace(order, end=min(order.end, back - 1)) if order.start < back else None


def _nobody(response: Response) -> Response:
    """Nobody tests, traces or isolates; people still stay at home when they are ill, and act with caution."""
    return Response(ill_at_home=response.ill_at_home, masks=response.masks, seek_share=0.0)
