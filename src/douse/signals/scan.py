"""Space-time scan statistics: where and when there are more (or fewer) cases than chance would bring."""

from collections.abc import Iterable, Sequence
from inspect import signature
from typing import Any

import numpy as np
import polars as pl

from douse.errors import UsageError
from douse.signals.scan_clusters import apart, best_clusters, tabulated
from douse.signals.scan_inputs import Moment, Step, Study
from douse.signals.scan_prepare import prepare
from douse.signals.scan_run import Kind, Model, Rates, Scan, Shape, scan
from douse.signals.series import Floats, series_of


def scan_clusters(  # noqa: PLR0913  each setting of SaTScan that matters has its own name and default
    counts: pl.DataFrame,
    zones: pl.DataFrame | None = None,
    *,
    model: Model | None = None,
    kind: Kind = "prospective",
    rates: Rates = "high",
    shape: Shape | None = None,
    population: pl.DataFrame | None = None,
    covariates: Sequence[str] = (),
    neighbours: pl.DataFrame | None = None,
    step: Step | None = None,
    first: Moment | None = None,
    last: Moment | None = None,
    max_share: float = 0.5,
    max_radius: float | None = None,
    max_zones: int = 10,
    max_duration: int | None = None,
    max_duration_share: float | None = None,
    min_duration: int = 1,
    min_cases: int = 2,
    restrict: float | None = None,
    replicates: int = 999,
    seed: int = 1,
    exact: bool = True,
) -> pl.DataFrame:
    """Clusters in space and time, the most likely first; equal to SaTScan 10.3.2 for circles.

    Every circle round a zone and every time window is compared with what is expected there (log likelihood ratio);
    the best window of the data is then compared with the best of replicates in which cases fall by chance, which
    allows for the many windows that were looked at. Further clusters share no zone with a likelier one unless a whole
    step lies between them in time.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count; with ``controls`` for the Bernoulli model, and the `covariates`. Rows of a zone and
        date are added up; a zone and date without a row or count has no cases. `date` holds dates, or whole numbers
        (steps of any unit).
    zones : polars.DataFrame, optional
        Columns zone (or zone_id) and latitude, longitude (degrees) or x, y; all zones under watch, with cases or not.
        With parent_zone for ``shape="tree"``. Without it each zone stands for itself alone.
    model : {"poisson", "bernoulli", "permutation"}, optional
        What is expected: in proportion to the population; to cases and controls; to the zone's and the day's cases.
        Default: poisson where a population is given, else permutation.
    kind : {"prospective", "retrospective", "spatial", "temporal"}
        Windows that last until the end of the study (default); any windows; the whole study; all zones together.
    rates : {"high", "low", "both"}
        Whether more cases than expected are looked for (default), fewer, or both.
    shape : {"circle", "flexible", "tree"}, optional
        Circles; connected sets of neighbours among the `max_zones` nearest (Tango & Takahashi 2005); each zone with
        all zones within it. Default: circle where all zones have coordinates, else tree.
    population : polars.DataFrame, optional
        Columns zone, population and the covariates, and date or year (its 1 July) where it changes: straight lines
        between census days, constant before and after. Default: the column population of the counts, else of the zones.
    covariates : sequence of str
        Columns whose classes have rates of their own (indirect standardisation; Poisson only).
    neighbours : polars.DataFrame, optional
        Columns zone, neighbour, for ``shape="flexible"``. Default: the Gabriel graph of the coordinates.
    step : {"day", "week", "month", "year"}, optional
        Unit of time. Default: as the dates lie (see `series_of`).
    first, last : datetime.date or int, optional
        The study. Default: first and last date of the counts; give them where the first or last days had no cases.
    max_share : float, default 0.5
        Share of the expected cases (permutation: cases; Bernoulli: persons) that a candidate zone may hold.
    max_radius : float, optional
        Greatest radius of a circle, in km or the unit of x and y.
    max_zones : int, default 10
        Zones of a flexible cluster at most; the work doubles with each.
    max_duration, max_duration_share : int, float, optional
        Longest window in steps, or as a share of the study. Default: 14 steps of days or numbers, else half the study.
    min_duration : int, default 1
        Shortest window in steps.
    min_cases : int, default 2
        Fewest cases of a cluster with high rates.
    restrict : float, optional
        Only zones whose own excess has a mid-p below this may join a flexible or tree cluster (Tango 2008: 0.2).
    replicates : int, default 999
        Chance replicates; 0 for none, and no p.
    seed : int, default 1
        Same seed, same answer.
    exact : bool, default True
        Run all replicates. False: stop after 50 that reach the data, which are then clearly nothing special; p is
        then less precise (a standard error of a seventh of it).

    Returns
    -------
    polars.DataFrame
        A row a cluster: rank, zone (its centre or root; null where all zones are taken together), radius (km, or the
        unit of x and y; null for trees), first, last (days), observed, expected, relative_risk (null for the
        permutation model), llr, p (rank among the replicates), p_gumbel (Gumbel tail), recurrence_days (prospective
        only: days, or steps of whole numbers, between such clusters by chance), zones. Clusters that are nothing
        special (p near 1) are listed too. No rows where no window has more cases than expected.

    Raises
    ------
    UsageError
        When a column is missing, a count is no count, a zone has no place, cases have no population, or an option is
        out of range.

    References
    ----------
    Kulldorff 1997, doi 10.1080/03610929708831995; Kulldorff et al. 2005, doi 10.1371/journal.pmed.0020059;
    Tango & Takahashi 2005, doi 10.1186/1476-072X-4-11; Abrams et al. 2010, doi 10.1186/1476-072X-9-61.
    """
    study, settings, inputs = prepare(
        counts,
        zones,
        model=model,
        kind=kind,
        rates=rates,
        shape=shape,
        population=population,
        covariates=covariates,
        neighbours=neighbours,
        step=step,
        first=first,
        last=last,
        max_share=max_share,
        max_radius=max_radius,
        max_zones=max_zones,
        max_duration=max_duration,
        max_duration_share=max_duration_share,
        min_duration=min_duration,
        min_cases=min_cases,
        restrict=restrict,
        replicates=replicates,
        seed=seed,
        exact=exact,
    )
    found = scan(study, settings, inputs)
    clusters = apart(found, best_clusters(found))
    return tabulated(study, settings, found, clusters[:1] if kind == "temporal" else clusters)


