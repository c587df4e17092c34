"""The probability that infection goes on unseen in a zone."""

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.records import ZoneTree
from douse.tracing.infectors.belief import Belief
from douse.tracing.infectors.delays import infectiousness
from douse.tracing.infectors.facts import FAR, days_of
from douse.tracing.infectors.sources import Tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HIDDEN: dict[str, pl.DataType] = {
    "zone": pl.String(),
    "probability": pl.Float64(),
    "cases": pl.Int64(),
    "unseen_infectors": pl.Float64(),  # expected
    "last_case": pl.Date(),
    "days_since": pl.Int64(),
}
_SEEN_RANGE = (0.05, 0.98)


def hidden_frame(  # noqa: PLR0913, PLR0917  the belief, where and when, and the files
    belief: Belief, tree: Tree, zones: ZoneTree, as_of: int, pathogen: Pathogen, links: Links, *, r: float,
    seen: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Zones with cases (and the zones around them) by the probability of hidden transmission, as `HIDDEN`.

    A case without a known infector had one whom nobody saw. Those whom that one infected besides may have gone on
    infecting without being found since; the longer nothing is found, the less likely that is. Unseen infectors count
    as independent; of a zone one is enough.

    Parameters
    ----------
    belief, tree : Belief, Tree
    zones : ZoneTree
        Of the same view.
    as_of : int
        Day, since 1970-01-01.
    pathogen, links : Pathogen, Links
        Generations in days, and how unevenly cases infect.
    r : float
        Infections by one unseen case.
    seen : float, optional
        Share of infections that become known cases; from the links themselves where not given.
    """
    facts = belief.evidence.facts
    days = belief.evidence.dates.days
    fell_ill = np.where(days.onset != FAR, days.onset, days.found)
    seen = share_seen(belief) if seen is None else seen
    infected = fell_ill - pathogen.incubation.mean.value
    alive = alive_by_days(as_of - infected, pathogen, r=r, k=links.offspring_k.value, seen=seen)
    log_none = np.log1p(-np.minimum(tree.missed * alive, 1 - 1e-12))
    last = days_of(facts.cases["day"])
    at = zones.index(facts.cases["zone"])
    placed = at >= 0
    sums = np.zeros((len(zones), 3))
    np.add.at(sums, at[placed], np.column_stack([log_none, tree.missed, np.ones(len(facts))])[placed])
    sums = zones.roll_up(sums)
    latest = np.full(len(zones), FAR, dtype=np.int64)
    np.maximum.at(latest, at[placed], last[placed])
    for zone in range(len(zones) - 1, -1, -1):
        if zones.parent[zone] >= 0:
            latest[zones.parent[zone]] = max(latest[zones.parent[zone]], latest[zone])
    some = sums[:, 2] > 0
    frame = pl.DataFrame(
        {
            "zone": np.array(zones.ids, dtype=object)[some].tolist(),
            "probability": -np.expm1(sums[some, 0]),
            "cases": sums[some, 2].round().astype(np.int64),
            "unseen_infectors": sums[some, 1],
            "last_case": latest[some],
            "days_since": as_of - latest[some],
        },
        schema_overrides={"zone": pl.String},
    )
    return (
        frame.with_columns(pl.col("last_case").cast(pl.Int32).cast(pl.Date))
        .sort("probability", "zone", descending=[True, False])
        .select(pl.col(name).cast(kind) for name, kind in HIDDEN.items())
    )


def share_seen(belief: Belief) -> float:
    """Share of local infectors who are on record, by the posterior."""
    found = belief.posterior
    seen = found.direct.sum() + found.other.sum()
    missed = found.unknown.sum() + found.through.sum()
    share = seen / max(seen + missed, 1e-9)
    return float(np.clip(share, *_SEEN_RANGE))


def alive_by_days(since: Floats, pathogen: Pathogen, *, r: float, k: float, seen: float) -> Floats:
    """Probability that infection goes on from an unseen infector so many days after one that it caused.

    A branching process: each infects a negative binomial number of others (mean `r`, dispersion `k`), of whom a share
    `seen` would have been found by now, an incubation and half of the infectious time after their infection. None was:
    that is given. Between whole generations the probability is taken on a straight line.
    """
    generation = max(pathogen.serial_interval.mean.value, 1.0)
    spread = infectiousness(pathogen)
    to_find = pathogen.incubation.mean.value + max(float(spread.days @ spread.share), 0.0)
    answer = np.ones(len(since))
    for n, days in enumerate(since):
        steps, known = max(days, 0.0) / generation, max(days - to_find, 0.0) / generation
        low, part = math.floor(steps), steps - math.floor(steps)
        both = [unseen_alive(g, min(math.floor(known), g), r=r, k=k, seen=seen) for g in (low, low + 1)]
        answer[n] = (1 - part) * both[0] + part * both[1]
    return answer


def unseen_alive(generations: int, known: int, *, r: float, k: float, seen: float) -> float:
    """Probability that a line is not extinct after so many generations, given that none of the first was found.

    Parameters
    ----------
    generations : int
    known : int
        First generations of which cases would have been found by now.
    r, k, seen : float
        See `alive_by_days`.
    """
    silent, extinct = 1.0, 0.0
    for step in range(generations, 0, -1):
        thin = 1 - seen if step <= known else 1.0
        silent = (1 + r / k * (1 - thin * silent)) ** -k
        extinct = (1 + r / k * (1 - thin * extinct)) ** -k
    return (silent - extinct) / silent if silent > 0 else 0.0
