"""What the health department has on file while the outbreak runs."""

from dataclasses import dataclass, field

import numpy as np

NEVER = 30_000  # a day that does not come


@dataclass(frozen=True)
class Named:
    """One contact as the tracers found it; days of the run, hours since midnight of `found_on`."""

    case: int
    contact: int
    setting: int
    first: int
    last: int
    minutes: float
    close: bool
    found_on: int
    found_hours: float
    reached_hours: float  # NaN: never reached
    quarantined_on: int  # NEVER: not quarantined
    was_case: bool  # a case already when named: a link, not a contact to follow


@dataclass(frozen=True)
class SampleRound:
    """Samples taken on one day for one purpose; `people` and `positive` of shape (n,)."""

    people: np.ndarray
    day: int
    purpose: str
    positive: np.ndarray


@dataclass(frozen=True)
class Spell:
    """One stretch of quarantine; both days inclusive."""

    start: int
    end: int
    at_site: bool


@dataclass
class Files:
    """Files on N people; days counted from the first day of the run, NEVER for what did not happen.

    Attributes
    ----------
    sampled_on, confirmed_on : numpy.ndarray[int64], shape (N,)
        First positive sample and its result.
    found_by : numpy.ndarray[int64], shape (N,)
        Position in FOUND_BY; -1 for people who are no case.
    quarantined_from, quarantined_to : numpy.ndarray[int64], shape (N,)
        Latest quarantine, both days inclusive.
    last_exposure, last_test : numpy.ndarray[int64], shape (N,)
        Latest known; -NEVER for none.
    quarantine_site : numpy.ndarray[bool], shape (N,)
        In a quarantine site rather than at home.
    alert_on : int
        Day on which the first case outside entry quarantine was confirmed.
    spells : dict[int, list[Spell]]
        Every quarantine of a person, in order; the last one is that of the arrays.
    screened : list[tuple[int, int]]
        Day and community of each screening round.
    """

    sampled_on: np.ndarray
    confirmed_on: np.ndarray
    found_by: np.ndarray
    quarantined_from: np.ndarray
    quarantined_to: np.ndarray
    last_exposure: np.ndarray
    last_test: np.ndarray
    quarantine_site: np.ndarray
    alert_on: int = NEVER
    spells: dict[int, list[Spell]] = field(default_factory=dict)
    named: list[Named] = field(default_factory=list)
    rounds: list[SampleRound] = field(default_factory=list)
    screened: list[tuple[int, int]] = field(default_factory=list)

    def quarantine(self, person: int, start: int, end: int, *, at_site: bool) -> None:
        """Put a person in quarantine, or make a quarantine that lasts or is planned longer."""
        spells = self.spells.setdefault(person, [])
        if spells and start <= spells[-1].end:
            last = spells.pop()
            at_site = at_site if start < last.start else last.at_site
            start, end = min(start, last.start), max(end, last.end)
        spells.append(Spell(start, end, at_site))
        self.quarantined_from[person], self.quarantined_to[person] = start, end
        self.quarantine_site[person] = at_site

    def in_quarantine(self, day: int) -> np.ndarray:
        """Who is in quarantine on a day; bool, shape (N,)."""
        return (self.quarantined_from <= day) & (day <= self.quarantined_to)


def empty_files(people: int) -> Files:
    """Files on people about whom nothing is known."""

    def every(day: int) -> np.ndarray:
        return np.full(people, day, dtype=np.int64)

    return Files(
        sampled_on=every(NEVER),
        confirmed_on=every(NEVER),
        found_by=every(-1),
        quarantined_from=every(NEVER),
        quarantined_to=every(NEVER),
        last_exposure=every(-NEVER),
        last_test=every(-NEVER),
        quarantine_site=np.zeros(people, dtype=bool),
    )
