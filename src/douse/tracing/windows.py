"""When a case could infect others."""

from datetime import date

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol


def infectious_windows(cases: pl.DataFrame, as_of: date, pathogen: Pathogen, protocol: Protocol) -> pl.DataFrame:
    """First and last day on which each case could infect others, by the protocol's look-back.

    From the look-back before onset; without an onset, from the look-back before sampling (else confirmation, report,
    the day told). Until the case was isolated, or confirmed where no isolation is on record; at the latest the
    infectious period after onset (or sampling), and never after the as-of day. The day of isolation counts.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    as_of : date
        The day.
    pathogen, protocol : Pathogen, Protocol
        Look-back and infectious period; the protocol's infectious period comes before the pathogen's.

    Returns
    -------
    polars.DataFrame
        case_id, person, told_at (moment when the case was first told), infectious_from, infectious_to (dates; both
        null for a case that was isolated before it could infect); rows as in `cases`.
    """
    rule = protocol.contact
    infectious = (rule.infectious_after_onset or pathogen.infectious_after_onset).value
    found = pl.coalesce(
        *(pl.col(name).cast(pl.Date) for name in ("tested_at", "confirmed_at", "reported_at")), "day", "told_on"
    )
    ill = pl.col("onset").is_not_null()
    lookback = pl.when(ill).then(rule.lookback_symptomatic.value).otherwise(rule.lookback_asymptomatic.value)
    begin = pl.coalesce("onset", found)
    away = pl.coalesce(pl.col("isolated_at").cast(pl.Date), pl.col("confirmed_at").cast(pl.Date))
    first = begin - pl.duration(days=lookback.cast(pl.Int64))
    last = pl.min_horizontal(begin + pl.duration(days=int(infectious)), away, pl.lit(as_of))
    could = first <= last
    return cases.select(
        "case_id",
        "person",
        told_at="first_recorded_at",
        infectious_from=pl.when(could).then(first),
        infectious_to=pl.when(could).then(last),
    )
