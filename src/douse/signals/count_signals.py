"""Count detectors on every zone's series: which zones have more than usual, false alarms controlled over all zones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.counts import DailyCounts
from douse.signals.false_discovery import control
from douse.signals.series import Step
from douse.signals.severity import severity_of
from douse.signals.signal import Signal
from douse.signals.week import monday
from douse.units import DAYS_PER_WEEK

Answer = Callable[..., pl.DataFrame]
OURS = "shiryaev_roberts"
# Their bound is the least count that alarms; that of the others, the largest that does not.
_BOUND_ALARMS = ("cusum", "glr_poisson", "glr_nb", "outbreak_p")
# Steps over which the beginning of a run of alarms is looked for.
_LONGEST_RUN = 14


@dataclass(frozen=True)
class CountDetector:
    """A detector of counts by name; its module is imported when it is called.

    Attributes
    ----------
    module, function : str
        Where it is.
    step : {"day", "week"}
        Calendar that it is run on: those that compare with earlier years take weeks.
    least : int
        Steps of history that it needs.
    options : tuple of (str, value)
        Settings that differ from its defaults.
    latest : bool
        Whether it takes ``last``.
    """

    module: str
    function: str
    step: Step
    least: int
    options: tuple[tuple[str, object], ...] = ()
    latest: bool = True

    def __call__(self, counts: pl.DataFrame, *, last: int | None = None) -> pl.DataFrame:
        """The detector's answer."""
        found: Answer = getattr(import_module(f"douse.signals.{self.module}"), self.function)
        options = dict(self.options)
        if self.latest and last is not None:
            options["last"] = last
        return found(counts, **options)


def _ears(method: str) -> CountDetector:
    return CountDetector("ears", "ears", "day", 8 if method == "C1" else 10, (("method", method),), latest=False)


# Alpha is 0.01 where the method has one, so that the detectors can be compared.
DETECTORS: dict[str, CountDetector] = {
    "ears_c1": _ears("C1"),
    "ears_c2": _ears("C2"),
    "ears_c3": _ears("C3"),
    "farrington": CountDetector("farrington", "farrington", "week", 5 * 52 + 4, (("alpha", 0.01),)),
    "farrington_flexible": CountDetector(
        "farrington_flexible", "farrington_flexible", "week", 5 * 52 + 4, (("alpha", 0.01),)
    ),
    "cusum": CountDetector("cusum", "cusum", "week", 26),
    "glr_poisson": CountDetector("glr", "glr_poisson", "week", 52),
    "glr_nb": CountDetector("glr", "glr_nb", "week", 52),
    "outbreak_p": CountDetector("outbreak_p", "outbreak_p", "week", 8),
    "rki": CountDetector("rki", "rki", "week", 7, (("system", 1),)),
    "bayes": CountDetector("bayes", "bayes", "week", 7, (("alpha", 0.01),)),
    OURS: CountDetector(OURS, OURS, "day", 11),
}


