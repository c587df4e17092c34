"""Today's start: the infections that a run begins with, drawn from what is known. See `docs/methods-simulation.md`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.errors import UsageError
from douse.kernels import epidemic_start as kernel
from douse.kernels.epidemic_layout import ISOLATION_BED, ISOLATION_HOME, NO_STAY, QUARANTINE_HOME
from douse.kernels.person_word import ZONE_AT, ZONE_BITS, part
from douse.kernels.squares import key_of
from douse.simulation.course import Course
from douse.simulation.entry import EntryRule
from douse.simulation.past import IMPORTS_DAYS, NOT_KNOWN, Past, known_after
from douse.simulation.response import Response
from douse.simulation.scenario import HISTORY, Immunity
from douse.simulation.seeds import Seeds, make_seeds
from douse.units import DAYS_PER_WEEK

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Placer = Callable[[Ints, Ints, Ints, Ints, Ints, Ints], Ints]
HIDDEN_NEAR_DAYS = 2.0  # standard deviation: hidden infections lie so many days from those known
IMPORTS_STEP = 0.3  # standard deviation of the change of the logarithm of imports a day, from week to week
MOST_FOUND = 0.98  # an infection is never certain to be found
LEAST_FOUND = 0.05
MOST_HIDDEN_SHARE = 0.25  # of the city


@dataclass(frozen=True)
class Start:
    """The infections of one run.

    Attributes
    ----------
    seed : int
        Of the run: people were chosen by the luck that they have in it.
    seeds : Seeds
        Infections, with those still to arrive.
    known : int
        Cases on record among them.
    unplaced : int
        Cases on record for whom nobody was free in their zone.
    hidden : int
        Infections before the run that are not on record.
    arrivals : int
        Infections from outside that will be reported after the as-of day.
    miss_days : float
        Mean disagreement of the dates in the run with those on record, in days.
    """

    seed: int
    seeds: Seeds
    known: int
    unplaced: int
    hidden: int
    arrivals: int
    miss_days: float


def begin_day_back(course: Course, delays: Ints, result_days: int) -> int:
    """How many days back a run begins: a generation, and the time until its infections are reported.

    So the reports of the known days tell of infections of the run, not only of those that it began with.
    """
    generation = float(
        np.mean([course.profile[days] @ np.arange(course.profile.shape[1]) for days in course.incubation])
    )
    reported = float(course.incubation.mean() + delays.mean()) if len(delays) else float(course.incubation.mean())
    return int(np.clip(round(generation + reported + result_days), 14, HISTORY - 20))


def found_share(past: Past, course: Course, seek_share: float) -> float:
    """Share of infections that come to be known: by symptoms, and as many more as were looked for."""
    ill = float(course.symptomatic.mean()) * _positive(past, course)
    return float(np.clip(ill * seek_share / max(1e-9, 1 - min(past.sought, 0.9)), LEAST_FOUND, MOST_FOUND))


def _positive(past: Past, course: Course) -> float:
    """Chance that the test of somebody who comes for one finds the infection, averaged over when people come."""
    days = np.bincount(course.incubation, minlength=HISTORY) / len(course.incubation)
    waits = np.bincount(past.delays, minlength=HISTORY) / max(1, len(past.delays))
    sampled = np.convolve(days, waits)
    at = np.minimum(np.arange(len(sampled)), len(course.sensitivity) - 1)
    return float(sampled @ course.sensitivity[at])


def old_immunity(past: Past, course: Course, city: City, seek_share: float, protected: float = 0.0) -> Immunity:
    """Protection that people have from before a run.

    Of people infected too long ago to be placed one by one, those known and those hidden beside them; and of the share
    of people that zones on record say are protected (`protected_share`), whom nothing infects.
    """
    old = int((_onsets(past, np.random.default_rng(0)) - course.incubation.mean() < -HISTORY).sum())
    share = min(1.0, old / found_share(past, course, seek_share) / max(1, len(city)))
    cover = np.zeros((2, len(course.symptomatic)))
    cover[0], cover[1] = share, protected
    return Immunity(cover, (course.immunity_protection, 1.0), (course.immunity_half_life_days, np.inf))


def protected_share(zones: pl.DataFrame) -> float:
    """Share of residents protected before the outbreak, over the zones that say so; 0 where none does."""
    told = zones.filter(pl.col("immune").is_not_null())
    if told.is_empty():
        return 0.0
    people = told["population"].fill_null(0).to_numpy().astype(np.float64)
    share: float = np.average(told["immune"].to_numpy(), weights=people if people.sum() > 0 else None)
    return float(share)


def starts(  # noqa: PLR0913  the known, the city, the rules, and what is drawn
    past: Past,
    city: City,
    course: Course,
    response: Response,
    entry: EntryRule,
    *,
    days: int,
    seeds: Ints,
    hidden: Floats,
    seeks: Floats,
) -> list[Start]:
    """Draw the infections of runs.

    Who is told before the run is put apart from others, or has recovered. Who is told later is infected and not yet
    known: a person is chosen who in the run falls ill on the day on record and comes for the test that finds the
    infection, or nearly. Beside each are infections that nobody knows by the as-of day: as many as the share that is
    found, and the time until it is, leave open.

    Parameters
    ----------
    past : Past
        Cases on record.
    city, course, response
        Where, what, and who comes for a test.
    entry : EntryRule
        What is done with people who arrive.
    days : int
        Length of the run; imports come until its end as often as in the last two weeks.
    seeds : numpy.ndarray[int64], shape (M,)
        Of the runs.
    hidden : numpy.ndarray[float64], shape (M,)
        Factor on the number of hidden infections.
    seeks : numpy.ndarray[float64], shape (M,)
        Share of people with symptoms who come for a test.

    Raises
    ------
    UsageError
        When no run is asked for.
    """
    if len(seeds) == 0 or not len(hidden) == len(seeks) == len(seeds):
        raise UsageError("No start is asked for.", allowed="one seed, factor and share a run; 1 run and more")
    return [
        _start(past, city, course, replace(response, seek_share=float(seek)), entry, days, int(seed), float(factor))
        for seed, factor, seek in zip(seeds, hidden, seeks, strict=True)
    ]


def _start(  # noqa: PLR0913, PLR0917
    past: Past, city: City, course: Course, response: Response, entry: EntryRule, days: int, seed: int, hidden: float
) -> Start:
    rng = np.random.default_rng([seed, HISTORY])
    taken = np.zeros(len(city), np.uint8)
    onset = _onsets(past, rng)
    before = past.told <= response.result_days  # the first day on which a run can find somebody comes after
    infected = onset - course.incubation[rng.integers(0, len(course.incubation), len(past))].astype(np.int64)
    begins = (infected >= -HISTORY) & ((infected <= 0) | past.imported | before)
    chosen = np.flatnonzero(begins)
    latest = np.where(past.imported, onset - 1, np.minimum(onset - 1, 0))[chosen]
    told = np.where(before, kernel.NO_DAY, past.told + HISTORY)
    key, place = np.uint64(key_of(seed)), _placer(past, city, course, response, rng, taken, seed)
    # People on record go first: nobody may stand in for another in their place.
    order = np.lexsort((onset[chosen], past.person[chosen] < 0))
    chosen, latest = chosen[order], latest[order]
    placed = place(past.person[chosen], past.homes[chosen], past.age[chosen], onset[chosen], told[chosen], latest)
    there = placed[:, kernel.P_PERSON] >= 0
    chosen, placed_there = chosen[there], placed[there]
    person, day_infected = placed_there[:, kernel.P_PERSON], placed_there[:, kernel.P_DAY] - HISTORY
    rows = [_known_rows(past, response, entry, rng, chosen, person, day_infected, onset)]
    local = ~past.imported[chosen] & (day_infected <= 0)
    secret, infected_secret = _hidden(
        past, city, course, response, rng, person[local], day_infected[local], hidden, taken, key
    )
    rows.append(_rows(secret, infected_secret, np.zeros_like(secret)))
    coming = _coming(past, response, entry, rng, place, days)
    rows.append(coming)
    table = np.concatenate(rows)
    return Start(
        seed,
        _seeds(table, entry),
        known=len(person),
        unplaced=int((~there).sum()),
        hidden=len(secret),
        arrivals=len(coming),
        miss_days=float(np.minimum(placed_there[:, kernel.P_MISS], 30).mean() / 4) if len(person) else 0.0,
    )


_COLUMNS = 7  # person, infected, day, stay, until, confirmed, tested


def _rows(  # noqa: PLR0913, PLR0917
    person: Ints, infected: Ints, day: Ints, stay: Ints | int = NO_STAY, until: Ints | int = 0,
    confirmed: Ints | int = NOT_KNOWN, tested: Ints | int = 0,
) -> Ints:  # fmt: skip
    rows = np.zeros((len(person), _COLUMNS), np.int64)
    for column, values in enumerate((person, infected, day, stay, until, confirmed, tested)):
        rows[:, column] = values
    return rows


def _seeds(rows: Ints, entry: EntryRule) -> Seeds:
    person, infected, day, stay, until, confirmed, tested = rows.T
    return make_seeds(
        person, infected=np.maximum(infected, -HISTORY), day=day, stay=stay, until=until, confirmed=confirmed,
        tested=tested, entry_tests=entry.test_days,
    )  # fmt: skip


def _onsets(past: Past, rng: np.random.Generator) -> Ints:
    """Day of onset; where it is not on record, the report less a delay like those on record."""
    drawn = past.told - rng.choice(past.delays, len(past)) if len(past) else past.told
    return np.where(past.onset != NOT_KNOWN, past.onset, drawn)


def _placer(  # noqa: PLR0913, PLR0917
    past: Past, city: City, course: Course, response: Response, rng: np.random.Generator, taken: NDArray[np.uint8],
    seed: int,
) -> Placer:  # fmt: skip
    """Finds a person and a day for each of some cases, whoever has a place already left aside."""

    def place(  # noqa: PLR0913, PLR0917  a column each
        person: Ints, homes: Ints, age: Ints, onset: Ints, told: Ints, latest: Ints
    ) -> Ints:
        wanted = np.stack(
            [person, homes, age, np.maximum(onset, 1 - HISTORY) + HISTORY, told, latest + HISTORY], axis=1
        )
        found: Ints = kernel.place_cases(
            wanted, *past.ranges, taken, HISTORY, np.uint64(key_of(seed)),
            np.uint64(key_of(int(rng.integers(0, 1 << 62)))), city.word, city.members, city.group_start,
            course.incubation, course.strength.astype(np.float32), course.symptomatic, response.seek_delay,
            course.sensitivity,
            response.seek_share, response.result_days,
        )  # fmt: skip
        return found

    return place


def _known_rows(  # noqa: PLR0913, PLR0917
    past: Past, response: Response, entry: EntryRule, rng: np.random.Generator,
    chosen: Ints, person: Ints, infected: Ints, onset: Ints,
) -> Ints:  # fmt: skip
    """Rows of cases on record."""
    told, over = past.told[chosen], past.over[chosen]
    before = told <= response.result_days
    bed = ISOLATION_BED if response.beds > 0 else ISOLATION_HOME
    isolated = np.minimum(told + round(response.isolation_days) - 1, np.where(over == NOT_KNOWN, HISTORY * 10, over))
    # Quarantined before the run begins, or on arrival: apart until found.
    arrived = past.arrived[chosen]
    free_until = np.maximum(np.minimum(told, np.maximum(onset[chosen], infected + 1)), infected)
    came = np.where(arrived != NOT_KNOWN, arrived, rng.integers(infected, free_until + 1))
    day = np.where(past.imported[chosen], np.clip(came, 0, np.maximum(told - response.result_days - 1, 0)), 0)
    quarantined = past.quarantined[chosen]
    apart = ((quarantined != NOT_KNOWN) & (quarantined <= 0)) | past.away[chosen]
    stay = np.where(before, bed, np.where(past.away[chosen] & (entry.stay != NO_STAY), entry.stay, QUARANTINE_HOME))
    until = np.where(before, isolated, told)
    waits = before | apart
    return _rows(
        person, infected, day,
        stay=np.where(waits & (until >= day), stay, NO_STAY), until=until,
        confirmed=np.where(before, np.maximum(told, infected), NOT_KNOWN),
    )  # fmt: skip


def _hidden(  # noqa: PLR0913, PLR0917
    past: Past, city: City, course: Course, response: Response, rng: np.random.Generator,
    beside: Ints, infected: Ints, factor: float, taken: NDArray[np.uint8], key: np.uint64,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Infections that are not on record: given those that are, each found with the same chance (negative binomial)."""
    found = found_share(past, course, response.seek_share) * known_after(course, past.delays)
    open_days = np.clip(past.back - 1 - infected, 0, len(found) - 1)
    share = np.clip(found[open_days], LEAST_FOUND, MOST_FOUND)
    odds = factor * (1 - share) / share
    many = rng.negative_binomial(1, 1 / (1 + odds)) if len(infected) else np.zeros(0, np.int64)
    most = int(MOST_HIDDEN_SHARE * len(city))
    if many.sum() > most:
        many = np.floor(many * (most / many.sum())).astype(np.int64)
    zone = part(city.word[beside], ZONE_AT, ZONE_BITS)
    starts_at = city.zone_start.astype(np.int64)
    low, high = np.repeat(starts_at[zone], many), np.repeat(starts_at[zone + 1], many)
    day = np.repeat(infected, many) + np.round(rng.normal(0, HIDDEN_NEAR_DAYS, many.sum())).astype(np.int64)
    day = np.clip(day, -HISTORY, 0)
    luck = np.uint64(key_of(int(rng.integers(0, 1 << 62))))
    person = kernel.place_hidden(
        low, high, day + HISTORY, past.back - 1 + HISTORY, taken, key, luck, city.word, course.incubation,
        course.strength.astype(np.float32), course.symptomatic, response.seek_delay, course.sensitivity,
        response.seek_share, response.result_days,
    )  # fmt: skip
    return person[person >= 0], day[person >= 0]


