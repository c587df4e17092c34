"""Expected cases by place and step: population over time, standardised by covariates."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.scan_inputs import Calendar, Study

Floats = NDArray[np.float64]


def person_time(census: Floats, people: Floats, edges: Floats) -> Floats:
    """Integral of a population that changes in straight lines between its census days.

    Before the first census and after the last the population stays as counted there (SaTScan User Guide 10.3,
    population file).

    Parameters
    ----------
    census : numpy.ndarray[float64], shape (P,)
        Days, rising.
    people : numpy.ndarray[float64], shape (..., P)
        Persons on those days.
    edges : numpy.ndarray[float64], shape (T + 1,)
        Day on which each step begins, and the day after the last.

    Returns
    -------
    numpy.ndarray[float64], shape (..., T)
        Person-days of each step.
    """
    bends = np.unique(np.concatenate([edges, census[(census > edges[0]) & (census < edges[-1])]]))
    # weight of each census in the population on each bend
    unit = np.stack([np.interp(bends, census, row) for row in np.eye(len(census))])
    parts = np.diff(bends) * (unit[:, 1:] + unit[:, :-1]) / 2
    weights = np.add.reduceat(parts, np.searchsorted(bends, edges[:-1]), axis=1)
    lived: Floats = people @ weights
    return lived


def expected_cases(study: Study, population: pl.DataFrame, covariates: Sequence[str]) -> Floats:
    """Cases to expect if each covariate class had one rate everywhere and always (indirect standardisation).

    Parameters
    ----------
    study : Study
        Cases, with the covariates as columns of `cells`.
    population : polars.DataFrame
        Columns zone, population and the covariates; with date (or year, taken for its 1 July, as SaTScan does) where
        the population changes. Rows of a zone, date and class are added up.
    covariates : sequence of str
        Columns that make a class.

    Returns
    -------
    numpy.ndarray[float64], shape (S, T)
        Their sum is the number of cases.

    Raises
    ------
    UsageError
        When a column is missing, a population is negative, or cases have no population.
    """
    frame = _census(study, population, covariates)
    days = np.array(sorted(set(frame["census"].to_list())), dtype=np.float64)
    classes = frame.select(covariates).unique(maintain_order=True).with_row_index("class") if covariates else None
    people = np.zeros((1 if classes is None else classes.height, study.shape[0], len(days)))
    code = _class(frame, classes, covariates)
    np.add.at(
        people,
        (code, frame["site"].to_numpy(), np.searchsorted(days, frame["census"].to_numpy())),
        frame["population"].to_numpy(),
    )
    present = np.zeros(people.shape, bool)
    present[code, frame["site"].to_numpy(), np.searchsorted(days, frame["census"].to_numpy())] = True
    for at in zip(*np.nonzero(present.any(2) & ~present.all(2)), strict=True):
        # a census that leaves a zone out does not say that nobody lives there
        people[at] = np.interp(days, days[present[at]], people[at][present[at]])
    lived = person_time(days, people, _edges(study.calendar))
    cases = np.zeros(len(lived))
    np.add.at(cases, _class(study.cells, classes, covariates), study.cells["count"].to_numpy())
    total = lived.sum(axis=(1, 2))
    if ((cases > 0) & (total <= 0)).any():
        raise UsageError("Cases of a class have no population.", next_step="Add the population of that class.")
    rate = np.divide(cases, total, out=np.zeros_like(cases), where=total > 0)
    expected: Floats = np.einsum("c,cst->st", rate, lived)
    if ((expected <= 0) & (study.matrix("count") > 0)).any():
        raise UsageError("A zone with cases has no population.", next_step="Add its population, or leave model unset.")
    return expected


def _census(study: Study, population: pl.DataFrame, covariates: Sequence[str]) -> pl.DataFrame:
    missing = [name for name in ("zone", "population", *covariates) if name not in population.columns]
    if missing:
        raise UsageError(f"The population has no column {missing[0]}.", allowed="zone, date or year, population")
    order = {zone: int(study.site[i]) for i, zone in enumerate(study.zones)}
    frame = population.with_columns(
        site=pl.col("zone").cast(pl.String).replace_strict(order, default=None, return_dtype=pl.Int64),
        population=pl.col("population").cast(pl.Float64),
        census=_day(population),
    ).filter(pl.col("site").is_not_null())
    values = frame["population"]
    if frame.is_empty() or values.null_count() or not values.is_finite().all() or (values < 0).any():
        raise UsageError("A population is empty, negative or not a number.", allowed="0 or more, for each zone")
    return frame


def _day(population: pl.DataFrame) -> pl.Expr:
    if "date" in population.columns and population.schema["date"] == pl.Date:
        return pl.col("date").cast(pl.Int32).cast(pl.Float64)
    if "date" in population.columns:
        return pl.col("date").cast(pl.Float64)
    if "year" in population.columns:
        return pl.date(pl.col("year"), 7, 1).cast(pl.Int32).cast(pl.Float64)
    return pl.lit(0.0)


def _edges(calendar: Calendar) -> Floats:
    begun = [calendar.begin(step) for step in range(calendar.steps)]
    if isinstance(calendar.last, date):
        epoch = date(1970, 1, 1).toordinal()
        days = [day.toordinal() - epoch for day in begun if isinstance(day, date)]
        return np.array([*days, calendar.last.toordinal() - epoch + 1], dtype=np.float64)
    return np.array([*begun, calendar.last + 1], dtype=np.float64)


def _class(frame: pl.DataFrame, classes: pl.DataFrame | None, covariates: Sequence[str]) -> NDArray[np.int64]:
    if classes is None:
        return np.zeros(frame.height, np.int64)
    found = frame.select(covariates).join(classes, on=list(covariates), how="left", maintain_order="left")["class"]
    if found.null_count():
        raise UsageError("A case has covariates that no population has.", next_step="Add the population of that class.")
    return found.to_numpy().astype(np.int64)