def count_signals(
    counts: DailyCounts,
    detectors: Sequence[str] = (OURS,),
    *,
    q: float = 0.1,
    recent_days: int = 3,
    min_count: int = 3,
) -> list[Signal]:
    """One signal a detector and zone whose count of one of the last days (or of the seven up to the last) is unusual.

    Parameters
    ----------
    counts : DailyCounts
        Daily counts of all zones and of the whole area. Nothing is judged by days before the first that any case was
        told.
    detectors : sequence of str
        Names in `DETECTORS`. One whose history is too short is left out.
    q : float, default 0.1
        False discovery rate over the zones of a day (Benjamini-Hochberg), for detectors with p-values; the others
        stand by their own bound.
    recent_days : int, default 3
        The alarm of a detector that looks at days lies within so many, the as-of day included; of one that looks at
        weeks, in the last.
    min_count : int, default 3
        Least number of cases of a signal.

    Returns
    -------
    list of Signal
        Of each zone the latest alarm. Where a zone and one within it alarm on the same day with the same cases, only
        the smaller is kept. `first_day` is the first of the steps in a row on which the zone alarmed, so that a signal
        of a detector that looks at days keeps its id while it lasts; the id of one that looks at weeks, which end on
        the as-of day, has the Monday of its first week, which may change once or twice while it lasts.
        false_alarm_rate is the p up to which alarms of that day stand, so the chance of a false alarm a zone and day;
        null for detectors without p.

    Raises
    ------
    UsageError
        When there is no detector of a name, or q is out of range.
    """
    if not 0 < q < 1:
        raise UsageError("The share of false alarms is out of range.", allowed="between 0 and 1")
    found = []
    for name in _checked(detectors):
        detector = DETECTORS[name]
        matrix, last_days = _stepped(_watched(counts), counts.as_of, detector.step)
        recent = recent_days if detector.step == "day" else 1
        # Only zones with enough cases can be a signal; the others count as tests that found nothing.
        rows = np.flatnonzero((matrix[:, -recent:] >= min_count).any(axis=1))
        if not len(rows):
            continue
        alarms = unusual(matrix[rows], last_days, name, q=q * len(rows) / len(matrix), recent=recent)
        alarms = alarms.with_columns(row=pl.Series(rows[alarms["row"].to_numpy()])).filter(pl.col("count") >= min_count)
        latest = alarms.sort("date").unique("row", keep="last", maintain_order=True)
        starts = _run_starts(matrix, last_days, name, latest)
        days = 1 if detector.step == "day" else DAYS_PER_WEEK
        for last in latest["date"].unique(maintain_order=True).to_list():
            of_day = latest.filter(pl.col("date") == last)
            kept = counts.smallest_only(of_day["row"].to_list(), last - timedelta(days=days - 1), last)
            for row in of_day.filter(pl.col("row").is_in(kept)).iter_rows(named=True):
                begun = starts[row["row"]] - timedelta(days=days - 1)
                found.append(_signal(counts, name, row, begun))
    return found


def unusual(
    matrix: NDArray[np.float64], dates: Sequence[date], detector: str, *, q: float = 0.1, recent: int = 1
) -> pl.DataFrame:
    """Steps of a matrix of counts that alarm, false discoveries controlled over the rows of a step.

    The core without zones and signals: any indicator on a calendar can be given to it.

    Parameters
    ----------
    matrix : numpy.ndarray[float64], shape (S, T)
        Counts, latest last, NaN where not known.
    dates : sequence of datetime.date, length T
        Date of each step, days or weeks apart.
    detector : str
        A name in `DETECTORS`.
    q : float, default 0.1
        False discovery rate, where the detector has p-values.
    recent : int, default 1
        Latest steps that are judged.

    Returns
    -------
    polars.DataFrame
        row (of the matrix), date, count, expected, bound, p, q_value, false_alarm_rate; the steps that alarm, by row
        and date. Empty where the history is too short.
    """
    chosen = DETECTORS[_checked([detector])[0]]
    known = np.flatnonzero(~np.isnan(matrix).all(axis=0))
    if not len(known) or matrix.shape[1] - known[0] < chosen.least:
        return _EMPTY
    answer = chosen(_frame(matrix, dates, int(known[0])), last=recent)
    return _standing(answer.filter(pl.col("date").is_in(list(dates[-recent:]))), q).select(_EMPTY.columns)


_EMPTY = pl.DataFrame(
    schema={
        "row": pl.Int64,
        "date": pl.Date,
        "count": pl.Float64,
        "expected": pl.Float64,
        "bound": pl.Float64,
        "p": pl.Float64,
        "q_value": pl.Float64,
        "false_alarm_rate": pl.Float64,
    }
)


def _frame(matrix: NDArray[np.float64], dates: Sequence[date], since: int) -> pl.DataFrame:
    """The matrix from a column on as the frame that detectors take; a zone is the number of its row."""
    steps = matrix.shape[1] - since
    return pl.DataFrame(
        {
            "zone": np.repeat([f"{row:09d}" for row in range(len(matrix))], steps),
            "date": pl.Series(list(dates[since:]) * len(matrix), dtype=pl.Date),
            "count": pl.Series(matrix[:, since:].ravel(), nan_to_null=True),
        }
    )


def _standing(latest: pl.DataFrame, q: float) -> pl.DataFrame:
    """The rows that alarm: by q-value where there are p-values, else by the bound."""
    controlled = control(latest.with_columns(row=pl.col("zone").cast(pl.Int64)), q=q)
    if controlled["p"].null_count() == len(controlled):
        return controlled.filter(pl.col("alarm")).with_columns(false_alarm_rate=pl.lit(None, dtype=pl.Float64))
    stands = controlled.filter(pl.col("alarm_controlled") & pl.col("alarm"))
    return stands.with_columns(false_alarm_rate=pl.col("p").max().over("date"))


