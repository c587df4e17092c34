"""On which days a case was infected, by the incubation period."""

import numpy as np
import polars as pl

from douse.library.pathogen import Pathogen
from douse.tracing.risk.delay_by_day import by_day

_TAIL = 0.025  # of incubation periods that are shorter, and that are longer


def infection_windows(cases: pl.DataFrame, pathogen: Pathogen) -> pl.DataFrame:
    """First and last day on which each case may have been infected.

    As recorded (exposed_from, exposed_to); else, from onset back, 95% of incubation periods; of a case without onset
    the maximum incubation period before its day. An end that is recorded alone stays, and the other is filled in.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    pathogen : Pathogen
        Incubation period.

    Returns
    -------
    polars.DataFrame
        case_id, person, infected_from, infected_to (dates); rows as in `cases`.
    """
    longest = int(pathogen.max_incubation.value)
    below = np.cumsum(by_day(pathogen.incubation, longest))
    shortest, most = (int(np.searchsorted(below, share)) for share in (_TAIL, 1 - _TAIL))
    ill = pl.col("onset").is_not_null()
    since = (
        pl.when(ill).then(pl.col("onset") - pl.duration(days=most)).otherwise(pl.col("day") - pl.duration(days=longest))
    )
    until = pl.when(ill).then(pl.col("onset") - pl.duration(days=shortest)).otherwise("day")
    return cases.select(
        "case_id",
        "person",
        infected_from=pl.coalesce("exposed_from", pl.min_horizontal(since, "exposed_to")),
        infected_to=pl.coalesce("exposed_to", pl.max_horizontal(until, "exposed_from")),
    )
