"""Beds and rooms of the facilities that are open, and those that are taken."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.planning.basis import Basis

Ints = NDArray[np.int64]
# Kinds of bed, lowest class first, and the place of care that each is.
RESOURCES = ("quarantine_room", "shelter_bed", "hospital_bed", "icu_bed")
PLACE_OF = ("quarantine_site", "shelter_hospital", "hospital", "icu")


@dataclass(frozen=True)
class RoomLeft:
    """Facilities that are open (F), in order of identifier.

    Attributes
    ----------
    facilities : polars.DataFrame
        facility_id, zone, latitude, longitude.
    capacity, taken : numpy.ndarray[int64], shape (F, 4)
        Beds by kind of `RESOURCES`, and those that people lie in; a facility may be overfull.
    """

    facilities: pl.DataFrame
    capacity: Ints
    taken: Ints

    @property
    def free(self) -> Ints:
        """Beds that nobody lies in; shape (F, 4)."""
        free: Ints = np.maximum(self.capacity - self.taken, 0)
        return free


def room_left(basis: Basis, stays: pl.DataFrame, sharing: Set[str]) -> RoomLeft:
    """Capacity less stays; people whose facility is not on record are spread over those of their kind in proportion.

    Parameters
    ----------
    basis : Basis
        The table of facilities.
    stays : polars.DataFrame
        person, place, facility_id, one row a person.
    sharing : Set[str]
        People who lie in the room of somebody else.
    """
    facilities = open_facilities(basis)
    capacity = beds_of(facilities)
    taken = np.zeros_like(capacity)
    position: Mapping[str, int] = {name: n for n, name in enumerate(facilities["facility_id"])}
    counts = (
        stays.filter(~pl.col("person").is_in(list(sharing)))
        .group_by("place", "facility_id")
        .len()
        .sort("place", "facility_id", nulls_last=True)
    )
    for place, facility, people in counts.iter_rows():
        if place not in PLACE_OF:
            continue
        kind = PLACE_OF.index(place)
        if facility in position:
            taken[position[facility], kind] += people
        elif facility is None:
            taken[:, kind] += _spread(people, np.maximum(capacity - taken, 0)[:, kind])
    return RoomLeft(facilities, capacity, taken)


def open_facilities(basis: Basis) -> pl.DataFrame:
    """Facilities that are open today."""
    return basis.known.table("facilities").filter(pl.col("lead_time_days").fill_null(0) == 0).sort("facility_id")


def beds_of(facilities: pl.DataFrame) -> Ints:
    """Beds by kind of `RESOURCES`; shape (F, 4)."""
    kind = facilities["kind"].cast(pl.String)
    beds = facilities["beds"].fill_null(0).to_numpy()
    shelter = (kind == "shelter_hospital").to_numpy()
    hospital = kind.is_in(["hospital", "clinic"]).to_numpy()
    rooms, icu = (facilities[name].fill_null(0).to_numpy() for name in ("rooms", "icu_beds"))
    return np.stack([rooms, np.where(shelter, beds, 0), np.where(hospital, beds, 0), icu], axis=1).astype(np.int64)


def _spread(people: int, free: Ints) -> Ints:
    """People over beds in proportion, whole; what does not fit is left out."""
    total = int(free.sum())
    people = min(people, total)
    if not people:
        return np.zeros_like(free)
    exact = free * people / total
    part = np.floor(exact).astype(np.int64)
    first = np.lexsort((np.arange(len(free)), -(exact - part)))[: people - int(part.sum())]
    part[first] += 1
    return part
