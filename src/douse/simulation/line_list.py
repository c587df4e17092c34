"""The cases of a run as a health department would report them: a table of cases, and who infected whom behind it."""

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from douse.city.residents_of import named
from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import LAYERS
from douse.kernels.person_word import AGE_AT, AGE_BITS, AGE_STEP, ZONE_AT, ZONE_BITS, part
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import HISTORY

FOUND_BY = ("symptoms", "contact_tracing", "screening", "entry_screening")
_MORNING = time(9)


def line_list(run: Outbreak, first: date, *, real: bool = False) -> pl.DataFrame:
    """Cases that were found, in the order of their results, with the columns of the table of cases.

    Parameters
    ----------
    run : Outbreak
        As far as it has come.
    first : date
        First day of the run.
    real : bool
        The people of the city are real: what happens to them in a run is not told of them. They get numbers in the
        order of their infections in place of their pseudonyms.

    Returns
    -------
    polars.DataFrame
        case_id, person_id, zone, age, onset, tested_at, confirmed_at, reported_at, found_by.
    """
    lines = run.lines[: run.scalars[columns.LINES]].astype(np.int64)
    person = lines[:, columns.L_PERSON]
    word = run.scenario.city.word[person]
    zone = part(word, ZONE_AT, ZONE_BITS)
    age = part(word, AGE_AT, AGE_BITS) * AGE_STEP + AGE_STEP // 2
    zones = pl.Series(run.scenario.city.zone_ids, dtype=pl.String)
    sampled, confirmed = (_moments(lines[:, column], first) for column in (columns.L_SAMPLED, columns.L_CONFIRMED))
    return pl.DataFrame(
        {
            "case_id": [f"sim{number:06d}" for number in range(1, len(lines) + 1)],
            "person_id": _names(run, person, real=real),
            "zone": zones.gather(zone),
            "age": age,
            "onset": pl.Series(_days(lines[:, columns.L_ONSET], first), dtype=pl.Date),
            "tested_at": sampled,
            "confirmed_at": confirmed,
            "reported_at": confirmed,
            "found_by": [FOUND_BY[how] for how in lines[:, columns.L_FOUND]],
        }
    )


def infections(run: Outbreak, first: date, *, real: bool = False) -> pl.DataFrame:
    """Every infection of a run that kept them: who, by whom, when, in which layer; infector empty where it came in.

    Returns
    -------
    polars.DataFrame
        date, person_id, infector, layer.
    """
    end = int(run.log_end[run.day])
    log = run.log[:end].astype(np.int64)
    day = np.searchsorted(run.log_end, np.arange(end), side="right") - 1
    came_in = pl.Series(log[:, 0] == log[:, 1])
    layer = pl.Series([LAYERS[at] for at in log[:, 2] & 7], dtype=pl.String)
    return pl.DataFrame(
        {
            "date": pl.Series(_days(day, first), dtype=pl.Date),
            "person_id": _names(run, log[:, 0], real=real),
            "infector": _names(run, log[:, 1], real=real),
            "layer": layer,
        }
    ).with_columns(pl.when(came_in).then(None).otherwise(pl.col("infector", "layer")).name.keep())


def _names(run: Outbreak, people: np.ndarray, *, real: bool) -> pl.Series:
    if not real:
        return named(run.scenario.city, pl.Series(people))
    infected, first = np.unique(run.log[: run.log_end[run.day], 0], return_index=True)
    number = np.argsort(np.argsort(first))[np.searchsorted(infected, people)] + 1
    return pl.Series(number, dtype=pl.Int64).cast(pl.String).str.zfill(6).str.replace("^", "s")


def _days(days: np.ndarray, first: date) -> list[date | None]:
    return [None if day < 0 else first + timedelta(days=int(day) - HISTORY) for day in days]


def _moments(days: np.ndarray, first: date) -> pl.Series:
    moments = [None if day is None else datetime.combine(day, _MORNING) for day in _days(days, first)]
    return pl.Series(moments, dtype=pl.Datetime("us"))
