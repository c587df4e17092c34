"""Replay: what each detector would have told on each day of the past, beside what hindsight knows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from douse.records import ZoneTree
from douse.signals.signal import Signal

TOLD = {
    "day": pl.Date,
    "detector": pl.String,
    "id": pl.String,
    "zone": pl.String,
    "severity": pl.String,
    "first_day": pl.Date,
    "last_day": pl.Date,
    "observed": pl.Float64,
    "expected": pl.Float64,
    "bound": pl.Float64,
    "p": pl.Float64,
}


def told_on(day: date, found: Mapping[str, Iterable[Signal]]) -> pl.DataFrame:
    """Signals of one day as rows, by the detector that was asked (EARS tells by C1, C2 or C3).

    Returns
    -------
    polars.DataFrame
        day, detector, id, zone (null: the whole area), severity, first_day, last_day, observed, expected, bound, p.
    """
    rows = [
        {"day": day, "detector": asked}
        | {name: getattr(signal, name) for name in TOLD if name not in {"day", "detector"}}
        for asked, signals in found.items()
        for signal in signals
    ]
    return pl.DataFrame(rows, schema=TOLD)


def first_signals(told: pl.DataFrame, detectors: Sequence[str]) -> pl.DataFrame:
    """When each detector first fired, and how often.

    Parameters
    ----------
    told : polars.DataFrame
        Rows of all days, as from `told_on`.
    detectors : sequence of str
        Detectors that were asked; one that never fired has a row too.

    Returns
    -------
    polars.DataFrame
        detector, first_day (told), zone (of the first, the gravest), signals (different ones), days (with a signal);
        the earliest first.
    """
    grave = pl.col("severity").replace_strict({"alarm": 0, "warning": 1, "notice": 2}, return_dtype=pl.Int8)
    fired = (
        told.sort("day", grave, "zone", "id")
        .group_by("detector", maintain_order=True)
        .agg(
            first_day=pl.col("day").first(),
            zone=pl.col("zone").first(),
            signals=pl.col("id").n_unique().cast(pl.Int64),
            days=pl.col("day").n_unique().cast(pl.Int64),
        )
    )
    silent = [name for name in detectors if name not in set(fired["detector"])]
    none = pl.DataFrame({"detector": silent}, schema={"detector": pl.String})
    both = pl.concat([fired, none], how="diagonal").with_columns(pl.col("signals", "days").fill_null(0))
    return both.sort("first_day", "detector", nulls_last=True)


def met_events(told: pl.DataFrame, history: pl.DataFrame, zones: ZoneTree) -> pl.DataFrame:
    """Which signals met which past outbreak.

    A signal meets an outbreak when it was told on one of its days, and its zone is the outbreak's, lies within it,
    or contains it; a signal or an outbreak without a zone is of the whole area, which contains all zones.

    Parameters
    ----------
    told : polars.DataFrame
        Rows of all days, as from `told_on`.
    history : polars.DataFrame
        As from `read_history`.
    zones : ZoneTree
        The tree.

    Returns
    -------
    polars.DataFrame
        The rows of `told` that met an outbreak, with event, began, reacted; one row a pair.
    """
    pairs = told.join(history.rename({"zone": "event_zone"}), how="cross").filter(
        pl.col("day") >= pl.col("began"), pl.col("day") <= pl.col("ended").fill_null(pl.col("day"))
    )
    related = {(a, b): _in_one_line(zones, a, b) for a, b in pairs.select("zone", "event_zone").unique().iter_rows()}
    mask = [related[pair] for pair in pairs.select("zone", "event_zone").iter_rows()]
    return pairs.filter(pl.Series(mask, dtype=pl.Boolean)).drop("event_zone", "ended")


def found_events(met: pl.DataFrame, history: pl.DataFrame, detectors: Sequence[str]) -> pl.DataFrame:
    """When each detector found each past outbreak.

    Returns
    -------
    polars.DataFrame
        event, began, reacted, detector, first_day (told; null: never), zone (of that signal), days_after (from began),
        days_ahead (of reacted; negative: later than history). By event in the order of `history`, then the
        earliest detector.
    """
    grid = history.select("event", "began", "reacted").with_row_index("order")
    grid = grid.join(pl.DataFrame({"detector": detectors}, schema={"detector": pl.String}), how="cross")
    earliest = (
        met.sort("day", "zone", "id")
        .group_by("event", "began", "detector", maintain_order=True)
        .agg(first_day=pl.col("day").first(), zone=pl.col("zone").first())
    )
    found = grid.join(earliest, on=["event", "began", "detector"], how="left", maintain_order="left")
    return (
        found.with_columns(
            days_after=(pl.col("first_day") - pl.col("began")).dt.total_days(),
            days_ahead=(pl.col("reacted") - pl.col("first_day")).dt.total_days(),
        )
        .sort("order", "first_day", "detector", nulls_last=True)
        .drop("order")
    )


def scores(told: pl.DataFrame, met: pl.DataFrame, found: pl.DataFrame, *, zone_days: int) -> pl.DataFrame:
    """Each detector against what hindsight knows.

    Parameters
    ----------
    told, met, found : polars.DataFrame
        As from `told_on` (all days), `met_events`, `found_events`.
    zone_days : int
        Days replayed times zones watched.

    Returns
    -------
    polars.DataFrame
        detector, found, of (outbreaks), median_days (after the first day, of those found), false_signals (different
        signals that met none), false_per_1000 (days on which a zone had such a signal, per 1,000 zone-days).
    """
    events = found.group_by("detector", maintain_order=True).agg(
        found=pl.col("first_day").count().cast(pl.Int64),
        of=pl.len().cast(pl.Int64),
        median_days=pl.col("days_after").median(),
    )
    unmet = told.join(met.select("day", "detector", "id").unique(), on=["day", "detector", "id"], how="anti")
    alone = unmet.filter(~pl.col("id").is_in(met["id"].unique().to_list()))
    false = alone.group_by("detector").agg(false_signals=pl.col("id").n_unique().cast(pl.Int64))
    false_days = (
        unmet.unique(["day", "detector", "zone"])
        .group_by("detector")
        .agg(false_per_1000=pl.len() * 1000.0 / max(zone_days, 1))
    )
    joined = events.join(false, on="detector", how="left", maintain_order="left").join(
        false_days, on="detector", how="left", maintain_order="left"
    )
    return joined.with_columns(pl.col("false_signals").fill_null(0), pl.col("false_per_1000").fill_null(0.0)).sort(
        -pl.col("found"), "median_days", "false_per_1000", "detector", nulls_last=True
    )


def _in_one_line(zones: ZoneTree, one: str | None, other: str | None) -> bool:
    """Whether one zone contains the other, or they are the same; the whole area (None) contains all."""
    if one is None or other is None or one == other:
        return True
    if one not in zones.position or other not in zones.position:
        return False
    a, b = zones.position[one], zones.position[other]
    return a in zones.ancestors(b) or b in zones.ancestors(a)