def _run_starts(matrix: NDArray[np.float64], dates: Sequence[date], name: str, latest: pl.DataFrame) -> dict[int, date]:
    """First step of the steps in a row on which each row alarmed by itself, up to its latest alarm."""
    if latest.is_empty():
        return {}
    rows = latest["row"].to_list()
    since = int(np.flatnonzero(~np.isnan(matrix).all(axis=0))[0])
    judged = DETECTORS[name](_frame(matrix[rows], dates, since), last=_LONGEST_RUN)
    alarmed = set(judged.filter(pl.col("alarm")).select(pl.col("zone").cast(pl.Int64), "date").iter_rows())
    step = dates[-1] - dates[-2]
    starts = {}
    for at, (row, day) in enumerate(latest.select("row", "date").iter_rows()):
        first = day
        while (at, first - step) in alarmed:
            first -= step
        starts[row] = first
    return starts


def _checked(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in DETECTORS:
            raise UsageError("There is no detector of counts of that name.", allowed=", ".join(DETECTORS))
    return list(dict.fromkeys(names))


def _watched(counts: DailyCounts) -> NDArray[np.float64]:
    """Counts, NaN on the days before any case was told: nobody counted then."""
    matrix = counts.counts.astype(np.float64)
    if counts.started is not None:
        matrix[:, : max(counts.column(counts.started), 0)] = np.nan
    return matrix


def _stepped(matrix: NDArray[np.float64], as_of: date, step: Step) -> tuple[NDArray[np.float64], list[date]]:
    """The matrix by day, or by seven days that end on the as-of day, and the last day of each step."""
    days = matrix.shape[1]
    if step == "day":
        return matrix, [as_of - timedelta(days=days - 1 - at) for at in range(days)]
    weeks = days // DAYS_PER_WEEK
    cut = matrix[:, days - weeks * DAYS_PER_WEEK :].reshape(len(matrix), weeks, DAYS_PER_WEEK)
    return cut.sum(axis=2), [as_of - timedelta(days=DAYS_PER_WEEK * (weeks - 1 - at)) for at in range(weeks)]


def _signal(counts: DailyCounts, name: str, row: dict[str, Any], first: date) -> Signal:
    at, cases, last = row["row"], int(row["count"]), row["date"]
    zone, daily = counts.zone(at), DETECTORS[name].step == "day"
    # A reader is told the most that is still usual.
    most = max(row["bound"] - 1, 0.0) if name in _BOUND_ALARMS else row["bound"]
    facts: dict[str, str | int | float] = {"cases": cases, "day": str(last), "bound": most}
    if row["expected"] is not None:
        facts["expected"] = row["expected"]
    return Signal(
        # The weeks of a detector end on the as-of day and so move with it; the week of its first day seldom changes.
        id=f"{name}:{zone or ''}:{first if daily else monday(first)}",
        detector=name,
        zone=zone,
        first_day=first,
        last_day=last,
        observed=cases,
        expected=row["expected"],
        bound=row["bound"],
        false_alarm_rate=row["false_alarm_rate"],
        severity=severity_of(cases, max(row["bound"] or 0.0, 1.0)),
        reason=_reason(row, daily=daily),
        facts=facts,
        evidence=counts.evidence(at, first, last),
        p=row["p"],
    )


def _reason(row: dict[str, Any], *, daily: bool) -> str:
    # What adds up over steps may alarm at a count below the usual one: EARS C3 over three days, a CUSUM over weeks.
    summed = row["expected"] is not None and row["bound"] is not None and row["bound"] < row["expected"]
    if summed and daily:
        return "{cases} {cases:case was|cases were} told on {day}, and the two days before were well above their usual."
    if summed or row["expected"] is None:
        return "{cases} {cases:case was|cases were} told up to {day}; more than {bound} is unusual."
    if daily:
        return "{cases} {cases:case was|cases were} told on {day}; {expected} would be usual, more than {bound} is not."
    return (
        "{cases} {cases:case was|cases were} told in the seven days up to {day}; {expected} would be usual, "
        "more than {bound} is not."
    )
