"""The space-time scan as signals: where cases lie closer together than the trend of the whole area tells."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from douse.signals.counts import DailyCounts, latest
from douse.signals.scan import scan_clusters
from douse.signals.severity import severity_of
from douse.signals.signal import Signal

# Days that the scan looks at: long enough to know each zone's usual share, short enough to be of this outbreak.
STUDY_DAYS = 60
_PLACES = {"zone": pl.String, "parent_zone": pl.String, "latitude": pl.Float64, "longitude": pl.Float64}


def scan_signals(
    counts: DailyCounts, *, least_recurrence: float = 100.0, min_cases: int = 3, replicates: int = 999
) -> list[Signal]:
    """Clusters that last up to the as-of day, by the space-time permutation model.

    The model allows for the trend of the whole area and for what is usual in each zone, so it tells where cases gather,
    not that there are more of them: a rise that is the same everywhere is no cluster. Circles where all zones with
    cases have a point, else each zone with all zones within it.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of the zones; its cases are taken at the smallest zone known.
    least_recurrence : float, default 100
        Days between two such clusters by chance, were every day scanned (Kulldorff 2001,
        doi 10.1111/1467-985X.00186): rarer ones are signals.
    min_cases : int, default 3
        Least number of cases of a cluster.
    replicates : int, default 999
        Chance replicates; the answer is the same twice.

    Returns
    -------
    list of Signal
        At the smallest zone that holds the cluster. `first_day` is the first day of its window.
    """
    days = min(STUDY_DAYS, counts.counts.shape[1])
    study = counts.cases.filter(pl.col("column") >= counts.counts.shape[1] - days, pl.col("row") < counts.area)
    if study.height < min_cases:
        return []
    tree = counts.zones
    names = pl.Series("zone", [tree.ids[row] for row in study["row"]])
    told = study.select("told_on").with_columns(names).group_by("zone", date="told_on").agg(count=pl.len())
    places = _places(counts, sorted(set(study["row"])))
    clusters = scan_clusters(
        told.sort("zone", "date"),
        places,
        model="permutation",
        step="day",
        first=counts.as_of - timedelta(days=days - 1),
        last=counts.as_of,
        min_cases=min_cases,
        replicates=replicates,
        exact=False,
    )
    rare = clusters.filter(pl.col("recurrence_days") >= least_recurrence, pl.col("observed") >= min_cases)
    return [_signal(counts, cluster) for cluster in rare.iter_rows(named=True)]


def _places(counts: DailyCounts, rows: list[int]) -> pl.DataFrame:
    """Zones with cases, each with its point where all have one; else with the zones that hold them, as a tree."""
    tree = counts.zones
    pointed = all(np.isfinite(tree.latitude[row]) and np.isfinite(tree.longitude[row]) for row in rows)
    kept = rows if pointed else sorted({up for row in rows for up in tree.ancestors(row)})
    parents = [None if pointed or tree.parent[row] < 0 else tree.ids[int(tree.parent[row])] for row in kept]
    points = [(float(tree.latitude[row]), float(tree.longitude[row])) if pointed else (None, None) for row in kept]
    made = [(tree.ids[row], parent, *point) for row, parent, point in zip(kept, parents, points, strict=True)]
    frame = pl.DataFrame(made, schema=_PLACES, orient="row")
    return frame.drop("parent_zone") if pointed else frame.drop("latitude", "longitude")


def _signal(counts: DailyCounts, cluster: dict[str, Any]) -> Signal:
    tree = counts.zones
    rows = [tree.position[name] for name in cluster["zones"]]
    lines = [tree.ancestors(row) for row in rows]
    shared = set(lines[0]).intersection(*lines[1:])
    zone = next((row for row in lines[0] if row in shared), None)
    observed, expected = int(cluster["observed"]), float(cluster["expected"])
    first = cluster["first"]
    name = None if zone is None else tree.ids[zone]
    inside = np.isin(counts.cases["row"].to_numpy(), [below for row in rows for below in tree.subtree(row)])
    among = counts.cases.filter(inside).filter(pl.col("told_on") >= first)
    recurrence = float(cluster["recurrence_days"])
    return Signal(
        id=f"scan:{cluster['zone'] or ''}:{first}",
        detector="scan",
        zone=name,
        first_day=first,
        last_day=counts.as_of,
        observed=observed,
        expected=expected,
        bound=None,
        false_alarm_rate=None,
        severity=severity_of(observed, max(expected, 1.0)),
        reason=(
            "{cases} {cases:case was|cases were} told since {day} in {zones} {zones:zone|zones} close together; by the "
            "trend of the whole area {expected} would be usual there."
        ),
        facts={"cases": observed, "day": str(first), "zones": len(rows), "expected": expected},
        evidence=latest(among),
        p=float(cluster["p"]),
        recurrence_days=recurrence,
    )
