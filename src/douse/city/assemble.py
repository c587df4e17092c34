"""A `City` out of its people and groups."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.counts import widths
from douse.kernels.city_groups import seats
from douse.kernels.person_word import AGE_STEP, AGES, pack

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.uint32]


def assemble(  # noqa: PLR0913  the arrays of a city, by keyword
    *,
    age: Bytes,
    home: Bytes,
    size: Bytes,
    zone_start: Numbers,
    members: Numbers,
    group_start: Numbers,
    institution: Numbers,
    kind: Bytes,
    zone_ids: tuple[str, ...],
    zones: pl.DataFrame,
) -> City:
    """Pack the people into words; parameters as in `City`, with ages in years and the kind of each group.

    Parameters
    ----------
    age, home, size : numpy.ndarray[uint8], shape (N,)
        Age in years, position in the household, size of the household.
    kind : numpy.ndarray[uint8], shape (G + 1,)
        Kind of each group; 0 of group 0.
    """
    zone = np.repeat(np.arange(len(zone_ids), dtype=np.uint16), widths(zone_start))
    group, place = seats(members, group_start, len(age))
    band = np.minimum(age // AGE_STEP, AGES - 1).astype(np.uint8)
    word = pack(group, place, zone, band, kind[group], home, size)
    institutions = int(institution[-1]) + 1
    of_group = np.searchsorted(institution, np.arange(1, institutions))
    starts = np.r_[0, group_start[of_group], len(members)].astype(np.uint32)
    return City(word, members, group_start, institution, starts, zone_start, zone_ids, zones)
