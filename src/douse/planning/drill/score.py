"""`Score`: what one drill comes to, in the words of the scoreboard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.library.protocol import Protocol
from douse.planning.drill.loop import Drilled
from douse.planning.drill.money import Spent, spent
from douse.planning.drill.setting import Setting
from douse.planning.drill.world import Truth
from douse.records.codes import LEVELS

Floats = NDArray[np.float64]
STAYS = ("in_quarantine_home", "in_quarantine_central", "in_isolation_home", "in_isolation_bed")


@dataclass(frozen=True)
class Quantities:
    """What a drill took, from the first case on record to its last day; people and tests are counted, not estimated.

    Attributes
    ----------
    by_level : dict[str, float]
        Person-days of residents under each level, whether they stay at home or not.
    restricted : float
        Person-days at home because of levels: residents times the share who stay at home under the level.
    quarantine_home, quarantine_central, isolation_home, isolation_bed : float
        Person-days.
    single_tests, pooled_tubes, people_screened : float
        Tubes of single tests and of pools; people who came to rounds.
    contacts_reached : float
        Talks.
    hospital_days, icu_days : float
        Bed-days.
    infections, cases, deaths : float
        From the first day of the world on, those before the first case on record among them.
    """

    by_level: dict[str, float]
    restricted: float
    quarantine_home: float
    quarantine_central: float
    isolation_home: float
    isolation_bed: float
    single_tests: float
    pooled_tubes: float
    people_screened: float
    contacts_reached: float
    hospital_days: float
    icu_days: float
    infections: float
    cases: float
    deaths: float


@dataclass(frozen=True)
class Score:
    """One drill.

    Attributes
    ----------
    start : int
        Day of the world of the first case on record.
    over_days : int or None
        Days from then until the day after the last infection; None where it is not over.
    in_time : bool
        Over within the days that the protocol gives.
    apart : float
        Person-days in quarantine and isolation.
    beds_short : float
        Bed-days in hospital and intensive care above what there is.
    community_zero : int or None
        First day from which on no case was found in the community, where as many days as the protocol asks for are
        left.
    quantities : Quantities
        The rest.
    spent : Spent
        Money.
    """

    start: int
    over_days: int | None
    in_time: bool
    apart: float
    beds_short: float
    community_zero: int | None
    quantities: Quantities
    spent: Spent


def score_of(drilled: Drilled, setting: Setting) -> Score:
    """Read a drill."""
    truth, start = drilled.truth, drilled.start
    quantities = quantities_of(truth, start, setting.protocol)
    infected = np.flatnonzero(drilled.after.of("infections"))
    over = max(0, int(infected[-1]) + 1 - start) if len(infected) and drilled.after.over else None
    short = sum(
        float(np.maximum(truth.of(demand)[start:] - setting.beds(column), 0).sum())
        for demand, column in (("in_hospital", "beds"), ("in_intensive_care", "icu_beds"))
    )
    return Score(
        start=start,
        over_days=over,
        in_time=over is not None and over <= setting.horizon_days,
        apart=sum(float(truth.of(stay)[start:].sum()) for stay in STAYS),
        beds_short=short,
        community_zero=community_zero(truth.of("community_cases")[start:], setting.protocol),
        quantities=quantities,
        spent=spent(quantities, setting.costs, setting.protocol),
    )


def quantities_of(truth: Truth, start: int, protocol: Protocol) -> Quantities:
    """Sums over the days from `start` on."""

    def total(what: str, since: int = start) -> float:
        return float(truth.of(what)[since:].sum())

    by_level = {level: total(f"people_{level}") for level in LEVELS[1:]}
    return Quantities(
        by_level=by_level,
        restricted=sum(days * protocol.level_rule(level).stays_home.value for level, days in by_level.items()),
        quarantine_home=total("in_quarantine_home"),
        quarantine_central=total("in_quarantine_central"),
        isolation_home=total("in_isolation_home"),
        isolation_bed=total("in_isolation_bed"),
        single_tests=total("tests"),
        pooled_tubes=total("tubes") - total("tests"),
        people_screened=total("people_screened"),
        contacts_reached=total("contacts_reached"),
        hospital_days=total("in_hospital"),
        icu_days=total("in_intensive_care"),
        infections=total("infections", 0),
        cases=total("cases", 0),
        deaths=total("deaths", 0),
    )


def community_zero(found: Floats, protocol: Protocol) -> int | None:
    """First day from which on nobody was found in the community; None where too few days are left to say so."""
    days = np.flatnonzero(found)
    first = int(days[-1]) + 1 if len(days) else 0
    return first if len(found) - first >= protocol.targets.community_zero_days.value else None
