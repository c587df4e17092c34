"""Cases by worst severity so far."""

import polars as pl

from douse.records.codes import SEVERITIES


def by_severity(cases: pl.DataFrame) -> pl.DataFrame:
    """Active cases and cases ever: severity (lightest first, unknown last), active, ever."""
    counts = cases.group_by(severity=pl.col("severity").cast(pl.String).fill_null("unknown")).agg(
        active=pl.col("active").sum().cast(pl.Int64), ever=pl.len().cast(pl.Int64)
    )
    frame = pl.DataFrame({"severity": (*SEVERITIES, "unknown")}, schema={"severity": pl.String})
    return frame.join(counts, on="severity", how="left", maintain_order="left").fill_null(0)
