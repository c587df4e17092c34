"""What a scan reads: counts on one calendar and zones on one map, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.signals.series import series_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Step = Literal["day", "week", "month", "year"]
Moment = date | int
# Days of a step; a year of 365.25 days as SaTScan takes it for recurrence intervals.
DAYS: dict[Step, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


@dataclass(frozen=True)
class Calendar:
    """Steps 0 .. T - 1 of a study, oldest first; whole numbers are steps of their own unit.

    Attributes
    ----------
    first, last : datetime.date or int
        First and last day of the study.
    step : {"day", "week", "month", "year"}
        Unit; "day" where times are whole numbers.
    """

    first: Moment
    last: Moment
    step: Step

    @property
    def steps(self) -> int:
        """Number of steps."""
        return int(self.column(pl.Series([self.last]))[0]) + 1

    @property
    def days_a_step(self) -> float:
        """Days of a step; 1 for whole numbers, whose unit is not known."""
        return DAYS[self.step]

    def column(self, days: pl.Series) -> Ints:
        """Step of each day; below 0 or beyond the last for days outside the study."""
        if not isinstance(self.first, date):
            return days.to_numpy().astype(np.int64) - self.first
        if self.step in ("year", "month"):
            year, month = days.dt.year().to_numpy().astype(np.int64), days.dt.month().to_numpy().astype(np.int64)
            if self.step == "year":
                return year - self.first.year
            return (year - self.first.year) * 12 + month - self.first.month
        apart = days.cast(pl.Int32).to_numpy().astype(np.int64) - (self.first - date(1970, 1, 1)).days
        return apart // int(DAYS[self.step])

    def begin(self, step: int) -> Moment:
        """First day of a step; that of step T is the day after the study at the latest."""
        if not isinstance(self.first, date):
            return self.first + step
        if self.step == "year":
            begun = date(self.first.year + step, 1, 1)
        elif self.step == "month":
            month = self.first.month - 1 + step
            begun = date(self.first.year + month // 12, month % 12 + 1, 1)
        else:
            begun = self.first + timedelta(days=int(DAYS[self.step]) * step)
        return max(begun, self.first)

    def end(self, step: int) -> Moment:
        """Last day of a step."""
        if not isinstance(self.first, date) or not isinstance(self.last, date):
            return self.begin(step)
        after = self.begin(step + 1)
        return min(after - timedelta(days=1), self.last)  # type: ignore[operator]  # both are dates


@dataclass(frozen=True)
class Study:
    """Counts by place and step.

    Attributes
    ----------
    calendar : Calendar
        Steps.
    zones : list of str
        Zones, sorted; Z of them.
    site : numpy.ndarray[int64], shape (Z,)
        Place of each zone: zones with the same coordinates share one.
    positions : numpy.ndarray[float64], shape (S, 2 or 3)
        Where each place is: x, y; or a point on the unit sphere.
    sphere : bool
        Whether positions are points on the sphere.
    cells : polars.DataFrame
        Columns site, zone_at, column, count, controls and the covariates: one row a row given, within the study.
    """

    calendar: Calendar
    zones: list[str]
    site: Ints
    positions: Floats
    sphere: bool
    cells: pl.DataFrame

    @property
    def shape(self) -> tuple[int, int]:
        """Places and steps."""
        return len(self.positions), self.calendar.steps

    def matrix(self, name: str) -> Ints:
        """Sum of a column by place and step, shape (S, T)."""
        found = np.zeros(self.shape, np.int64)
        np.add.at(found, (self.cells["site"].to_numpy(), self.cells["column"].to_numpy()), self.cells[name].to_numpy())
        return found

    def members(self, sites: Sequence[int]) -> list[str]:
        """Zones of places, in the order of the places."""
        return [self.zones[z] for s in sites for z in np.flatnonzero(self.site == s)]


def read_study(  # noqa: PLR0913  what makes a study
    counts: pl.DataFrame,
    zones: pl.DataFrame,
    *,
    covariates: Sequence[str] = (),
    controls: bool = False,
    step: Step | None = None,
    first: Moment | None = None,
    last: Moment | None = None,
    placed: bool = True,
) -> Study:
    """Put counts on a calendar and zones on a map (`placed`), or in a list (places 0, 1, 2, ...).

    A zone and date without a row, or without a count, has no cases. Rows of a zone and date are added up.

    Raises
    ------
    UsageError
        When a column is missing, a count is negative or broken, a date lies outside the study or a zone has no place.
    """
    frame = _counts(counts, covariates, controls=controls)
    calendar = _calendar(frame, step, first, last)
    names, positions, sphere = places(zones) if placed else _listed(zones)
    order = {zone: i for i, zone in enumerate(names)}
    at = frame["zone"].replace_strict(order, default=None, return_dtype=pl.Int64)
    if at.null_count():
        raise UsageError(
            "A zone of the counts is not among the zones, or has no coordinates there.",
            allowed="each zone of the counts among the zones, with latitude and longitude, or x and y",
            next_step="Add it with its coordinates, or scan the zone tree (shape='tree').",
        )
    unique, site = np.unique(positions, axis=0, return_inverse=True)
    # places in the order of their first zone, so that equal windows are told apart by name
    rank = np.unique(site, return_index=True)[1].argsort().argsort()
    place = rank[site.reshape(-1)]
    spots = np.empty_like(unique)
    spots[rank] = unique
    column = calendar.column(frame["date"])
    if len(column) and (column.min() < 0 or column.max() >= calendar.steps):
        raise UsageError(
            "A row of the counts lies outside the study.",
            allowed="dates from first to last",
            next_step="Leave such rows out, or widen first and last.",
        )
    cells = frame.with_columns(zone_at=at, site=pl.Series(place[at.to_numpy()]), column=pl.Series(column))
    return Study(calendar, names, place, spots, sphere, cells)


def named_zones(zones: pl.DataFrame) -> pl.DataFrame:
    """Zones with their names as text in the column zone (zone_id is taken for it), sorted."""
    frame = zones.rename({"zone_id": "zone"}) if "zone" not in zones.columns and "zone_id" in zones.columns else zones
    if "zone" not in frame.columns:
        raise UsageError("The zones have no column zone.", allowed="zone, or zone_id")
    frame = frame.with_columns(pl.col("zone").cast(pl.String)).sort("zone")
    if frame["zone"].is_duplicated().any():
        raise UsageError("A zone stands twice among the zones.", allowed="one row a zone")
    return frame


def has_places(zones: pl.DataFrame) -> bool:
    """Whether every zone has coordinates."""
    for axes in (["latitude", "longitude"], ["x", "y"]):
        if set(axes) <= set(zones.columns):
            return not any(zones[axis].null_count() for axis in axes)
    return False


def places(zones: pl.DataFrame) -> tuple[list[str], Floats, bool]:
    """Zones sorted by name, their positions, and whether these lie on the sphere."""
    frame = named_zones(zones)
    axes = ["latitude", "longitude"] if "latitude" in frame.columns else ["x", "y"]
    if not set(axes) <= set(frame.columns):
        raise UsageError("The zones have no coordinates.", allowed="columns latitude and longitude, or x and y")
    frame = frame.drop_nulls(axes)
    at = frame.select(axes).to_numpy().astype(np.float64)
    if not np.isfinite(at).all():
        raise UsageError("A coordinate of a zone is not a number.", next_step="Correct it, or leave the zone out.")
    if axes[0] == "x":
        return frame["zone"].to_list(), at, False
    latitude, longitude = np.radians(at).T
    level = np.cos(latitude)
    sphere = np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1)
    return frame["zone"].to_list(), sphere, True


def _listed(zones: pl.DataFrame) -> tuple[list[str], Floats, bool]:
    names = named_zones(zones)["zone"].to_list()
    return names, np.arange(len(names), dtype=np.float64)[:, None], False


def _counts(counts: pl.DataFrame, covariates: Sequence[str], *, controls: bool) -> pl.DataFrame:
    wanted = ["zone", "date", "count", *covariates, *(["controls"] if controls else [])]
    missing = [name for name in wanted if name not in counts.columns]
    if missing:
        raise UsageError(f"The counts have no column {missing[0]}.", allowed=", ".join(wanted))
    frame = counts.select(wanted).with_columns(pl.col("zone").cast(pl.String))
    if not controls:
        frame = frame.with_columns(controls=pl.lit(0, pl.Int64))
    kind = frame.schema["date"]
    if kind != pl.Date and not kind.is_integer():
        raise UsageError("The column date of the counts does not hold dates.", allowed="dates, or whole numbers")
    if frame["zone"].null_count() or frame["date"].null_count():
        raise UsageError("A row of the counts has no zone or no date.", next_step="Leave such rows out.")
    for name in ("count", "controls"):
        values = frame[name].cast(pl.Float64).fill_null(0.0)
        if not values.is_finite().all() or (values < 0).any() or (values != values.floor()).any():
            raise UsageError(f"The column {name} of the counts does not hold counts.", allowed="0, 1, 2, ...")
    return frame.with_columns(pl.col("count", "controls").cast(pl.Int64).fill_null(0))


def _calendar(frame: pl.DataFrame, step: Step | None, first: Moment | None, last: Moment | None) -> Calendar:
    if step is not None and step not in DAYS:
        raise UsageError("The step of a scan is not known.", allowed=", ".join(DAYS))
    days = frame["date"]
    if frame.is_empty() and (first is None or last is None):
        first, last = date(1970, 1, 1), date(1970, 1, 1)
    begin: Moment = days.min() if first is None else first  # type: ignore[assignment]
    end: Moment = days.max() if last is None else last  # type: ignore[assignment]
    if len(days) and isinstance(begin, date) != (days.dtype == pl.Date):
        raise UsageError(
            "first or last is not of the kind of the dates.", allowed="dates with dates, numbers with numbers"
        )
    if end < begin:  # type: ignore[operator]
        raise UsageError("The study ends before it begins.", allowed="first on or before last")
    if step is None:
        step = "day"
        if isinstance(begin, date) and len(days):
            step = series_of(frame.select("date", zone=pl.lit("all"), count=pl.lit(0)).unique()).step
    return Calendar(begin, end, step)