def space_time_scan(
    counts: pl.DataFrame,
    *,
    zones: pl.DataFrame | None = None,
    alpha: float = 0.01,
    last: int | None = 1,
    exact: bool = False,
    **options: Any,
) -> pl.DataFrame:
    """Prospective scan as a detector: whether a zone, on a date, is in a cluster that lasts until that date.

    Each judged date is scanned with what was counted up to it (see `scan_clusters`). A zone's score is the log
    likelihood ratio of the best cluster that holds it.

    Parameters
    ----------
    counts : polars.DataFrame
        Columns zone, date, count: one row a zone and date (see `series_of`), population or controls where the model
        needs them.
    zones : polars.DataFrame, optional
        Coordinates or tree of the zones (see `scan_clusters`); without it each zone is judged alone.
    alpha : float, default 0.01
        Chance of a false alarm a scan of all zones: one in a hundred days for a daily scan (the recurrence interval
        of 100 days of Greene et al. 2016, doi 10.3201/eid2210.160097).
    last : int, optional
        Judge only the latest so many steps: 1 by default, as each is a scan of its own; None for all.
    exact : bool, default False
        Run all replicates even where the best cluster is clearly nothing special.
    **options
        Of `scan_clusters`, but not kind, first and last.

    Returns
    -------
    polars.DataFrame
        zone, date, count, expected (cases of that zone and date), bound (ratio whose p is alpha), score, p,
        recurrence (days between such clusters by chance), alarm (p at most alpha); one row a row given. Null where
        not judged. A zone in no cluster has score 0 and p 1. Where there is no case at all nothing alarms.

    Raises
    ------
    UsageError
        As `scan_clusters`; when an option is not known, or alpha or last is out of range.
    """
    if not 0 < alpha < 1:
        raise UsageError("The alpha of a scan is out of range.", allowed="between 0 and 1")
    if last is not None and last < 1:
        raise UsageError("The number of steps to judge is out of range.", allowed="1 or more, or None for all")
    _check_options(options)
    series = series_of(counts)
    if "zone" not in counts.columns:
        counts = counts.with_columns(zone=pl.lit(series.zones[0] if series.zones else "all"))
    names = ("expected", "bound", "score", "p", "recurrence")
    figures = {name: np.full(series.shape, np.nan) for name in names}
    place = {zone: i for i, zone in enumerate(series.zones)}
    dates = series.frame["date"].unique().sort()
    for day in dates.tail(len(dates) if last is None else last).to_list():
        known = counts.filter(pl.col("date") <= day)
        study, settings, inputs = prepare(
            known, zones, exact=exact, **{"step": series.step, **options, "last": day, "kind": "prospective"}
        )
        found = scan(study, settings, inputs)
        column = int(series.column[series.frame["date"].to_list().index(day)])
        rows = [place[zone] for zone in study.zones if zone in place]
        sites = study.site[[zone in place for zone in study.zones]]
        best = _best_of_sites(found, len(study.positions))[sites]
        figures["score"][rows, column] = best
        figures["p"][rows, column] = [found.chance.p(ratio) if ratio > 0 else 1.0 for ratio in best]
        figures["recurrence"][rows, column] = study.calendar.days_a_step / figures["p"][rows, column]
        figures["expected"][rows, column] = _expected_of_zones(study, found)[[z in place for z in study.zones]]
        bound = found.chance.bound(alpha) if len(found.chance.maxima) else 0.0
        figures["bound"][rows, column] = np.nan if bound is None else bound
    alarm = (figures["p"] <= alpha) & (figures["score"] > 0)
    return series.answer(alarm=alarm, **figures)


def _check_options(options: Iterable[str]) -> None:
    known = set(signature(scan_clusters).parameters) - {"counts", "zones", "kind", "first", "last", "exact"}
    if not known.issuperset(options):
        raise UsageError("The scan as a detector has no option of that name.", allowed=", ".join(sorted(known)))


def _best_of_sites(found: Scan, sites: int) -> Floats:
    """Greatest ratio of the clusters that hold each place; 0 where none does."""
    best = np.zeros(sites)
    for cluster in best_clusters(found):
        np.maximum.at(best, cluster.sites, cluster.ratio)
    return best


def _expected_of_zones(study: Study, found: Scan) -> Floats:
    """Expected cases of each zone in the last step; zones at one place share theirs evenly."""
    shared = np.bincount(study.site, minlength=len(study.positions))
    each: Floats = (found.expected[:, -1] / np.maximum(shared, 1))[study.site]
    return each
