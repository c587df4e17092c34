"""`VisitIndex`: parts and names, and which places are crowded on which day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import visit_build, visit_parts
from douse.tracing.index.names import Names
from douse.tracing.index.part import BUSY_FROM, Part, address_table

Codes = NDArray[np.int32]
FACTS = {"place": pl.String(), "kind": pl.String(), "zone": pl.String(), "latitude": pl.Float64(),
         "longitude": pl.Float64()}  # fmt: skip


@dataclass(frozen=True, eq=False)
class VisitIndex:
    """All visits, in memory or on disk.

    Parameters
    ----------
    persons, places : Names
    parts : tuple of Part
        By day; of one day in the order in which they came.
    facts : polars.DataFrame
        place, kind, zone, latitude, longitude, as far as visits say; one row a place.
    """

    persons: Names
    places: Names
    parts: tuple[Part, ...]
    facts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FACTS))

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @cached_property
    def addresses(self) -> NDArray[np.int64]:
        """Table of addresses of all parts."""
        return address_table(self.parts)

    @cached_property
    def crowds(self) -> "Crowds":
        """Which places are crowded when."""
        return Crowds(self)


class Crowds:
    """Places with more visits than a limit that began on a day, as of another day."""

    def __init__(self, index: VisitIndex) -> None:
        self._index = index
        self.of = lru_cache(maxsize=8)(self._of)

    def _of(self, limit: int, today: int) -> tuple[Codes, NDArray[np.int64]]:
        """Crowded places of each part, ascending, as one array and where each part's begin.

        Parts of one day share theirs.
        """
        by_day: dict[int, Codes] = {}
        for part in self._index.parts:
            if part.day not in by_day:
                same_day = [other for other in self._index.parts if other.day == part.day]
                by_day[part.day] = self._crowded_on(same_day, limit, today)
        each = [by_day[part.day] for part in self._index.parts]
        start = np.concatenate([[0], np.cumsum([len(codes) for codes in each], dtype=np.int64)]).astype(np.int64)
        return np.concatenate([np.empty(0, dtype=np.int32), *each]).astype(np.int32), start

    def visits(self, day: int, place: int, today: int) -> int:
        """Visits that began at a place on a day."""
        return int(_counts([part for part in self._index.parts if part.day == day], np.array([place]), today)[0])

    @staticmethod
    def _crowded_on(parts: Sequence[Part], limit: int, today: int) -> Codes:
        if limit >= BUSY_FROM and len(parts) == 1:
            may_be = parts[0].busy[parts[0].busy[:, 2] > limit, 0]
        elif limit >= BUSY_FROM:
            # A crowd may come together from parts that are none: look at all places of the smaller ones.
            largest = max(parts, key=len)
            rest = [np.unique(part.records[:, visit_parts.PLACE]) for part in parts if part is not largest]
            may_be = np.unique(np.concatenate([largest.busy[:, 0], *rest]))
        else:
            may_be = np.unique(np.concatenate([np.unique(part.records[:, visit_parts.PLACE]) for part in parts]))
        if all(part.day + part.told <= today for part in parts) and len(parts) == 1 and limit >= BUSY_FROM:
            return np.sort(may_be).astype(np.int32)
        return np.sort(may_be[_counts(parts, may_be, today) > limit]).astype(np.int32)


def _counts(parts: Sequence[Part], places: NDArray[np.integer], today: int) -> NDArray[np.int64]:
    """Visits of some places in parts of one day, told by a day."""
    total = np.zeros(len(places), dtype=np.int64)
    for part in parts:
        table = address_table([part])
        for at, place in enumerate(places):
            first, end = visit_parts.place_rows(table, 0, int(place))
            total[at] += visit_build.visible(part.records[first:end], today - part.day)
    return total
