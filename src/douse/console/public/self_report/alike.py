"""Reports that may say the same: found to be shown side by side, never to be hidden."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import polars as pl

from douse.console.public.self_report.fields import COMPARED

WITHIN = timedelta(days=7)
MOST = 20  # that are shown beside a report
LOOKED_AT = 300  # of the last, whose phones are compared
_SAME = ("age_band", "exposed_to", "exposed_on", "arrived_on")
_TEXT = ("came_from", "note")
_HALF = 0.5


def grouped(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports with `same` (how many say exactly the same, itself counted) and `is_first` (it came first of them)."""
    return reports.with_columns(
        same=pl.len().over(COMPARED),
        is_first=pl.struct("sent_at", "report_id").rank("ordinal").over(COMPARED) == 1,
    )


def likeness(row: dict[str, Any], others: pl.DataFrame) -> pl.DataFrame:
    """Reports of the same kind and zone, sent near in time, with `likeness`: how much of what the row says agrees.

    Onsets agree within a day, symptoms where half of all that either names are named by both.
    """
    near = others.filter(
        pl.col("report_id") != row["report_id"], pl.col("kind") == row["kind"],
        pl.col("zone").eq_missing(pl.lit(row["zone"], pl.String)),
        pl.col("sent_at").is_between(row["sent_at"] - WITHIN, row["sent_at"] + WITHIN),
        pl.col("state") != "withdrawn",
    )  # fmt: skip
    agrees = [
        *(pl.col(name).cast(pl.String) == str(row[name]) for name in _SAME if row[name] is not None),
        *(pl.col(name).str.to_lowercase() == row[name].lower() for name in _TEXT if row[name] is not None),
    ]
    if row["onset"] is not None:
        agrees.append((pl.col("onset") - pl.lit(row["onset"])).abs() <= timedelta(days=1))
    if row["symptoms"]:
        own, theirs = row["symptoms"].split(";"), pl.col("symptoms").str.split(";")
        both = theirs.list.set_intersection(own).list.len()
        agrees.append(both >= _HALF * theirs.list.set_union(own).list.len())
    if not agrees:
        return near.with_columns(likeness=pl.lit(1.0))
    return near.with_columns(likeness=pl.mean_horizontal(one.fill_null(value=False).cast(pl.Float64) for one in agrees))


def alike(row: dict[str, Any], others: pl.DataFrame, same_phone: Collection[str]) -> pl.DataFrame:
    """Reports that may say the same as one: from the same phone, or half of it agrees; most alike first.

    Parameters
    ----------
    row : dict
        Of `self_reports`.
    others : pl.DataFrame
        Reports that whoever looks may see.
    same_phone : collection of str
        person_id of those who left the same phone number.
    """
    phone = pl.col("person_id").is_in(sorted(same_phone)).fill_null(value=False)
    scored = likeness(row, others)
    told = others.filter(phone & (pl.col("report_id") != row["report_id"])).with_columns(likeness=pl.lit(0.0))
    both = pl.concat([scored, told]).unique("report_id", keep="first", maintain_order=True)
    return (
        both.with_columns(same_phone=phone)
        .filter(pl.col("same_phone") | (pl.col("likeness") >= _HALF))
        .sort("same_phone", "likeness", "sent_at", descending=[True, True, True])
        .head(MOST)
    )
