"""Grey rhinos: hazards that are known to come, how likely they are soon, and whether the records show readiness."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import polars as pl

from douse.library.hazard import AT_MOST, FIGURE_UNITS, Check, Figure, Hazard, Season
from douse.library.load import load, names
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.signals.readiness import readiness
from douse.signals.signal import Signal
from douse.situation.situation import Situation
from douse.units import DAYS_PER_YEAR

TROPIC = 23.44  # degrees of latitude: between the tropics no season of the library holds
_HALF_A_YEAR = 6  # months
REGISTER = pl.Schema(
    [
        ("hazard", pl.String()),
        ("probability", pl.Float64()),
        ("horizon_days", pl.Int64()),
        ("probability_in_horizon", pl.Float64()),
        ("grade", pl.String()),
        ("in_season", pl.Boolean()),
        *((name, pl.List(pl.String)) for name in ("met", "unmet", "unknown", "todo")),
    ]
)


@dataclass(frozen=True)
class Judged:
    """A check of readiness against a figure of the records."""

    figure: Figure
    unit: str
    value: float | None
    needed: float
    state: Literal["met", "unmet", "unknown"]
    otherwise: str  # what to do where it is not met


def shipped_hazards() -> tuple[Hazard, ...]:
    """Every hazard of the library, by name."""
    return tuple(load(Hazard, name) for name in names(Hazard))


def grey_rhinos(  # noqa: PLR0913 (the rooms' common arguments, and two settings)
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    *,
    hazards: Sequence[Hazard] | None = None,
    language: str = "en",
) -> pl.DataFrame:
    """The register: each hazard with its probability, season, readiness and what to do.

    Parameters
    ----------
    known : Records
        As-of view: facilities, stock, contacts.
    situation : Situation
        Contacts reached in time, reporting delay.
    zones : ZoneTree
        Residents, and the latitude that seasons depend on.
    pathogen, protocol : Pathogen, Protocol
        The nearer horizon is the protocol's number of maximum incubation periods of the pathogen in hand.
    hazards : Sequence[Hazard], optional
        Those of the library where not given.
    language : str, default "en"
        Of the words in `todo`.

    Returns
    -------
    polars.DataFrame
        The likeliest first: hazard (id), probability (in the coming 12 months), horizon_days,
        probability_in_horizon, grade (of the probability), in_season (null: it has none here), met, unmet, unknown
        (figures of its checks), todo (sentences: for each check not met, then what to prepare).
    """
    days = horizon_days(pathogen, protocol)
    figures = readiness(known, situation, zones, protocol)
    latitude = _latitude(zones)
    rows = []
    for hazard in shipped_hazards() if hazards is None else hazards:
        checks = judged(hazard, figures, protocol, language)
        rows.append(
            {
                "hazard": hazard.id,
                "probability": hazard.probability.value,
                "horizon_days": days,
                "probability_in_horizon": probability_within(hazard, known.day, days, latitude),
                "grade": hazard.probability.grade,
                "in_season": in_season(hazard.season, known.day, latitude),
                **{state: [c.figure for c in checks if c.state == state] for state in ("met", "unmet", "unknown")},
                "todo": [
                    *(c.otherwise for c in checks if c.state == "unmet"),
                    *(words.say(language) for words in hazard.prepare),
                ],
            }
        )
    return pl.DataFrame(rows, schema=REGISTER).sort("probability", "hazard", descending=[True, False])


def grey_rhino_signals(  # noqa: PLR0913 (the rooms' common arguments, and two settings)
    known: Records,
    situation: Situation,
    zones: ZoneTree,
    protocol: Protocol,
    *,
    hazards: Sequence[Hazard] | None = None,
    likely: float = 0.1,
) -> list[Signal]:
    """A notice for each hazard with a probability of at least `likely` in 12 months and a check that is not met.

    It names the check that is furthest from what is needed. A check that the records cannot answer gives no notice. It
    is no sign of an outbreak: it has no false-alarm rate, and `fuse` keeps it apart. Arguments as of `grey_rhinos`.
    """
    figures = readiness(known, situation, zones, protocol)
    signals = []
    for hazard in shipped_hazards() if hazards is None else hazards:
        checks = judged(hazard, figures, protocol)
        unmet = [check for check in checks if check.state == "unmet"]
        if unmet and hazard.probability.value >= likely:
            signals.append(_notice(hazard, known.day, unmet, len(checks)))
    return signals


def judged(
    hazard: Hazard, figures: Mapping[Figure, float | None], protocol: Protocol, language: str = "en"
) -> list[Judged]:
    """The checks of a hazard, each against its figure.

    ``tracers`` is only known from below, so that it can be met but never shown to be unmet.
    """
    found = []
    for check in hazard.check:
        value, needed = figures[check.figure], _needed(check, protocol)
        state: Literal["met", "unmet", "unknown"] = "unknown"
        if value is not None:
            met = value <= needed if check.figure in AT_MOST else value >= needed
            state = "met" if met else "unknown" if check.figure == "tracers" else "unmet"
        found.append(
            Judged(check.figure, FIGURE_UNITS[check.figure], value, needed, state, check.otherwise.say(language))
        )
    return found


def _needed(check: Check, protocol: Protocol) -> float:
    if not isinstance(check.needed, str):
        return check.needed.value
    targets = {
        "quarantine_rooms": protocol.resources.rooms_per_10k,
        "protective_sets": protocol.resources.cover_amber_days,
        "tracers": protocol.resources.tracers_per_100k,
        "contacts_reached": protocol.targets.reached_share,
    }
    return targets[check.figure].value


def horizon_days(pathogen: Pathogen, protocol: Protocol) -> int:
    """Days of the protocol's horizon: its number of maximum incubation periods."""
    return math.ceil(protocol.targets.horizon_incubations.value * pathogen.max_incubation.value)


