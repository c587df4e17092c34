"""How long it takes until a case is known, and so which days of the curve may still grow."""

import math
from collections.abc import Mapping

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.situation.situation import ReportingDelay
from douse.units import HOURS_PER_DAY

# Column of the counted cases that dates a case, by basis of the curve.
DATE_OF: Mapping[str, pl.Expr] = {
    "confirmed": pl.col("confirmed_at").dt.date(),
    "onset": pl.col("onset"),
    "reported": pl.col("told_on"),
}


def reporting_delays(
    cases: pl.DataFrame, pathogen: Pathogen, protocol: Protocol, *, quantile: float = 0.95, least: int = 10
) -> dict[str, ReportingDelay]:
    """Delay from each kind of date until the case was told.

    Parameters
    ----------
    cases : polars.DataFrame
        Counted cases.
    pathogen, protocol
        Used where fewer than `least` cases show the delay: onset by the days of infectiousness (cases are found
        while they are infectious), confirmation by the protocol's deadline for reports.
    quantile : float
        Share of cases that are known after the delay.
    least : int
        Cases that it takes to read the delay from the records.
    """
    assumed = {
        "onset": ReportingDelay(
            "onset",
            math.ceil(pathogen.infectious_after_onset.value),
            0,
            "Too few cases show how long reports take; the days that a case is infectious are taken.",
        ),
        "confirmed": ReportingDelay(
            "confirmed",
            math.ceil(protocol.clock.report.value / HOURS_PER_DAY),
            0,
            "Too few cases show how long reports take; the protocol's deadline for reports is taken.",
        ),
    }
    delays = {basis: _observed(cases, basis, quantile, least) or assumed[basis] for basis in assumed}
    delays["reported"] = ReportingDelay(
        "reported", 0, cases.height - cases["told_on"].null_count(), "Days by report are complete when they end."
    )
    return delays


def _observed(cases: pl.DataFrame, basis: str, quantile: float, least: int) -> ReportingDelay | None:
    days = cases.select(days=(pl.col("told_on") - DATE_OF[basis]).dt.total_days()).filter(pl.col("days") >= 0)["days"]
    if len(days) < least:
        return None
    slow = days.quantile(quantile, "linear")
    return ReportingDelay(
        basis, math.ceil(slow or 0), len(days), "Read from the records: the delay that nearly all cases keep within."
    )