def _coming(  # noqa: PLR0913, PLR0917
    past: Past, response: Response, entry: EntryRule, rng: np.random.Generator, place: Placer, days: int
) -> Ints:  # fmt: skip
    """Infections from outside that will be reported: as many a day as imported cases of late, with a drift.

    Some of them have arrived by the as-of day and are not known yet.
    """
    lately, kept = past.imports
    nobody = np.zeros(0, np.int64)
    if lately == 0 or days <= past.back:
        return _rows(nobody, nobody, nobody)
    ahead = days + int(past.delays.max(initial=0)) - past.back
    drift = np.cumsum(rng.normal(0, IMPORTS_STEP, ahead // DAYS_PER_WEEK + 1))
    rate = rng.gamma(lately + 0.5, 1 / IMPORTS_DAYS) * np.exp(np.repeat(drift, DAYS_PER_WEEK)[:ahead])
    told = past.back + np.repeat(np.arange(ahead), rng.poisson(rate))
    like = rng.choice(np.flatnonzero(past.imported), len(told))
    onset = told - rng.choice(past.delays, len(told))
    anybody = np.full(len(told), -1, np.int64)
    placed = place(anybody, past.homes[like], past.age[like], onset, told + HISTORY, onset - 1)
    there = placed[:, kernel.P_PERSON] >= 0
    person, infected = placed[there, kernel.P_PERSON], placed[there, kernel.P_DAY] - HISTORY
    last = np.maximum(infected, told[there] - response.result_days - 1)
    day = np.maximum(0, rng.integers(infected, np.maximum(infected, np.minimum(onset[there], last)) + 1))
    guarded = (rng.random(len(day)) < rng.beta(kept + 0.5, lately - kept + 0.5)) & (entry.stay != NO_STAY)
    rows = _rows(
        person, infected, day, stay=np.where(guarded, entry.stay, NO_STAY), until=day + round(entry.days) - 1,
        tested=guarded.astype(np.int64),
    )  # fmt: skip
    arrive: Ints = rows[day < days]
    return arrive
