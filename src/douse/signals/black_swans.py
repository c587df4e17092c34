"""The black-swan guard: patterns that no detector has a model of, each one exact check, all under one error rate."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import numpy as np
import polars as pl

from douse.library.pathogen import Pathogen
from douse.records import Records
from douse.signals import unexpected_mix, unexpected_severity, unexpected_timing, unexplained_illness
from douse.signals.multiplicity import holm
from douse.signals.outlook import Oddity, Outlook
from douse.signals.signal import Severity, Signal
from douse.signals.week import monday
from douse.situation.situation import Situation

CHECKS: Mapping[str, Callable[[Outlook], Oddity]] = {
    "fatality": unexpected_severity.fatality,
    "severity": unexpected_severity.severity,
    "health_worker_deaths": unexpected_severity.health_worker_deaths,
    "health_workers": unexpected_mix.health_workers,
    "age_mix": unexpected_mix.age_mix,
    "sex_mix": unexpected_mix.sex_mix,
    "unlinked_share": unexpected_mix.unlinked_share,
    "other_pathogen": unexpected_mix.other_pathogen,
    "negative_tests": unexplained_illness.negative_tests,
    "incubation": unexpected_timing.incubation,
    "serial_interval": unexpected_timing.serial_interval,
    "weekday": unexpected_timing.weekday,
}
_SCHEMA = pl.Schema(
    {
        "check": pl.String,
        "n": pl.Int64,
        "observed": pl.Float64,
        "expected": pl.Float64,
        "p": pl.Float64,
        "p_adjusted": pl.Float64,
        "alarm": pl.Boolean,
        "why_not": pl.String,
    }
)
_REASONS = {
    "fatality": "{observed} of {n} cases died, where {expected} would be expected of infections at these ages.",
    "severity": "{observed} of {n} cases are severe, where {expected} would be expected of infections at these ages.",
    "health_worker_deaths": "{observed} of {n} health workers who fell ill died, where {expected} would be expected.",
    "health_workers": "{observed} of {n} recent cases are health workers; by the cases before, {expected} would be.",
    "age_mix": "The {n} recent cases are of other ages: {observed} years in the mean; those before were {expected}.",
    "sex_mix": "{observed} of {n} cases are women or girls, where {expected} would be usual.",
    "unlinked_share": "{observed} of {n} recent local cases have no known source; by those before, {expected} would.",
    "other_pathogen": "{observed} of {n} recent cases name another pathogen, where {expected} would be usual.",
    "negative_tests": (
        "{observed} suspected {observed:case|cases} of the last 7 days had only negative tests; usual is {expected}."
    ),
    "incubation": "{observed} of {n} incubation times lie beyond a quartile of the library; {expected} would.",
    "serial_interval": "{observed} of {n} serial intervals lie beyond a quartile of the library; {expected} would.",
    "weekday": "In {observed} of {n} weeks the onsets peak on the same weekday: the dates may not be those of illness.",
}
# Dates made by habit are a fault of the data; the others may be another disease.
_SEVERITY: dict[str, Severity] = {"weekday": "notice"}


def black_swan_checks(  # noqa: PLR0913 (the rooms' common arguments, and settings by keyword)
    known: Records,
    situation: Situation,
    pathogen: Pathogen,
    *,
    alpha: float = 0.01,
    recent_days: int = 14,
    settle_days: int = 3,
    tolerance: float = 3.0,
) -> pl.DataFrame:
    """Every check of the guard, with its p-value, and whether it alarms.

    `alpha` is the chance that the guard as a whole, whatever number of checks can be made, alarms on a day without
    anything odd (Holm); each check's own p-value is exact or too large. They take cases to be independent of each
    other: cases of one household or home that come together can make a check alarm, and a person should look whether
    that is all.

    Parameters
    ----------
    known : Records
        As-of view: all cases (suspected ones and other pathogens too), tests.
    situation : Situation
        Its counted cases are compared.
    pathogen : Pathogen
        Severity by age, incubation, serial interval.
    alpha : float, default 0.01
        Chance of a false alarm of the whole guard a day.
    recent_days : int, default 14
        Cases told within so many days are compared with all before.
    settle_days : int, default 3
        Days that the search for the source of a case may take.
    tolerance : float, default 3
        Severity up to so many times the library's is no surprise: its shares are of infections, and where one in
        three is found, cases are three times as severe.

    Returns
    -------
    polars.DataFrame
        check, n (cases looked at), observed, expected (of them; of ages, the mean age), p, p_adjusted, alarm,
        why_not (where p is null). In the order of `CHECKS`.
    """
    look = Outlook(known, _once(situation), pathogen, recent_days, settle_days, tolerance)
    return _table(look, alpha)[0]


def black_swan_signals(  # noqa: PLR0913 (the rooms' common arguments, and settings by keyword)
    known: Records,
    situation: Situation,
    pathogen: Pathogen,
    *,
    alpha: float = 0.01,
    recent_days: int = 14,
    settle_days: int = 3,
    tolerance: float = 3.0,
) -> list[Signal]:
    """One signal for each check that alarms (see `black_swan_checks`): a warning, of odd dates a notice.

    The signal keeps its identifier within a week. Its zone is the whole area.
    """
    look = Outlook(known, _once(situation), pathogen, recent_days, settle_days, tolerance)
    table, oddities = _table(look, alpha)
    return [
        _signal(look, oddity, adjusted, alpha)
        for oddity, adjusted, alarm in zip(oddities, table["p_adjusted"], table["alarm"], strict=True)
        if alarm
    ]


def _once(situation: Situation) -> pl.DataFrame:
    return situation.cases.unique("case_id", keep="first", maintain_order=True)


def _table(look: Outlook, alpha: float) -> tuple[pl.DataFrame, list[Oddity]]:
    oddities = [check(look) for check in CHECKS.values()]
    table = pl.DataFrame(
        [(o.check, o.n, o.observed, o.expected, o.p, None, None, o.why_not) for o in oddities],
        schema=_SCHEMA,
        orient="row",
    )
    adjusted = pl.Series("p_adjusted", holm(table["p"].fill_null(np.nan).to_numpy()), nan_to_null=True)
    return table.with_columns(adjusted).with_columns(alarm=pl.col("p_adjusted") <= alpha), oddities


def _signal(look: Outlook, oddity: Oddity, adjusted: float, alpha: float) -> Signal:
    return Signal(
        id=f"black_swan:{oddity.check}:{monday(look.as_of)}",
        detector="black_swan",
        zone=None,
        first_day=look.as_of - timedelta(days=look.recent_days - 1),
        last_day=look.as_of,
        observed=oddity.observed or 0.0,
        expected=oddity.expected,
        bound=None,
        false_alarm_rate=alpha,
        severity=_SEVERITY.get(oddity.check, "warning"),
        reason=_REASONS[oddity.check],
        facts={"n": oddity.n, "observed": oddity.observed or 0.0, "expected": oddity.expected or 0.0},
        evidence=oddity.cases,
        p=adjusted,
    )
