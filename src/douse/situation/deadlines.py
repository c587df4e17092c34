"""The delays from onset to isolation, against the protocol's deadlines."""

import polars as pl

from douse.library.protocol import Protocol
from douse.situation.clock import elapsed_days, within
from douse.situation.situation import DelaySummary

# Name -> columns of the two moments.
DELAYS = {
    "onset_to_test": ("onset", "tested_at"),
    "test_to_confirmation": ("tested_at", "confirmed_at"),
    "confirmation_to_report": ("confirmed_at", "reported_at"),
    "report_to_isolation": ("reported_at", "isolated_at"),
    "onset_to_isolation": ("onset", "isolated_at"),
}


def case_delays(cases: pl.DataFrame) -> pl.DataFrame:
    """Every delay of every case that has both moments.

    Returns
    -------
    polars.DataFrame
        name, case_id, days: to the hour where both moments are, else whole days (see `elapsed_days`). Negative
        where the records say so.
    """
    parts = [
        cases.select("case_id", name=pl.lit(name), days=elapsed_days(start, end))
        for name, (start, end) in DELAYS.items()
    ]
    return pl.concat(parts).drop_nulls("days").select("name", "case_id", "days")


def summaries(cases: pl.DataFrame, protocol: Protocol) -> tuple[DelaySummary, ...]:
    """Median, 90% range and share in time of each delay; negative delays are left out and counted."""
    clock = protocol.clock
    deadlines = {
        "test_to_confirmation": clock.test_result.value,
        "confirmation_to_report": clock.report.value,
        "report_to_isolation": clock.case_transfer.value,
        "onset_to_isolation": clock.isolation.value,
    }
    every = case_delays(cases)
    return tuple(_summary(every.filter(pl.col("name") == name), name, deadlines.get(name)) for name in DELAYS)


def _summary(found: pl.DataFrame, name: str, deadline_hours: float | None) -> DelaySummary:
    days = found.filter(pl.col("days") >= 0)
    quantile = pl.col("days").quantile
    median, low, high = days.select(
        median=quantile(0.5, "linear"), low=quantile(0.05, "linear"), high=quantile(0.95, "linear")
    ).row(0)
    in_time = None
    if deadline_hours is not None and days.height:
        in_time = days.filter(within(pl.col("days"), deadline_hours)).height / days.height
    return DelaySummary(name, days.height, median, low, high, deadline_hours, in_time, found.height - days.height)
