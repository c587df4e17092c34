"""Infections that a task prevents, if it is done now."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels.exposure_risk import mean_over_days
from douse.library.pathogen import Pathogen
from douse.records import Records
from douse.situation.quarantine import STAYS_IN
from douse.tracing.persons import with_person
from douse.tracing.risk import Risk

Floats = NDArray[np.float64]


def contact_worth(contacts: pl.DataFrame, known: Records, pathogen: Pathogen, risk: Risk) -> pl.DataFrame:
    """What reaching, quarantining or testing each contact today prevents.

    The chance that they are infected, times the people whom an infected one infects, times the share of that which lies
    ahead: today or later, by the generation time, were they infected on any day of their exposure alike. Then:

    - whoever is in quarantine already infects nobody more: nothing is prevented;
    - who is only asked to watch for symptoms is spared what comes after them: not the presymptomatic share, nor that of
      infections without symptoms;
    - a test prevents as much as it would find, on this day since infection.

    A negative test lowers the chance by what it would have found (Bayes). That somebody is still well today is not
    taken for news.

    Parameters
    ----------
    contacts : polars.DataFrame
        As in `Trace.contacts`.
    known : Records
        As-of view; its tests.
    pathogen, risk : Pathogen, Risk
        Test curve and presymptomatic share; the rest.

    Returns
    -------
    polars.DataFrame
        person, infection_probability (by what is known today), reach, quarantine, test (expected infections
        prevented by that task; null where the chance is not known).
    """
    today = known.day
    since, until = _days_since_exposure(contacts, today)
    ahead = mean_over_days(risk.ahead, 0, since, until)
    found = _mean_sensitivity(pathogen, since, until)
    chance = _given_negatives(contacts, known, pathogen)
    asked_in = contacts["place"].is_in(list(STAYS_IN)).fill_null(value=False).to_numpy()
    watched = (1 - pathogen.presymptomatic_share.value) * (1 - risk.asymptomatic_share)
    free = contacts["quarantined_on"].is_null().to_numpy()
    worth = chance * risk.reproduction_number * ahead * free
    return contacts.select("person").with_columns(
        infection_probability=pl.Series(chance).fill_nan(None),
        reach=pl.Series(worth * np.where(asked_in, 1.0, watched)).fill_nan(None),
        quarantine=pl.Series(worth).fill_nan(None),
        test=pl.Series(worth * found).fill_nan(None),
    )


def interview_worth(cases: pl.DataFrame, windows: pl.DataFrame, today: date, risk: Risk) -> pl.DataFrame:
    """What an interview prevents: the infections that those whom the case has infected so far would pass on from today.

    ``sum over days d up to today of  R w(d) x R ahead(today - d)``, w being infectiousness by day from onset (from the
    case's day where there is no onset), d no later than the last day on which the case could infect; 0 for a case that
    was isolated before it could. An upper bound: all of them would have to be named, reached and kept in today.

    Returns
    -------
    polars.DataFrame
        case_id, infected (expected people infected so far), interview (expected infections prevented); rows as in
        `cases`.
    """
    onset = pl.coalesce("onset", "day", "told_on")
    dates = cases.select(onset=onset).with_columns(until=windows["infectious_to"])
    last = dates.select((pl.col("until") - pl.col("onset")).dt.total_days()).to_series().fill_null(risk.first_day - 1)
    now = dates.select((pl.lit(today) - pl.col("onset")).dt.total_days()).to_series()
    day = risk.first_day + np.arange(len(risk.infectiousness))
    share = risk.infectiousness / risk.infectiousness.sum()
    ago = now.fill_null(0).to_numpy()[:, None] - day[None, :]
    happened = (ago >= 0) & (day[None, :] <= last.to_numpy()[:, None])
    ahead = np.where(ago < len(risk.ahead), risk.ahead[np.clip(ago, 0, len(risk.ahead) - 1)], 0.0)
    infected = (share * happened).sum(axis=1) * risk.reproduction_number
    passed_on = (share * happened * ahead).sum(axis=1) * risk.reproduction_number**2
    return cases.select("case_id").with_columns(infected=pl.Series(infected), interview=pl.Series(passed_on))


def source_worth(sought: pl.DataFrame, today: date, risk: Risk) -> pl.DataFrame:
    """What finding a source prevents: the infections that the others whom it infected would pass on from today.

    ``R x R ahead``: as many others as one infects, infected about when the case was. An upper bound: the source has to
    be found, and they with it.

    Returns
    -------
    polars.DataFrame
        case_id, find_source; rows as in `sought` (infected_from, infected_to).
    """
    since, until = _ago(sought["infected_from"], sought["infected_to"], today)
    ahead = mean_over_days(risk.ahead, 0, since, until)
    return sought.select("case_id").with_columns(find_source=pl.Series(risk.reproduction_number**2 * ahead))


def _given_negatives(contacts: pl.DataFrame, known: Records, pathogen: Pathogen) -> Floats:
    """Chance of each contact to be infected, given the negative tests since the exposure; nan where not known."""
    chance = contacts["infection_probability"].cast(pl.Float64).to_numpy().copy()
    negatives = (
        with_person(known.table("tests"), known)
        .filter(pl.col("result") == "negative", pl.col("pool_size").fill_null(1) == 1)
        .select("person", sampled_on=pl.col("sampled_at").dt.date())
        .unique()
        .join(contacts.with_row_index("at").select("at", "person", "first_exposure", "last_exposure"), on="person")
        .filter(pl.col("sampled_on") >= pl.col("first_exposure"))
    )
    if negatives.is_empty():
        return chance
    since = (negatives["sampled_on"] - negatives["last_exposure"]).dt.total_days().to_numpy()
    until = (negatives["sampled_on"] - negatives["first_exposure"]).dt.total_days().to_numpy()
    missed = 1 - _mean_sensitivity(pathogen, since, until)
    unseen = np.ones(len(chance))
    np.multiply.at(unseen, negatives["at"].to_numpy().astype(np.int64), missed)
    lowered: Floats = chance * unseen / (1 - chance * (1 - unseen))
    return lowered


def _days_since_exposure(contacts: pl.DataFrame, today: date) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return _ago(contacts["first_exposure"], contacts["last_exposure"], today)


def _ago(first: pl.Series, last: pl.Series, today: date) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days from the last and from the first day until today, in this order."""
    since = (pl.Series([today]) - last).dt.total_days().fill_null(0).to_numpy().astype(np.int64)
    until = (pl.Series([today]) - first).dt.total_days().fill_null(0).to_numpy().astype(np.int64)
    return since, np.maximum(since, until)


def _mean_sensitivity(pathogen: Pathogen, since: NDArray[np.int64], until: NDArray[np.int64]) -> Floats:
    """Chance that a test finds an infection that is `since` to `until` days old, each day alike."""
    oldest = max(int(until.max(initial=0)), 1)
    day = np.arange(oldest + 1, dtype=np.float64)
    if pathogen.test_curve:
        points = [(point.day, point.sensitivity.value) for point in pathogen.test_curve]
        by_day = np.interp(day, [float(at) for at, _ in points], [value for _, value in points])
    else:  # certain from the day after infection on
        by_day = (day > 0).astype(np.float64)
    return mean_over_days(by_day, 0, since, until)
