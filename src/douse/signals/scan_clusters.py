"""Clusters that a scan reports: the most likely, and those that share no place with a likelier one."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.signals.scan_inputs import Study
from douse.signals.scan_run import Scan, Settings
from douse.signals.scan_zones import distances

Ints = NDArray[np.int64]

_TIE = 1e-9

COLUMNS: dict[str, pl.DataType] = {
    "rank": pl.Int64(),
    "zone": pl.String(),
    "radius": pl.Float64(),
    "first": pl.Date(),
    "last": pl.Date(),
    "observed": pl.Int64(),
    "expected": pl.Float64(),
    "relative_risk": pl.Float64(),
    "llr": pl.Float64(),
    "p": pl.Float64(),
    "p_gumbel": pl.Float64(),
    "recurrence_days": pl.Float64(),
    "zones": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Cluster:
    """One window that stands out.

    Attributes
    ----------
    centre : int
        Place in its middle.
    sites : numpy.ndarray[int64]
        Places in it, nearest first.
    window : int
        Its time window.
    ratio : float
        Log likelihood ratio.
    """

    centre: int
    sites: Ints
    window: int
    ratio: float


def best_clusters(scan: Scan) -> list[Cluster]:
    """Best windows of each centre, likeliest first; of equal ones the one with fewer places, then by name of centre."""
    order = np.argsort(-scan.ratio, kind="stable")
    sorted_ratio = scan.ratio[order]
    # ratios that differ by rounding alone are equal
    level = np.zeros(len(order), np.int64)
    level[1:] = np.cumsum(sorted_ratio[:-1] - sorted_ratio[1:] > _TIE * np.maximum(1.0, sorted_ratio[1:]))
    centre, what, window = scan.found[order].T
    sites = [scan.sites(int(i), int(j)) for i, j in zip(centre, what, strict=True)]
    return [
        Cluster(int(centre[i]), sites[i], int(window[i]), float(sorted_ratio[i]))
        for i in np.lexsort((centre, np.array([len(part) for part in sites]), level))
    ]


def apart(scan: Scan, clusters: list[Cluster]) -> list[Cluster]:
    """Clusters without overlap: each shares no place with a likelier one that is kept, unless at another time.

    Another time is one at least a whole step away, as SaTScan 10.3.2 has it.
    """
    first, last = scan.windows.first, scan.windows.last
    taken: dict[int, list[int]] = {}
    kept = []
    for cluster in clusters:
        here = {w for site in cluster.sites.tolist() for w in taken.get(site, [])}
        if any(first[w] <= last[cluster.window] + 1 and last[w] + 1 >= first[cluster.window] for w in here):
            continue
        kept.append(cluster)
        for site in cluster.sites.tolist():
            taken.setdefault(site, []).append(cluster.window)
    return kept


def tabulated(study: Study, settings: Settings, scan: Scan, clusters: list[Cluster]) -> pl.DataFrame:
    """One row a cluster, the likeliest first."""
    calendar = study.calendar
    rows = []
    for rank, cluster in enumerate(clusters, start=1):
        begin, end = int(scan.windows.first[cluster.window]), int(scan.windows.last[cluster.window])
        observed = int(scan.counts[cluster.sites, begin : end + 1].sum())
        expected = _expected(settings, scan, cluster, begin, end)
        p = scan.chance.p(cluster.ratio) if len(scan.chance.maxima) else None
        whole = settings.kind == "temporal"
        rows.append({
            "rank": rank,
            "zone": None if whole else study.members([cluster.centre])[0],
            "radius": None if whole or settings.shape == "tree" else _radius(study, cluster),
            "first": calendar.begin(begin),
            "last": calendar.end(end),
            "observed": observed,
            "expected": expected,
            "relative_risk": _relative_risk(settings, scan, observed, expected),
            "llr": cluster.ratio,
            "p": p,
            "p_gumbel": scan.chance.p_gumbel(cluster.ratio),
            "recurrence_days": calendar.days_a_step / p if p and settings.kind == "prospective" else None,
            "zones": study.zones if whole else study.members(cluster.sites.tolist()),
        })  # fmt: skip
    schema = dict(COLUMNS)
    if isinstance(calendar.first, int):
        schema |= {"first": pl.Int64(), "last": pl.Int64()}
    return pl.DataFrame(rows, schema=schema)


def _expected(settings: Settings, scan: Scan, cluster: Cluster, begin: int, end: int) -> float:
    if settings.model == "permutation":
        return float(scan.counts[cluster.sites].sum() * scan.counts[:, begin : end + 1].sum() / scan.counts.sum())
    return float(scan.expected[cluster.sites, begin : end + 1].sum())


def _radius(study: Study, cluster: Cluster) -> float:
    return float(distances(study.positions, cluster.centre, cluster.sites, sphere=study.sphere).max())


def _relative_risk(settings: Settings, scan: Scan, observed: int, expected: float) -> float | None:
    """Risk inside over risk outside; None where nobody is expected outside, or for the permutation model."""
    cases = int(scan.counts.sum())
    outside = cases - expected
    if settings.model == "permutation" or observed >= cases or outside <= 0 or expected <= 0:
        return None
    return (observed / expected) / ((cases - observed) / outside)
