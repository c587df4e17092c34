"""What more of a capacity would be worth: the plan again, in the same scenarios, with more of it."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np

from douse.planning.choice.choice import More
from douse.planning.choice.enact import Enacted, rows_of
from douse.planning.choice.futures import Future
from douse.planning.choice.race import Weigh
from douse.planning.choice.tally import together
from douse.planning.choice.weighed import Weighed, difference
from douse.simulation.ensemble import shared
from douse.simulation.response import Response

MORE = 0.5  # of what there is
MOST_SCENARIOS = 64
# Resource -> field of the response, and unit.
_FIELDS = {
    "tests": ("laboratory", "tubes_a_day"),
    "samplers": ("sampled_a_day", "people_a_day"),
    "tracers": ("tracers", "contacts_a_day"),
    "beds": ("beds", "beds"),
}


def value_of_more(  # noqa: PLR0913
    enacted: Enacted,
    weighed: Weighed,
    futures: Sequence[Future],
    weigh: Weigh,
    *,
    horizon: int,
    executor: Executor | None = None,
    workers: int | None = None,
) -> tuple[More, ...]:
    """Half as much again of each capacity that is known, one at a time; those that change nothing are left out.

    Parameters
    ----------
    enacted, weighed
        The plan, and what it comes to.
    futures : sequence of Future
        The first so many of which it was run in.
    weigh : callable
        As for `race`.
    horizon : int
        Days ahead by which the outbreak should end.
    executor, workers
        As for `run_all`.
    """
    few = list(futures[: min(len(weighed), MOST_SCENARIOS)])
    limited = {name: field for name, (field, _) in _FIELDS.items() if np.isfinite(getattr(enacted.response, field))}
    changed = {name: replace(enacted, response=_with_more(enacted.response, field)) for name, field in limited.items()}
    work = [(name, future) for future in few for name in changed]
    rows = shared(partial(rows_of, changed), work, executor=executor, workers=workers)
    weights = weighed.weights[: len(few)] / weighed.weights[: len(few)].sum()
    found = []
    for at, (name, field) in enumerate(limited.items()):
        other = weigh(changed[name], together(rows[at :: len(changed)]), weights)
        earlier, error = difference(weighed.tally.of("last_infection"), other.tally.of("last_infection"), weights)
        gained, _ = difference(other.extinct(horizon), weighed.extinct(horizon), weights)
        saved, _ = difference(weighed.burden, other.burden, weights)
        there = float(getattr(enacted.response, field))
        if earlier or gained or saved:
            found.append(More(name, there, there * MORE, _FIELDS[name][1], earlier, error, gained, saved))
    return tuple(sorted(found, key=lambda more: (-more.earlier_days, more.resource)))


def _with_more(response: Response, field: str) -> Response:
    return replace(response, **{field: getattr(response, field) * (1 + MORE)})
