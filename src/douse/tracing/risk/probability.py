"""How likely each exposure infected."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.exposure_risk import infection_probability, mean_over_days
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.tracing.risk.rules import OTHER, Risk, risk_of

Floats = NDArray[np.float64]
# Columns that an exposure may lack, and what then stands in.
_MAY_LACK: dict[str, pl.DataType] = {
    "minutes": pl.Float64(),
    "all_minutes": pl.Float64(),
    "ventilation": pl.String(),
    "contact_class": pl.String(),
    "via": pl.String(),
    "ring": pl.Int64(),
    "person": pl.String(),
}
_MINUTES_PER_HOUR = 60


def with_infection_probability(
    exposures: pl.DataFrame, infectors: pl.DataFrame, pathogen: Pathogen, protocol: Protocol
) -> pl.DataFrame:
    """Add the chance that each exposure infected, taken by itself: ``1 - exp(-rate x hours x factors)``.

    The rate is that of the setting (see `risk_of`); hours are the minutes together, where they are not known the usual
    ones of the setting for as many days as the exposure lasted, at most the usual days. Factors: infectiousness over
    the days of the exposure, counted from the case's onset (mean infectiousness where no onset is on record); the
    air; being near (contact_class general: not near, unless the air of the setting is shared anyway); a case
    without symptoms. Whether the person is immune is not known and not reckoned with.

    In ring 2 the chance is that of both steps: that the contact in between was infected (all their exposures to cases
    in the same frame together), and that they, with a usual incubation period, infected the person in turn. Where the
    contact is not named (a recorded contact of a contact) that of a usual contact elsewhere stands in.

    Parameters
    ----------
    exposures : polars.DataFrame
        case_id, setting (null: other), first_exposure, last_exposure (dates, or moments); optional: all_minutes
        (together in all; null: as minutes), minutes (null: not known), ventilation, contact_class, ring, person, via
        (person in between; ring-1 rows of that person must be in the frame, else the chance is null).
    infectors : polars.DataFrame
        case_id, onset (date or null), asymptomatic (bool or null): one row a case. A case that is not there has mean
        infectiousness.
    pathogen, protocol : Pathogen, Protocol
        Of the run.

    Returns
    -------
    polars.DataFrame
        `exposures` with infection_probability (from 0 to 1), rows and order as they were.
    """
    risk = risk_of(pathogen, protocol)
    missing = {name: pl.lit(None, dtype=kind) for name, kind in _MAY_LACK.items() if name not in exposures.columns}
    days = (pl.col(name).cast(pl.Date) for name in ("first_exposure", "last_exposure"))
    known = exposures.with_columns(*days, **missing)
    cases = infectors.select("case_id", "onset", "asymptomatic").unique("case_id", keep="first", maintain_order=True)
    told = known.join(cases, on="case_id", how="left", maintain_order="left")
    symptoms = np.where(told["asymptomatic"].fill_null(value=False).to_numpy(), risk.asymptomatic, 1.0)
    direct = _single(told, told["onset"], symptoms, risk)
    first = told.with_columns(infection_probability=pl.Series(direct))
    second = pl.col("ring").fill_null(1) == 2
    named = second & pl.col("via").is_not_null()
    between = _between(first.filter(~second), risk)
    told = told.join(between, on="via", how="left", maintain_order="left")
    mixed = 1 - risk.asymptomatic_share * (1 - risk.asymptomatic)
    further = pl.Series(_single(told, told["via_onset"], np.full(told.height, mixed), risk)) * told["via_probability"]
    chance = (
        pl.when(named)
        .then(further.alias("further"))
        .when(second)
        .then(pl.col("infection_probability") * risk.attack[OTHER])
        .otherwise("infection_probability")
    )
    return exposures.with_columns(first.select(chance.alias("infection_probability")).to_series())


def infectors(cases: pl.DataFrame) -> pl.DataFrame:
    """case_id, onset, asymptomatic of cases (as in `Situation.cases`), as `with_infection_probability` asks for them.

    Without symptoms is only who is recorded so: an onset that is not on record may be one that nobody sent.
    """
    silent = (pl.col("severity").cast(pl.String) == "asymptomatic") & pl.col("onset").is_null()
    return cases.select("case_id", "onset", asymptomatic=silent.fill_null(value=False))


def per_person(exposures: pl.DataFrame) -> pl.DataFrame:
    """Chance of each person to have been infected by any of their exposures: ``1 - prod(1 - p)``.

    Exposures of one person to one case (or by one contact in between) in one setting are one meeting told twice (a
    household that a contact record names too): the likeliest counts.

    Parameters
    ----------
    exposures : polars.DataFrame
        person, case_id, setting, infection_probability; optional: via.

    Returns
    -------
    polars.DataFrame
        person, infection_probability; null where no exposure has one. By person.
    """
    via = pl.col("via") if "via" in exposures.columns else pl.lit(None, dtype=pl.String)
    meetings = exposures.with_columns(by=via, where=pl.col("setting").fill_null(OTHER))
    once = meetings.group_by("person", "case_id", "by", "where").agg(pl.col("infection_probability").max())
    # Sorted: the last digit of a product depends on the order, and the order of the rows must not matter.
    spared = (1 - pl.col("infection_probability").drop_nulls().sort()).product()
    nothing = pl.col("infection_probability").is_null().all()
    return once.group_by("person").agg(infection_probability=pl.when(~nothing).then(1 - spared)).sort("person")


def _single(exposures: pl.DataFrame, onset: pl.Series, factor: Floats, risk: Risk) -> Floats:
    """Chance of each row, with the onset of whoever was infectious and a factor for their symptoms; shape (n,)."""
    setting = exposures["setting"].cast(pl.String).fill_null(OTHER)
    days = exposures.select(
        since=pl.coalesce("first_exposure", "last_exposure"), until=pl.coalesce("last_exposure", "first_exposure")
    ).with_columns(until=pl.max_horizontal("since", "until"))
    count = (days["until"] - days["since"]).dt.total_days().fill_null(0).to_numpy() + 1.0
    usual_days = np.minimum(count, _of_setting(setting, risk.days))
    usual = _of_setting(setting, risk.hours) * usual_days
    minutes = exposures.select(pl.coalesce("all_minutes", "minutes").cast(pl.Float64)).to_series().to_numpy()
    hours = np.where(np.isnan(minutes), usual, minutes / _MINUTES_PER_HOUR)
    return infection_probability(
        _of_setting(setting, risk.rate),
        hours,
        factor * _infectiousness(days, onset, risk) * _air(exposures, risk) * _near(exposures, setting, risk),
    )


def _infectiousness(days: pl.DataFrame, onset: pl.Series, risk: Risk) -> Floats:
    since = (days["since"] - onset).dt.total_days()
    until = (days["until"] - onset).dt.total_days()
    known = since.is_not_null().to_numpy()
    mean = mean_over_days(
        risk.infectiousness, risk.first_day, since.fill_null(0).to_numpy(), until.fill_null(0).to_numpy()
    )
    return np.where(known, mean, 1.0)


def _air(exposures: pl.DataFrame, risk: Risk) -> Floats:
    air = exposures["ventilation"].cast(pl.String)
    return air.replace_strict(risk.ventilation, default=1.0, return_dtype=pl.Float64).fill_null(1.0).to_numpy()


def _near(exposures: pl.DataFrame, setting: pl.Series, risk: Risk) -> Floats:
    apart = (exposures["contact_class"].cast(pl.String) == "general").fill_null(value=False)
    return np.where(apart & ~setting.is_in(list(risk.aerosol)), risk.not_near, 1.0)


def _of_setting(setting: pl.Series, values: dict[str, float]) -> Floats:
    return setting.replace_strict(values, default=values[OTHER], return_dtype=pl.Float64).to_numpy()


def _between(ring1: pl.DataFrame, risk: Risk) -> pl.DataFrame:
    """via, via_probability, via_onset: contacts as infectors; onset as it would be, from their likeliest exposure."""
    likely = ring1.filter(pl.col("person").is_not_null()).sort(
        "infection_probability",
        "last_exposure",
        "first_exposure",
        "case_id",
        descending=[True, True, True, False],
        nulls_last=True,
    )
    half = (pl.col("last_exposure") - pl.col("first_exposure")).dt.total_days() // 2
    middle = pl.coalesce(pl.col("first_exposure") + pl.duration(days=half), "last_exposure", "first_exposure")
    onset = likely.unique("person", keep="first", maintain_order=True).select(
        via="person", via_onset=middle + pl.duration(days=risk.incubation_days)
    )
    chance = per_person(likely).rename({"person": "via", "infection_probability": "via_probability"})
    return onset.join(chance, on="via", how="left", maintain_order="left")
