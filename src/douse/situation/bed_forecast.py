"""Short forecast of occupied beds, general and intensive care, from the patients of today and the cases to come."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import bed_census as kernel
from douse.library.pathogen import Pathogen
from douse.situation.forecast import LEVELS, forecast_draws, summary
from douse.situation.known_cases import known_cases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Severity -> the bed that it needs, and where the table of stays names it.
BEDS: Mapping[str, tuple[str, str]] = {"severe": ("hospital_bed", "hospital"), "critical": ("icu_bed", "icu")}
# Ended stays, or admissions, that it takes to read the length of stay, or the wait, from the records.
_LEAST = 10
# Cases that the pathogen file's shares count for beside those on record.
_PRIOR_CASES = 10.0
_CURVE_DAYS = 200


class _Bed(NamedTuple):
    elapsed: Ints  # days since each patient of today came
    stays: Floats  # share still there by day
    wait: Floats  # chance to come by days since told


def bed_forecast(  # noqa: PLR0913  the tables, and the statistician's choices by keyword
    cases: pl.DataFrame,
    *,
    as_of: date,
    pathogen: Pathogen,
    stays: pl.DataFrame | None = None,
    daily: pl.DataFrame | None = None,
    horizon: int = 14,
    level: Sequence[float] = LEVELS,
    draws: int = 1000,
    seed: int = 1,
) -> pl.DataFrame:
    """Forecast how many beds are occupied on each day ahead, if beds do not run out.

    New cases are those of `forecast`, by the day on which they are told. A severe case needs a hospital bed, a critical
    one a bed in intensive care: by the shares on record, with those that the pathogen file gives for the ages of the
    cases counting as ten more. They come after the wait on record (told to admission; ten cases) or at once, and stay
    as long as stays on record (ten that ended, the others counted as going on), else as the pathogen's mean days, each
    day a like chance to leave. Patients of today are the open stays, else the active cases by severity, those of
    unknown severity by the shares; each leaves by how long it has been there.

    Parameters
    ----------
    cases : polars.DataFrame
        `Situation.cases`, or case_id, onset or day, told_on, severity, age, hospitalised_on, outcome, outcome_on
        (see `known_cases`). A case without an outcome is active for the usual stay of its severity.
    as_of : date
        Rows and dates of later days are never read.
    pathogen : Pathogen
        Serial interval, severity by age, days in hospital and in intensive care.
    stays : polars.DataFrame, optional
        Table of stays: place, entered_on, left_on.
    daily : polars.DataFrame, optional
        Counts for `forecast`, in place of the cases by the day on which they were told.
    horizon, level, draws, seed
        As for `forecast`.

    Returns
    -------
    polars.DataFrame
        resource (hospital_bed, icu_bed), date, horizon, mean, median, lower_50, upper_50, ... Null where there is no
        case yet.

    Raises
    ------
    UsageError
        When a column is missing or an argument is out of range.

    References
    ----------
    Kaplan and Meier 1958, doi 10.1080/01621459.1958.10501452; the same assumptions as the plan's need of beds.
    """
    known = known_cases(cases, as_of)
    counts = _told_a_day(known, as_of) if daily is None else daily
    ((dates, paths),) = forecast_draws(
        counts, as_of=as_of, pathogen=pathogen, horizon=horizon, draws=draws, seed=seed
    ).values()
    rng = np.random.default_rng([seed, 1])
    chances = _chances(known, pathogen, rng, draws)
    in_bed = _stays(stays, as_of)
    parts = []
    for severity, (resource, place) in BEDS.items():
        patients = _active(known if in_bed.is_empty() else known.clear(), as_of, pathogen)
        bed = _bed(in_bed.filter(pl.col("place") == place), known, patients, severity, pathogen)
        occupied = None
        if paths is not None:
            occupied = kernel.remaining(bed.elapsed, bed.stays, len(dates), rng, draws)
            maybe = rng.binomial(patients["severity"].null_count(), chances[severity])
            occupied += rng.binomial(maybe[:, None], bed.stays[1 : len(dates) + 1])
            occupied += kernel.arrivals_in_bed(paths, chances[severity], bed.wait, bed.stays, rng)
        parts.append(summary(occupied, dates, as_of, level).select(pl.lit(resource).alias("resource"), pl.all()))
    return pl.concat(parts)


def _told_a_day(known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    told = known.group_by(date="told_on").agg(count=pl.len()).drop_nulls()
    first = told["date"].min()
    if not isinstance(first, date):
        return pl.DataFrame(schema={"date": pl.Date, "count": pl.Int64})
    days = pl.DataFrame({"date": pl.date_range(first, as_of, eager=True)})
    return days.join(told, on="date", how="left").with_columns(pl.col("count").fill_null(0))


def _active(known: pl.DataFrame, as_of: date, pathogen: Pathogen) -> pl.DataFrame:
    """Cases that may lie in a bed, with the days since they came into it (or were told).

    As in the situation, a case without an outcome is over once it has been ill for the usual stay of its severity.
    """
    hospital, icu = pathogen.days_in_hospital.value, pathogen.days_in_icu.value
    usual = {"severe": hospital, "critical": icu + hospital}
    most = pl.col("severity").replace_strict(usual, default=pathogen.days_in_isolation.value, return_dtype=pl.Float64)
    ill = (pl.lit(as_of) - pl.col("day")).dt.total_days()
    came = pl.coalesce("hospitalised_on", "told_on", "day")
    active = known.filter(pl.col("outcome").is_null() & (ill <= most.fill_null(pathogen.days_in_isolation.value)))
    return active.with_columns(elapsed=(pl.lit(as_of) - came).dt.total_days().clip(0))


def _stays(stays: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """Stays in hospital and intensive care known by the as-of day: place, days, ended."""
    schema = {"place": pl.String, "days": pl.Int64, "ended": pl.Boolean}
    if stays is None:
        return pl.DataFrame(schema=schema)
    missing = [name for name in ("place", "entered_on", "left_on") if name not in stays.columns]
    if missing:
        raise UsageError(f"The stays have no column {missing[0]}.", allowed="place, entered_on, left_on")
    told = (
        (pl.col("recorded_at").cast(pl.Date) <= as_of).fill_null(value=True) if "recorded_at" in stays.columns else True
    )
    ended = (pl.col("left_on") <= as_of).fill_null(value=False)
    last = pl.when(ended).then("left_on").otherwise(pl.lit(as_of))
    places = [place for _, place in BEDS.values()]
    place = pl.col("place").cast(pl.String)
    return stays.filter((pl.col("entered_on") <= as_of) & told & place.is_in(places)).select(
        place, days=(last - pl.col("entered_on")).dt.total_days().clip(0), ended=ended
    )


def _bed(in_bed: pl.DataFrame, known: pl.DataFrame, patients: pl.DataFrame, severity: str, pathogen: Pathogen) -> _Bed:
    """Who lies in a kind of bed, for how long people stay in it, and how soon they come."""
    here = pl.concat([in_bed.filter(~pl.col("ended"))["days"], patients.filter(severity=severity)["elapsed"]])
    if int(in_bed["ended"].sum()) >= _LEAST:
        stays = kernel.stay_curve(
            in_bed["days"].to_numpy().astype(np.float64), in_bed["ended"].to_numpy().astype(bool), _CURVE_DAYS
        )
    else:
        mean = (pathogen.days_in_hospital if severity == "severe" else pathogen.days_in_icu).value
        stays = np.power(1 - 1 / max(mean, 1.0), np.arange(_CURVE_DAYS))
    waits = (
        known.select((pl.col("hospitalised_on") - pl.col("told_on")).dt.total_days().clip(0)).to_series().drop_nulls()
    )
    wait = np.bincount(waits.to_numpy()) / len(waits) if len(waits) >= _LEAST else np.ones(1)
    return _Bed(here.to_numpy().astype(np.int64), stays, wait)


def _chances(known: pl.DataFrame, pathogen: Pathogen, rng: np.random.Generator, draws: int) -> dict[str, Floats]:
    """Share of cases that are severe and critical, by draw: on record, the pathogen's counting as ten cases more."""
    edges = [band.from_age for band in pathogen.severity]
    shares = np.array([[band.severe.value, band.critical.value] for band in pathogen.severity])
    ages = known["age"].drop_nulls().to_numpy()
    bands = np.maximum(np.searchsorted(edges, ages, side="right") - 1, 0)
    expected = (shares[bands] if len(ages) else shares).mean(axis=0)
    recorded = np.array([(known["severity"] == severity).sum() for severity in BEDS], dtype=np.float64)
    others = known.height - known["severity"].null_count() - recorded.sum()
    weight = np.array([*(recorded + _PRIOR_CASES * expected), others + _PRIOR_CASES * (1 - expected.sum())])
    drawn = rng.dirichlet(np.maximum(weight, 1e-6), draws)
    return {severity: drawn[:, at] for at, severity in enumerate(BEDS)}
