"""`Response`: what people and the health department do in a run, and how well. Values and their checks only."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import (
    CITY,
    GROUP,
    HOUSEHOLD,
    INSTITUTION,
    LAYERS,
    LEVEL_MASK,
    NO_STAY,
    QUARANTINE_CENTRAL,
    QUARANTINE_HOME,
    REGIMES,
    SCHOOLS_CLOSED,
    STAYS,
    WORK_CLOSED,
)
from douse.kernels.person_word import SCHOOL, WORK

Floats = NDArray[np.float64]
_QUANTILES = 1024
_SHARES = (
    "seek_share", "reached_share", "obeys_quarantine", "obeys_isolation", "screened_share", "specificity",
    "screening_specificity", "detects_pooled", "ill_at_home", "vaccine_protects",
)  # fmt: skip


def _nothing_recalled() -> Floats:
    return np.zeros(len(LAYERS))


def _all_open(rows: int) -> Floats:
    return np.ones((rows, len(LAYERS)))


@dataclass(frozen=True)
class Response:
    """Measures on persons, and what levels and closures leave open. The default is that nobody reacts.

    Attributes
    ----------
    seek_share : float
        Of people with symptoms, those who come for a test by themselves.
    seek_delay : numpy.ndarray[uint8], shape (1024,)
        Days from onset to the sample, by quantile.
    responds_from : int
        First day of the run on which people come for tests.
    result_days : int
        Days from sample to result where no tube waits, 1 and more.
    laboratory : float
        Tubes a day; what is more waits.
    other_tests : float
        Tubes a day of other patients.
    specificity : float
        Chance that a person who is not infected tests negative.
    traces : bool
        Cases are asked for their contacts.
    lookback_ill, lookback_well : float
        Days before onset (with symptoms) or before the sample (without) from which contacts are quarantined.
    backward_days : float
        Days before onset or sample from which people met are tested, to find the source.
    recall, recall_before : numpy.ndarray[float64], shape (8,)
        Share of meetings that a case names, by layer: of those whom it may have infected, and of those before, among
        whom its source is; None: the same share.
    reached_share : float
        Of people named, those who are found.
    reach_delay : numpy.ndarray[uint8], shape (1024,)
        Days from naming to the first talk, by quantile; 1 at least.
    tracers : float
        People that can be reached a day; who is more waits.
    quarantine_days, quarantine_stay, test_days
        Of contacts, from the last exposure; stay: 0 none, 1 at home, 2 central; days of tests after the exposure.
    watch_days : float
        After they were reached, contacts are asked every day and tested when symptoms begin.
    ring_two_days : float
        Quarantine at home of those who live with contacts; 0: none.
    obeys_quarantine, obeys_isolation : float
        Share of people who stay at home as told.
    isolation_days : float
        Of a case.
    beds : float
        For isolation; without a free one a case is isolated at home.
    ring_vaccination : bool
        Contacts that are reached are vaccinated, `doses` a day; the dose protects `vaccine_protects` after
        `days_to_protect`.
    sampled_a_day : float
        People that can be sampled a day; in a round of more, fewer of each zone come.
    screened_share, pool, detects_pooled, screening_specificity, recheck_days
        Screening rounds: who comes, people in a tube, share of what a single test finds that the pool does, chance that
        a person who is not infected is let go at once, days until a false alarm is cleared.
    ill_at_home : float
        Share of people with symptoms who stay at home from onset on by themselves.
    masks : numpy.ndarray[float64], shape (8,)
        Share of transmission that masks leave, by layer.
    stay_open : numpy.ndarray[float64], shape (5, 8)
        Share of meetings that a stay (none, quarantine at home, central, isolation at home, in a bed) leaves, by layer.
    level_open : numpy.ndarray[float64], shape (4, 8) or (4, 8, 8)
        Share of meetings that a level leaves to each of the two who meet, by layer, or by kind of group and layer.
    school_open, work_open : float
        Share of meetings that a closure of schools or of workplaces leaves in groups and institutions.
    """

    seek_share: float = 0.0
    seek_delay: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(_QUANTILES, np.uint8))
    responds_from: int = 0
    result_days: int = 1
    laboratory: float = np.inf
    other_tests: float = 0.0
    specificity: float = 1.0
    traces: bool = False
    lookback_ill: float = 2.0
    lookback_well: float = 2.0
    backward_days: float = 0.0
    recall: Floats = field(default_factory=_nothing_recalled)
    recall_before: Floats | None = None
    reached_share: float = 1.0
    reach_delay: NDArray[np.uint8] = field(default_factory=lambda: np.ones(_QUANTILES, np.uint8))
    tracers: float = np.inf
    quarantine_days: float = 0.0
    quarantine_stay: int = QUARANTINE_HOME
    test_days: tuple[int, ...] = ()
    watch_days: float = 0.0
    ring_two_days: float = 0.0
    obeys_quarantine: float = 1.0
    isolation_days: float = 0.0
    beds: float = 0.0
    obeys_isolation: float = 1.0
    ring_vaccination: bool = False
    doses: float = np.inf
    vaccine_protects: float = 0.0
    days_to_protect: float = 0.0
    screened_share: float = 1.0
    sampled_a_day: float = np.inf
    pool: float = 1.0
    detects_pooled: float = 1.0
    screening_specificity: float = 1.0
    recheck_days: float = 1.0
    ill_at_home: float = 0.0
    masks: Floats = field(default_factory=lambda: np.ones(len(LAYERS)))
    stay_open: Floats = field(default_factory=lambda: _all_open(len(STAYS)))
    level_open: Floats = field(default_factory=lambda: _all_open(4))
    school_open: float = 0.0
    work_open: float = 0.0

    def __post_init__(self) -> None:
        for name in _SHARES:
            _is_share(name, getattr(self, name))
        for table in ("recall", "recalled_before", "masks", "stay_open", "level_open"):
            _is_share(table, getattr(self, table))
        if self.result_days < 1:
            raise UsageError(
                "A result on the day of the sample is not possible in steps of a day.", allowed="1 and more"
            )
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, float | int) and (value < 0 or np.isnan(value)):
                raise UsageError(f"{one.name} is {value:g}.", allowed="0 and more", next_step="Correct it.")
        if self.pool < 1:
            raise UsageError(f"A tube of screening holds {self.pool:g} samples.", allowed="1 and more")
        for table in ("seek_delay", "reach_delay"):
            if getattr(self, table).shape != (_QUANTILES,):
                raise ValueError(f"{table} is of shape ({_QUANTILES},)")
        if self.reach_delay.max() > columns.LONGEST_DELAY:
            raise UsageError(
                f"A contact is reached {self.reach_delay.max()} days after it was named.",
                allowed=f"at most {columns.LONGEST_DELAY} days",
                next_step="Correct it in the file of measures.",
            )
        if self.quarantine_stay not in (NO_STAY, QUARANTINE_HOME, QUARANTINE_CENTRAL):
            raise UsageError("Quarantine takes place nowhere that is known.", allowed="0 none, 1 at home, 2 central")

    @property
    def recalled_before(self) -> Floats:
        """Share of earlier meetings that a case names, by layer; shape (8,)."""
        return self.recall if self.recall_before is None else self.recall_before

    @property
    def acts(self) -> bool:
        """Whether anything is done to persons."""
        return self.seek_share > 0 or self.traces

    def rules(self) -> Floats:
        """The numbers that the kernels ask for, in their order."""
        rules = np.zeros(columns.RULES)
        for position, value in {
            columns.SEEK_SHARE: self.seek_share,
            columns.RESULT_DAYS: self.result_days,
            columns.LABORATORY: min(self.laboratory, 1e15),
            columns.OTHER_TESTS: self.other_tests,
            columns.FALSE_SHARE: 1 - self.specificity,
            columns.LOOKBACK_ILL: self.lookback_ill,
            columns.LOOKBACK_WELL: self.lookback_well,
            columns.BACKWARD_DAYS: self.backward_days,
            columns.REACHED_SHARE: self.reached_share,
            columns.TRACERS: self.tracers,
            columns.QUARANTINE_DAYS: self.quarantine_days,
            columns.QUARANTINE_STAY: self.quarantine_stay,
            columns.WATCH_DAYS: self.watch_days,
            columns.RING_TWO_DAYS: self.ring_two_days,
            columns.OBEYS_QUARANTINE: self.obeys_quarantine,
            columns.ISOLATION_DAYS: self.isolation_days,
            columns.BED_COUNT: self.beds,
            columns.OBEYS_ISOLATION: self.obeys_isolation,
            columns.RING_VACCINATION: self.ring_vaccination,
            columns.DOSES: self.doses,
            columns.SCREENED_SHARE: self.screened_share,
            columns.POOL: self.pool,
            columns.DETECTS_POOLED: self.detects_pooled,
            columns.FALSE_SCREENED: 1 - self.screening_specificity,
            columns.RECHECK_DAYS: self.recheck_days,
            columns.RESPONDS_FROM: self.responds_from,
            columns.TRACES: self.traces,
        }.items():
            rules[position] = value
        return rules

    def share_screened(self, people: int) -> float:
        """Share of so many people who are sampled in a round of one day."""
        return min(self.screened_share, self.sampled_a_day / max(1, people))

    def regime_open(self) -> Floats:
        """What each regime leaves of a person's meetings, by kind of group and layer; shape (16, 8, 8)."""
        left = np.ones((REGIMES, 8, len(LAYERS)))
        level_open = self.level_open if self.level_open.ndim == 3 else self.level_open[:, None, :]
        for regime in range(REGIMES):
            left[regime] = level_open[regime & LEVEL_MASK]
            for closed, kind, share in (
                (SCHOOLS_CLOSED, SCHOOL, self.school_open),
                (WORK_CLOSED, WORK, self.work_open),
            ):
                if regime & closed:
                    left[regime, kind, GROUP : INSTITUTION + 1] = np.minimum(
                        left[regime, kind, GROUP : INSTITUTION + 1], share
                    )
        return left


def outside_only(left: float, at_home: float = 1.0) -> Floats:
    """A row that leaves one share of meetings outside the home and another within; shape (8,)."""
    row = np.full(len(LAYERS), left)
    row[HOUSEHOLD] = at_home
    row[CITY + 1 :] = left
    return row


def _is_share(name: str, value: float | Floats) -> None:
    low, high = float(np.min(value)), float(np.max(value))
    if not 0 <= low <= high <= 1:
        raise UsageError(
            f"{name} holds a probability of {high if high > 1 else low:g}.",
            allowed="0 to 1",
            next_step="Correct it in the file of measures.",
        )