def in_season(season: Season | None, day: date, latitude: float | None) -> bool | None:
    """Whether a day lies in the season of a place; None without a season, between the tropics, or in no known place."""
    months = _months(season, latitude)
    return None if months is None else day.month in months


def probability_within(hazard: Hazard, as_of: date, days: int, latitude: float | None) -> float:
    """Probability in the `days` days after the as-of day: a constant rate a year, put on its days by season."""
    rate = -math.log1p(-min(hazard.probability.value, 1 - 1e-9))
    months = _months(hazard.season, latitude)
    if hazard.season is None or months is None:
        return -math.expm1(-rate * days / DAYS_PER_YEAR)
    year = [date(2001, 1, 1) + timedelta(days=n) for n in range(DAYS_PER_YEAR)]  # no leap year
    inside = sum(day.month in months for day in year)
    share = hazard.season.share.value
    weight = {True: share / inside, False: (1 - share) / (DAYS_PER_YEAR - inside)}
    total = sum(weight[(as_of + timedelta(days=n)).month in months] for n in range(1, days + 1))
    return -math.expm1(-rate * total)


def _months(season: Season | None, latitude: float | None) -> frozenset[int] | None:
    if season is None or latitude is None or abs(latitude) < TROPIC:
        return None
    if latitude > 0:
        return frozenset(season.months)
    return frozenset((month - 1 + _HALF_A_YEAR) % 12 + 1 for month in season.months)


def _latitude(zones: ZoneTree) -> float | None:
    known = zones.latitude[~np.isnan(zones.latitude)]
    return float(np.median(known)) if len(known) else None


def _notice(hazard: Hazard, as_of: date, unmet: Sequence[Judged], checks: int) -> Signal:
    furthest = max(unmet, key=_shortfall)
    return Signal(
        id=f"grey_rhino:{hazard.id}:{as_of.year}",
        detector="grey_rhino",
        zone=None,
        first_day=as_of,
        last_day=as_of,
        observed=furthest.value or 0.0,
        expected=None,
        bound=furthest.needed,
        false_alarm_rate=None,
        severity="notice",
        reason=(
            "{hazard}: a chance of {probability_share} in 12 months, and {unmet} of {checks} checks of readiness not "
            "met; furthest off is {figure}, {value} where {needed} is asked."
        ),
        facts={
            "hazard": hazard.id,
            "probability_share": hazard.probability.value,
            "unmet": len(unmet),
            "checks": checks,
            "figure": furthest.figure,
            "value": furthest.value or 0.0,
            "needed": furthest.needed,
        },
        evidence=(),
    )


def _shortfall(check: Judged) -> float:
    """How far off: 0 met, 1 nothing there; of what may be at most so much, over it likewise."""
    low, high = sorted(((check.value or 0.0), check.needed))
    return 1 - low / high if high > 0 else 0.0
