"""Plans that were run, made from small tables: for the tests of the choice."""

from collections.abc import Mapping, Sequence

import numpy as np

from douse.library import Costs, Protocol, Strategy, load
from douse.planning.choice.bill import bill_of, restricted_days
from douse.planning.choice.floor import Floor
from douse.planning.choice.tally import Tally, names_of_tally
from douse.planning.choice.weighed import Weighed

HORIZON = 28
PROTOCOL, COSTS = load(Protocol, "who-generic"), load(Costs, "generic")


def tally(**columns: Sequence[float]) -> Tally:
    """Runs of which some numbers are given; all others are 0."""
    many = len(next(iter(columns.values())))
    values = np.zeros((many, len(names_of_tally())))
    for name, column in columns.items():
        values[:, names_of_tally().index(name)] = column
    return Tally(values)


def weighed(
    name: str = "people",
    *,
    last: Sequence[float],
    locked: Sequence[float] | float = 0.0,
    beds: Sequence[float] | float = 0.0,
    weights: Sequence[float] | None = None,
    floor: Floor | None = None,
    there: Mapping[str, float] | None = None,
) -> Weighed:
    """A plan by days to the last infection, person-days of lockdown and peak of hospital beds in each scenario."""
    many = len(last)
    runs = tally(
        last_infection=last,
        people_lockdown=np.broadcast_to(locked, many),
        peak_hospital_beds=np.broadcast_to(beds, many),
    )
    weight = np.full(many, 1 / many) if weights is None else np.asarray(weights, np.float64) / np.sum(weights)
    strategy = load(Strategy, "people").model_copy(update={"id": name})
    return Weighed(
        strategy, runs, weight, bill_of(runs, PROTOCOL, COSTS, 2.5), restricted_days(runs, PROTOCOL),
        floor or Floor(0.95, HORIZON, {"beds": 1.0}), there or {"beds": 100.0},
    )  # fmt: skip
