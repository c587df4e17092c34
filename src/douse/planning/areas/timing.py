"""By days since infection: what lies ahead, what is still to be passed on, and the chance that nobody knows yet."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.links import Links
from douse.library.load import load
from douse.planning.basis import Basis
from douse.simulation.contact_numbers import contact_numbers
from douse.situation.ascertainment import ascertainment
from douse.tracing.risk import Risk, risk_of
from douse.tracing.risk.delay_by_day import by_day
from douse.units import HOURS_PER_DAY

Floats = NDArray[np.float64]
_LEAST, _MOST = 0.05, 0.98  # share found: no infection is certain to be found


@dataclass(frozen=True)
class Timing:
    """Curves by days since infection (D), and the shares that they rest on.

    Attributes
    ----------
    ahead : numpy.ndarray[float64], shape (D,)
        Share of a person's transmission on day k since infection or later.
    passed : numpy.ndarray[float64], shape (D,)
        Share of it on day k.
    unseen : numpy.ndarray[float64], shape (D,)
        Chance that an infection of k days is not on record: ``1 - found x known by then``.
    incubation : numpy.ndarray[float64], shape (D,)
        Chance of an onset on day k.
    found : float
        Share of infections that come to be known.
    found_by : str
        estimate (deaths, severe illness, screening) | library
    missed : float
        Chance that the infector of a case without a known source is not on record.
    reproduction : float
        People whom one infects who is never put apart.
    """

    ahead: Floats
    passed: Floats
    unseen: Floats
    incubation: Floats
    found: float
    found_by: str
    missed: float
    reproduction: float


def timing_of(basis: Basis, windows: pl.DataFrame, risk: Risk | None = None) -> Timing:
    """The curves of a day.

    Parameters
    ----------
    basis : Basis
        What is known.
    windows : polars.DataFrame
        Of `infectious_windows`, rows as in the situation's cases.
    risk : Risk, optional
        Of the files of the run.
    """
    risk = risk or risk_of(basis.pathogen, basis.protocol)
    days = len(risk.ahead)
    incubation = _fit(by_day(basis.pathogen.incubation, math.ceil(basis.pathogen.max_incubation.value)), days)
    known = np.minimum(np.cumsum(_fit(np.convolve(incubation, _reported_after(basis, days)), days)), 1.0)
    found, found_by = found_share(basis)
    return Timing(
        ahead=risk.ahead,
        passed=-np.diff(risk.ahead, append=0.0),
        unseen=1 - found * known,
        incubation=incubation,
        found=found,
        found_by=found_by,
        missed=_missed(basis),
        reproduction=_reproduction(basis, windows, risk, found),
    )


def found_share(basis: Basis) -> tuple[float, str]:
    """Share of infections that come to be known, and by what: an estimate from the records, else the library.

    The library's: infections with symptoms, times the share of people with symptoms who come for a test.
    """
    cases = basis.situation.cases
    if cases.height:
        estimates = ascertainment(
            cases,
            as_of=basis.as_of,
            pathogen=basis.pathogen,
            tests=basis.known.table("tests"),
            population=basis.residents or None,
        )
        share = estimates.filter(pl.col("method") == "combined")["estimate"][0]
        if share is not None:
            return float(np.clip(share, _LEAST, _MOST)), "estimate"
    ill = 1 - basis.pathogen.asymptomatic_share.value
    return float(np.clip(ill * contact_numbers().testing.seeks_after.value, _LEAST, _MOST)), "library"


def _reported_after(basis: Basis, days: int) -> Floats:
    """Chance that a case is told so many days after its onset: as on record, else the protocol's time to isolation."""
    dated = basis.situation.cases.filter(pl.col("onset").is_not_null())
    waits = dated.select((pl.col("told_on") - pl.col("onset")).dt.total_days().clip(0, days - 1)).to_series()
    counts = np.bincount(waits.drop_nulls().to_numpy(), minlength=days).astype(np.float64)
    counts[min(days - 1, math.ceil(basis.protocol.clock.isolation.value / HOURS_PER_DAY))] += 1.0  # weighs as one case
    shares: Floats = counts / counts.sum()
    return shares


def _missed(basis: Basis) -> float:
    links = load(Links, "generic")
    traced = bool((basis.situation.cases["link"] == "linked").any())
    return float(links.missed_other.value if traced else links.missed.value)


def _reproduction(basis: Basis, windows: pl.DataFrame, risk: Risk, found: float) -> float:
    """R of somebody who is never put apart, so that with those who are it makes the R estimated.

    ``R now / (found x share that known cases pass on before they are put apart + 1 - found)``, at most the pathogen's.
    """
    most = risk.reproduction_number
    now = basis.situation.r_now.estimate
    if now is None or not np.isfinite(now):
        return most
    over, _ = happened(basis.situation.cases, windows, basis, risk)
    ended = (windows["infectious_to"] < basis.as_of).fill_null(value=True).to_numpy()
    share = float(over[ended].sum(axis=1).mean()) if ended.any() else 1.0
    return float(np.clip(now / (found * share + 1 - found), 0.0, most))


def happened(cases: pl.DataFrame, windows: pl.DataFrame, basis: Basis, risk: Risk) -> tuple[Floats, NDArray[np.int64]]:
    """Share of each case's transmission by day from onset, as far as it was free then, and how long ago each day was.

    Returns
    -------
    tuple of numpy.ndarray, each of shape (N, d)
        Shares (0 once put apart, and on days to come); days ago.
    """
    onset = pl.coalesce("onset", "day", "told_on")
    dates = cases.select(onset=onset).with_columns(until=windows["infectious_to"])
    last = dates.select((pl.col("until") - pl.col("onset")).dt.total_days()).to_series().fill_null(risk.first_day - 1)
    since = dates.select((pl.lit(basis.as_of) - pl.col("onset")).dt.total_days()).to_series().fill_null(0)
    day = risk.first_day + np.arange(len(risk.infectiousness))
    ago = since.to_numpy().astype(np.int64)[:, None] - day[None, :]
    free = (ago >= 0) & (day[None, :] <= last.to_numpy()[:, None])
    share = risk.infectiousness / risk.infectiousness.sum()
    return share * free, ago


def _fit(values: Floats, days: int) -> Floats:
    fitted = np.zeros(days)
    fitted[: min(days, len(values))] = values[:days]
    return fitted
