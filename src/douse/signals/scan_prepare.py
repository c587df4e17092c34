"""Options of a scan: defaults, checks, and the tables that they name."""

from collections.abc import Sequence

import polars as pl

from douse.errors import UsageError
from douse.signals.scan_inputs import Moment, Step, Study, has_places, read_study
from douse.signals.scan_run import KINDS, MODELS, RATES, SHAPES, Inputs, Kind, Model, Rates, Settings, Shape

DAILY_LONGEST = 14  # days of the longest window of a daily scan


def prepare(  # noqa: PLR0913  the options of scan_clusters, where each is explained
    counts: pl.DataFrame,
    zones: pl.DataFrame | None,
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
) -> tuple[Study, Settings, Inputs]:
    """Study, settings and further tables of a scan; see `scan_clusters` for the options and errors."""
    zones = _each_alone(counts) if zones is None else zones
    if population is None and model in (None, "poisson"):
        population = _population(counts, zones)
    model = model or ("permutation" if population is None else "poisson")
    shape = shape or ("circle" if has_places(zones) else "tree")
    for value, allowed in ((model, MODELS), (kind, KINDS), (rates, RATES), (shape, SHAPES)):
        if value not in allowed:
            raise UsageError("An option of the scan is not known.", allowed=", ".join(allowed))
    if covariates and model != "poisson":
        raise UsageError("Covariates need a population.", allowed="covariates with model='poisson'")
    if restrict is not None and shape == "circle":
        raise UsageError("Circles are not restricted by single zones.", allowed="restrict with flexible or tree")
    study = read_study(
        counts,
        zones,
        covariates=covariates,
        controls=model == "bernoulli",
        step=step,
        first=first,
        last=last,
        placed=shape != "tree",
    )
    settings = Settings(
        model=model,
        kind=kind,
        rates=rates,
        shape=shape,
        max_share=max_share,
        max_radius=max_radius,
        max_zones=max_zones,
        alone=1.0 if restrict is None else restrict,
        shortest=min_duration,
        longest=_longest(study, max_duration, max_duration_share),
        min_cases=min_cases,
        replicates=replicates,
        seed=seed,
        exact=exact,
    )
    _check(settings)
    return study, settings, Inputs(zones, population, covariates, neighbours)


def _check(settings: Settings) -> None:
    right = {
        "max_share of more than 0, at most 1": 0 < settings.max_share <= 1,
        "max_radius of 0 or more": settings.max_radius is None or settings.max_radius >= 0,
        "max_duration of min_duration or more, from 1": 1 <= settings.shortest <= settings.longest,
        "min_cases of 1 or more": settings.min_cases >= 1,
        "restrict of more than 0, at most 1": 0 < settings.alone <= 1,
        "replicates of 0 or more": settings.replicates >= 0,
        "seed of 0 or more": settings.seed >= 0,
    }
    for allowed, holds in right.items():
        if not holds:
            raise UsageError("An option of the scan is out of range.", allowed=allowed)


def _longest(study: Study, duration: int | None, share: float | None) -> int:
    """Steps of the longest window; a share is rounded down, as in SaTScan."""
    if duration is not None:
        return duration
    if share is not None:
        if not 0 < share <= 1:
            raise UsageError("max_duration_share is out of range.", allowed="more than 0, at most 1")
        return max(1, int(share * study.calendar.steps + 1e-9))
    return DAILY_LONGEST if study.calendar.step == "day" else max(1, study.calendar.steps // 2)


def _each_alone(counts: pl.DataFrame) -> pl.DataFrame:
    if "zone" not in counts.columns:
        raise UsageError("The counts have no column zone.", allowed="zone, date, count")
    return (
        counts.select(pl.col("zone").cast(pl.String))
        .drop_nulls()
        .unique()
        .with_columns(parent_zone=pl.lit(None, pl.String))
    )


def _population(counts: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame | None:
    """Population beside the counts, else beside the zones; None where a zone has none."""
    if "population" in counts.columns and not counts["population"].null_count():
        return counts
    if "population" in zones.columns and not zones["population"].null_count():
        return zones.rename({} if "zone" in zones.columns else {"zone_id": "zone"}).drop("date", "year", strict=False)
    return None
