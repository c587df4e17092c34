"""Places of a made city as a table: institutions, their rooms, and venues."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.counts import widths
from douse.city.made.numbers import MadeNumbers
from douse.city.town import numbered
from douse.kernels.person_word import CARE, HOSPITAL, KIND_AT, KIND_BITS, SCHOOL, WORK, ZONE_AT, ZONE_BITS, part

Ints = NDArray[np.int64]
_STEM = {
    SCHOOL: ("s", "school", "School"),
    WORK: ("o", "workplace", "Workplace"),
    CARE: ("c", "care_home", "Care Home"),
    HOSPITAL: ("hospital-", "hospital", "Hospital"),
}


@dataclass(frozen=True)
class MeetingPlaces:
    """Where the people of a city meet.

    Attributes
    ----------
    frame : polars.DataFrame
        The table of places: institutions, rooms of those that have several, venues.
    institution_ids : polars.Series
        Identifier of each institution; empty of institution 0.
    room_ids : polars.Series
        Identifier of the place where each group meets; empty of group 0.
    venue_ids : dict[str, polars.Series]
        Identifiers of the venues of each kind, in the order of the city.
    kind, zone : numpy.ndarray[int64], shape (I,)
        Kind and zone of each institution; -1 of institution 0.
    site : numpy.ndarray[float64], shape (Z, 2)
        Longitude and latitude of each zone; NaN where they are not known.
    """

    frame: pl.DataFrame
    institution_ids: pl.Series
    room_ids: pl.Series
    venue_ids: dict[str, pl.Series]
    kind: Ints
    zone: Ints
    site: NDArray[np.float64]


def meeting_places(city: City, group_zone: NDArray[np.int32] | None, numbers: MadeNumbers) -> MeetingPlaces:
    """List the places; `group_zone` says where each group is, else it is where most of its people live."""
    site = _sites(city)
    institutions = len(city.institution_start) - 1
    group = city.institution.astype(np.int64)
    kind, zone = np.full(institutions, -1), np.full(institutions, -1)
    word = city.word[city.members[city.group_start[1:-1]]]  # the first of each group
    kind[group[1:]] = part(word, KIND_AT, KIND_BITS)
    zone[group[1:]] = _most(city)[group[1:]] if group_zone is None else group_zone[1:]
    number = np.arange(len(group)) - np.searchsorted(group, group)
    rooms = np.bincount(group, minlength=institutions)
    of_kind = [np.flatnonzero(kind == k) for k in _STEM]
    names = pl.Series([None], dtype=pl.String).new_from_index(0, institutions)
    ids, words, titles = names.clone(), names.clone(), names.clone()
    for (stem, word_for, title), which in zip(_STEM.values(), of_kind, strict=True):
        if len(which) == 0:
            continue
        digits = 1 if stem.endswith("-") else 6
        ids = ids.scatter(which, numbered(stem, len(which), digits))
        words = words.scatter(which, pl.Series([word_for]).new_from_index(0, len(which)))
        titles = titles.scatter(which, numbered(f"{title} ", len(which), 1))
    of = pl.DataFrame({"institution": group, "number": number + 1}).with_columns(
        id=ids.gather(group), several=pl.Series(rooms[group] > 1)
    )
    room_ids = of.select(pl.when("several").then(pl.format("{}-{}", "id", "number")).otherwise("id").alias("room"))[
        "room"
    ]
    zone_ids = pl.Series(city.zone_ids, dtype=pl.String)
    whole = np.flatnonzero(kind >= 0)
    size = widths(city.institution_start)
    parts = [_rows(ids.gather(whole), titles.gather(whole), words.gather(whole), zone[whole], size[whole])]
    inner = np.flatnonzero((rooms[group] > 1) & (np.arange(len(group)) > 0))
    named = pl.select(pl.format("{}, room {}", titles.gather(group[inner]), pl.Series(number[inner] + 1))).to_series()
    people = widths(city.group_start)
    parts.append(_rows(room_ids.gather(inner), named, words.gather(group[inner]), zone[group[inner]], people[inner]))
    venue_ids = {}
    for venue in numbers.base.venues:
        many = max(1, round(len(city) / venue.people_per_venue.value))
        where = np.searchsorted(city.zone_start, (np.arange(many) + 0.5) * len(city) / many, side="right") - 1
        venue_ids[venue.kind] = numbered(f"v{venue.kind[:2]}", many, 6)
        what = pl.Series([venue.kind]).new_from_index(0, many)
        room = np.full(many, int(venue.staff.value * 20))
        parts.append(_rows(venue_ids[venue.kind], numbered(f"{venue.name} ", many, 1), what, where, room))
    frame = pl.concat(parts)
    at = frame["at"].to_numpy()
    frame = frame.select(
        "place_id",
        "name",
        "kind",
        pl.Series("zone", zone_ids.gather(at)),
        pl.Series("latitude", site[at, 1], nan_to_null=True),
        pl.Series("longitude", site[at, 0], nan_to_null=True),
        "capacity",
    )
    return MeetingPlaces(frame, ids, room_ids, venue_ids, kind, zone, site)


def _rows(ids: pl.Series, names: pl.Series, kinds: pl.Series, at: Ints, capacity: Ints) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "place_id": ids,
            "name": names,
            "kind": kinds,
            "at": at.astype(np.int64),
            "capacity": capacity.astype(np.int64),
        },
        schema_overrides={"place_id": pl.String, "name": pl.String, "kind": pl.String},
    )


def _sites(city: City) -> NDArray[np.float64]:
    ids = pl.DataFrame({"zone_id": pl.Series(city.zone_ids, dtype=pl.String)})
    if not {"latitude", "longitude"} <= set(city.zones.columns):
        return np.full((len(ids), 2), np.nan)
    table = city.zones.select(
        pl.col("zone_id").cast(pl.String), pl.col("longitude", "latitude").cast(pl.Float64, strict=False)
    )
    found = ids.join(table, on="zone_id", how="left", maintain_order="left")
    return found.select("longitude", "latitude").to_numpy()


def _most(city: City) -> Ints:
    """Zone where most people of each institution live; -1 of institution 0."""
    size = widths(city.institution_start)
    zone = part(city.word[city.members], ZONE_AT, ZONE_BITS).astype(np.int32)
    most = (
        pl.DataFrame({"institution": np.repeat(np.arange(len(size), dtype=np.int32), size), "zone": zone})
        .group_by("institution", "zone")
        .len()
        .sort("institution", "len", "zone", descending=[False, True, False])
        .unique("institution", keep="first", maintain_order=True)
    )
    found = np.full(len(size), -1)
    found[most["institution"].to_numpy()] = most["zone"].to_numpy()
    return found
