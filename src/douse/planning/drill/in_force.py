"""What was approved, as the table of measures and as a run takes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.planning.drill.setting import whole_rows
from douse.records.measure import Measure
from douse.simulation.orders import ON_ZONES, bits_of, zones_within
from douse.simulation.zoning import Order

_APPROVED = time(18)  # of the day before a measure begins


@dataclass
class _Kept:
    """One row of the table."""

    id: str
    measure: Measure
    start: date
    expires_on: date
    approved: datetime
    ended_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.start <= day <= self.expires_on and (self.ended_on is None or day <= self.ended_on)


@dataclass
class InForce:
    """Measures on the zones of a city, as they were approved."""

    city: City
    protocol: str
    rows: list[_Kept] = field(default_factory=list)
    _within: dict[str | None, NDArray[np.int64]] = field(default_factory=dict)

    def apply(self, measures: Sequence[Measure], today: date) -> bool:
        """Take what is to hold from tomorrow on; end what is left out. Whether anything is other than before."""
        tomorrow = today + timedelta(days=1)
        wanted: dict[tuple[object, ...], Measure] = {}
        for measure in measures:
            if measure.kind in ON_ZONES and measure.level != "open":
                wanted.setdefault(_what(measure), measure)
        changed = False
        for row in self.rows:
            what = _what(row.measure)
            if row.measure.kind == "screening" and row.start <= today:
                wanted.pop(what, None)  # it took place
            elif row.ended_on is None and row.expires_on >= tomorrow and wanted.pop(what, None) is None:
                row.ended_on, changed = today, True
        for measure in wanted.values():
            start = max(measure.start, tomorrow)
            row_id = f"m{len(self.rows) + 1:04d}"
            expires = max(start, measure.expires_on) if measure.kind != "screening" else start
            self.rows.append(_Kept(row_id, measure, start, expires, datetime.combine(today, _APPROVED)))
            changed = True
        return changed

    def _zones(self, zone: str | None) -> NDArray[np.int64]:
        if zone not in self._within:
            self._within[zone] = zones_within(self.city, zone)
        return self._within[zone]

    def orders(self, first: date, today: date) -> tuple[Order, ...]:
        """What holds on some day after `today`, by the days of a run that began on `first`."""
        return tuple(
            Order(
                self._zones(row.measure.zone),
                bits_of(row.measure.kind, row.measure.level, row.measure.closed),
                (row.start - first).days,
                (row.expires_on - first).days,
                screening=row.measure.kind == "screening",
            )
            for row in self.rows
            if row.ended_on is None and row.expires_on > today
        )

    def table(self) -> pl.DataFrame:
        """The table of measures."""
        rows = self.rows
        frame = pl.DataFrame(
            {
                "record_id": [row.id for row in rows],
                "recorded_at": [row.approved for row in rows],
                "measure_id": [row.id for row in rows],
                "kind": [row.measure.kind for row in rows],
                "zone": [row.measure.zone for row in rows],
                "level": [row.measure.level for row in rows],
                "closed": [row.measure.closed for row in rows],
                "start": [row.start for row in rows],
                "review_on": [max(row.start, row.measure.review_on) for row in rows],
                "expires_on": [row.expires_on for row in rows],
                "ended_on": [row.ended_on for row in rows],
                "protocol": [self.protocol for _ in rows],
            },
            schema_overrides={
                "recorded_at": pl.Datetime("us"), "zone": pl.String, "level": pl.String, "closed": pl.String,
                "start": pl.Date, "review_on": pl.Date, "expires_on": pl.Date, "ended_on": pl.Date,
                "record_id": pl.String, "measure_id": pl.String, "kind": pl.String, "protocol": pl.String,
            },
        )  # fmt: skip
        return whole_rows("measures", frame)


def _what(measure: Measure) -> tuple[object, ...]:
    """What makes two measures of two days one: a round is told from another by the day for which it was proposed."""
    return (
        measure.kind,
        measure.zone,
        measure.level,
        measure.closed,
        measure.start if measure.kind == "screening" else None,
    )
