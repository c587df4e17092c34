"""Capacity of the facilities on record, day by day."""

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis

Floats = NDArray[np.float64]
# Resource -> column of the table of facilities, and the kinds that count.
_COLUMN = {
    "hospital_bed": ("beds", ("hospital", "clinic")),
    "icu_bed": ("icu_beds", None),
    "shelter_bed": ("beds", ("shelter_hospital",)),
    "quarantine_room": ("rooms", None),
    "tests": ("tests_per_day", None),
    "sampler": ("staff", ("sampling_site",)),
}


def capacity(basis: Basis, resource: str) -> Floats | None:
    """Capacity on each day of the horizon; a facility that is not open yet joins after its lead time.

    Parameters
    ----------
    basis : Basis
        Facilities, and the days.
    resource : str
        hospital_bed | icu_bed | shelter_bed | quarantine_room | tests | sampler.

    Returns
    -------
    numpy.ndarray[float64], shape (H,), or None
        None where no facility on record states it.
    """
    column, kinds = _COLUMN[resource]
    stated = _stated(basis, column, kinds)
    if stated.is_empty():
        return None
    opens = stated["lead_time_days"].fill_null(0).to_numpy()
    amount = stated[column].to_numpy().astype(np.float64)
    return np.array([amount[opens <= ahead].sum() for ahead in range(basis.horizon_days)])


def today(capacities: Floats | None) -> float | None:
    """Capacity on the as-of day."""
    return None if capacities is None or not len(capacities) else float(capacities[0])


def _stated(basis: Basis, column: str, kinds: Collection[str] | None) -> pl.DataFrame:
    facilities = basis.known.table("facilities").filter(pl.col(column).is_not_null())
    if kinds is None:
        return facilities
    return facilities.filter(pl.col("kind").cast(pl.String).is_in(list(kinds)))
