"""By day: how much each case infects others, and how well being infected that day goes with what is on record."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.library.pathogen import Pathogen
from douse.tracing.infectors.delays import Weights, found_delay, incubation, infectiousness, learned_delay, serial_interval
from douse.tracing.infectors.facts import FAR, Facts, days_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Series:
    """A row a case, by day; row j begins on day `first[j]` and is 0 outside columns `spans[j]`."""

    by_day: Floats
    first: Ints
    spans: Ints


@dataclass(frozen=True)
class Dates:
    """What the dates say of each case.

    ``infects``   how much it infects others, by day: sums to 1 where nothing stopped it
    ``further``   the same through one person who is not on record
    ``infected``  probability of what is on record of the dates of the case, had it been infected on that day
    """

    infects: Series
    further: Series
    infected: Series


@dataclass(frozen=True)
class Days:
    """Days of each case since 1970-01-01, `FAR` where not known; shape (N,) each."""

    onset: Ints
    found: Ints  # first of sampled, confirmed, reported, in hospital, told
    away: Ints  # isolated; else confirmed
    away_told: Bools  # isolation is on record
    quarantined: Ints
    exposed_from: Ints
    exposed_to: Ints


def days_on_record(cases: pl.DataFrame) -> Days:
    """Days of the counted cases."""
    moments = [pl.col(name).dt.date() for name in ("tested_at", "confirmed_at", "reported_at")]
    found = pl.min_horizontal(*moments, "hospitalised_on", "told_on")
    isolated, confirmed = pl.col("isolated_at").dt.date(), pl.col("confirmed_at").dt.date()
    dated = cases.select(
        "onset", "quarantined_on", "exposed_from", "exposed_to", found=found, away=pl.coalesce(isolated, confirmed)
    )
    return Days(
        onset=days_of(dated["onset"]),
        found=days_of(dated["found"]),
        away=days_of(dated["away"]),
        away_told=cases["isolated_at"].is_not_null().to_numpy(),
        quarantined=days_of(dated["quarantined_on"]),
        exposed_from=days_of(dated["exposed_from"]),
        exposed_to=days_of(dated["exposed_to"]),
    )


@dataclass(frozen=True)
class Leaks:
    """Shares of what would have been without isolation, and so on, that happen all the same."""

    confirmed: float  # infecting others after confirmation, where no isolation is on record
    quarantined: float  # being infected in quarantine
    unexposed: float  # being infected outside of the days of exposure on record
    recall: float  # onsets told a day too early or too late, each


def dates_of(facts: Facts, pathogen: Pathogen, leaks: Leaks, days: Days | None = None) -> Dates:
    """Dates of each case as series, onsets that are missing integrated out.

    An onset that is not on record lies the delay from onset to found before the case was found; the delay is learned
    from the cases that have both, apart for those found by contact tracing. Nobody infects others after isolation.

    Parameters
    ----------
    facts : Facts
    pathogen : Pathogen
        Incubation and serial interval.
    leaks : Leaks
    days : Days, optional
        Instead of those on record.
    """
    days = days or days_on_record(facts.cases)
    onset, onset_first = _onsets(days, _delays(days, facts.traced, pathogen), facts.traced, leaks.recall)
    infects = _spread(onset, onset_first, infectiousness(pathogen))
    _stop(infects, days, leaks.confirmed)
    return Dates(
        infects=_series(*infects),
        further=_series(*_spread(*infects, serial_interval(pathogen))),
        infected=_series(*_infected(onset, onset_first, incubation(pathogen), days, leaks)),
    )


def _delays(days: Days, traced: Bools, pathogen: Pathogen) -> tuple[Weights, Weights]:
    """Onset to found, of cases found otherwise and of those found by contact tracing."""
    both = (days.onset != FAR) & (days.found != FAR)
    every = found_delay(days.onset[both], days.found[both], pathogen)
    apart = [
        learned_delay(days.onset[both & which], days.found[both & which], every, 20.0) for which in (~traced, traced)
    ]
    return apart[0], apart[1]


def _onsets(days: Days, delays: tuple[Weights, Weights], traced: Bools, recall: float) -> tuple[Floats, Ints]:
    """Weights of the days of onset of each case, and the first day of each row."""
    back = delays[0].share[::-1]
    width = max(len(back), 3)
    onset = np.zeros((len(days.onset), width))
    first = np.where(days.onset != FAR, days.onset - 1, days.found - delays[0].days[-1])
    known = days.onset != FAR
    onset[known, :3] = (recall, 1 - 2 * recall, recall)
    for which, delay in zip((~traced, traced), delays, strict=True):
        onset[~known & which, : len(back)] = delay.share[::-1]
    return onset, first.astype(np.int64)


def _spread(rows: Floats, first: Ints, delay: Weights) -> tuple[Floats, Ints]:
    """Each row convolved with a delay."""
    made = np.zeros((len(rows), rows.shape[1] + len(delay.share) - 1))
    for at, share in enumerate(delay.share):
        made[:, at : at + rows.shape[1]] += share * rows
    return made, first + delay.first


def _stop(infects: tuple[Floats, Ints], days: Days, leak: float) -> None:
    """After isolation nothing; after confirmation, taken for isolation, a little."""
    rows, first = infects
    day = first[:, None] + np.arange(rows.shape[1])
    after = (days.away[:, None] != FAR) & (day > days.away[:, None])
    rows *= np.where(after, np.where(days.away_told[:, None], 0.0, leak), 1.0)


def _infected(onset: Floats, first: Ints, delay: Weights, days: Days, leaks: Leaks) -> tuple[Floats, Ints]:
    back = Weights(-delay.days[-1], delay.share[::-1])
    rows, first = _spread(onset, first, back)
    day = first[:, None] + np.arange(rows.shape[1])
    shut = (days.quarantined[:, None] != FAR) & (day > days.quarantined[:, None])
    rows *= np.where(shut, leaks.quarantined, 1.0)
    outside = (days.exposed_from[:, None] != FAR) & (day < days.exposed_from[:, None])
    outside |= (days.exposed_to[:, None] != FAR) & (day > days.exposed_to[:, None])
    rows *= np.where(outside, leaks.unexposed, 1.0)
    return rows, first


def _series(rows: Floats, first: Ints) -> Series:
    filled = rows > 0
    some = filled.any(axis=1)
    low = np.where(some, filled.argmax(axis=1), 0)
    high = np.where(some, rows.shape[1] - filled[:, ::-1].argmax(axis=1), 0)
    return Series(rows, first, np.column_stack([low, high]).astype(np.int64))
