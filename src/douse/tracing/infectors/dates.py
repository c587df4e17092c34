"""By day: how much each case infects others, and how well being infected that day goes with what is on record."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import attribution as kernel
from douse.kernels.attribution import Series
from douse.library.pathogen import Pathogen
from douse.tracing.infectors.delays import (
    Weights,
    found_delay,
    incubation,
    infectiousness,
    learned_delay,
    serial_interval,
    widened,
)
from douse.tracing.infectors.facts import FAR, days_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


# Shapes times shapes times lags that a table of overlaps may have: beyond, each pair is added up by itself.
MOST_TABLED = 20_000_000


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


@dataclass(frozen=True)
class Leaks:
    """How far rules and dates are not what they seem: shares of what would have been without isolation, and so on."""

    confirmed: float  # infecting others after confirmation, where no isolation is on record
    quarantined: float  # being infected in quarantine
    unexposed: float  # being infected outside of the days of exposure on record
    recall: float  # onsets told a day too early or too late, each
    interval: float  # spread of the mean serial interval between outbreaks, as a share of it


@dataclass(frozen=True)
class Dates:
    """What the dates say of each case.

    ``infects``   how much it infects others, by day: sums to 1 where nothing stopped it
    ``further``   the same through one person who is not on record
    ``infected``  probability of what is on record of the dates of the case, had it been infected on that day
    ``days``      days on record
    ``delays``    onset to found, of cases found otherwise and of those found by contact tracing
    """

    infects: Series
    further: Series
    infected: Series
    days: Days
    delays: tuple[Weights, Weights]

    def tables(self) -> tuple[Floats, Floats]:
        """Overlaps of `infects` and `further` with `infected` by lag; empty where shapes are too many."""
        return _table(self.infects, self.infected), _table(self.further, self.infected)


def _table(one: Series, other: Series) -> Floats:
    lags = max(one.by_day.shape[1], other.by_day.shape[1])
    if len(one.by_day) * len(other.by_day) * (2 * lags + 1) > min(MOST_TABLED, max(len(one.shape), 100) ** 2):
        return np.zeros((0, 0, 0))
    return kernel.overlap_table(one, other, lags)


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


def dates_of(
    days: Days, traced: Bools, pathogen: Pathogen, leaks: Leaks, delays: tuple[Weights, Weights] | None = None
) -> Dates:
    """Dates of each case as series, onsets that are missing integrated out.

    An onset that is not on record lies the delay from onset to found before the case was found; the delay is learned
    from the cases that have both, apart for those found by contact tracing. Nobody infects others after isolation.

    Parameters
    ----------
    days : Days
    traced : numpy.ndarray[bool], shape (N,)
        Found by contact tracing.
    pathogen : Pathogen
        Incubation and serial interval.
    leaks : Leaks
    delays : tuple of Weights, optional
        Onset to found, instead of those learned from the days.
    """
    delays = delays or _delays(days, traced, pathogen)
    pathogen = widened(pathogen, leaks.interval)
    onset, onset_first = _onsets(days, delays, traced, leaks.recall)
    infects = _spread(onset, onset_first, infectiousness(pathogen))
    _stop(infects, days, leaks.confirmed)
    return Dates(
        infects=_series(*infects),
        further=_series(*_spread(*infects, serial_interval(pathogen))),
        infected=_series(*_infected(onset, onset_first, incubation(pathogen), days, leaks)),
        days=days,
        delays=delays,
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
    shapes, shape = np.unique(rows, axis=0, return_inverse=True)
    filled = shapes > 0
    some = filled.any(axis=1)
    low = np.where(some, filled.argmax(axis=1), 0)
    high = np.where(some, shapes.shape[1] - filled[:, ::-1].argmax(axis=1), 0)
    return Series(shapes, shape.reshape(-1).astype(np.int64), first, np.column_stack([low, high]).astype(np.int64))
