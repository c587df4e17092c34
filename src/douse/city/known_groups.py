"""Groups of the people in the records: who learns, works and is cared for with whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.made.numbers import MadeNumbers
from douse.errors import DataError
from douse.kernels.person_word import CARE, HOSPITAL, LARGEST_GROUP, MOST_GROUPS, NO_GROUP, SCHOOL, WORK
from douse.records.records import Records

Numbers = NDArray[np.uint32]
_KIND = {"home": NO_GROUP, "school": SCHOOL, "hospital": HOSPITAL, "clinic": HOSPITAL, "care_home": CARE}
_FACILITY = {"hospital": HOSPITAL, "shelter_hospital": HOSPITAL, "clinic": HOSPITAL}


@dataclass(frozen=True)
class KnownGroups:
    """Groups of a city of G groups; as in `City`, with the kind of each.

    Attributes
    ----------
    members, group_start, institution : numpy.ndarray[uint32]
        As in `City`.
    kind : numpy.ndarray[uint8], shape (G + 1,)
        Kind of each group; 0 of group 0.
    """

    members: Numbers
    group_start: Numbers
    institution: Numbers
    kind: NDArray[np.uint8]


def groups_of(placed: pl.DataFrame, known: Records, age: NDArray[np.uint8], numbers: MadeNumbers) -> KnownGroups:
    """Groups by daytime place and group; a place is an institution. Who is alone in a group has none.

    Parameters
    ----------
    placed : polars.DataFrame
        People in the order of the city.
    known : Records
        What was known.
    age : numpy.ndarray[uint8], shape (N,)
        Ages in years: pupils without groups are put into classes by age.
    numbers : MadeNumbers
        Sizes of classes, rooms, wards and units.

    Raises
    ------
    DataError
        When there are more groups than a person's word can name.
    """
    kinds = _kinds(known)
    going = (
        placed.select(
            "daytime_place", "group", person=pl.int_range(pl.len(), dtype=pl.UInt32), age=pl.Series(age), zone="zone"
        )
        .filter(pl.col("daytime_place").is_not_null())
        .join(kinds, on="daytime_place", how="left", maintain_order="left")
        .with_columns(pl.col("kind").fill_null(WORK))
        .filter(pl.col("kind") != NO_GROUP)
    )
    size = pl.lit(pl.Series(_sizes(numbers))).gather(pl.col("kind"))
    by_age = pl.when(pl.col("kind") == SCHOOL).then(pl.col("age")).otherwise(0)
    whole = ["kind", "near", "daytime_place", "group"]
    # Institutions of near people stand near each other.
    going = (
        going.with_columns(near=pl.col("zone").median().over("daytime_place"), by_age=by_age)
        .sort(*whole, "by_age", "person", nulls_last=True)
        .with_columns(number=pl.int_range(pl.len()).over(whole), several=pl.len().over(whole))
        .with_columns(parts=_parts(pl.col("several"), size))
        .with_columns(part=pl.col("number") * pl.col("parts") // pl.col("several"))
        .filter(pl.len().over(*whole, "part") > 1)
    )
    number = going.select(at=pl.struct("daytime_place", "group", "part").rle_id())["at"].to_numpy().astype(np.int64)
    groups = int(number[-1]) + 1 if len(number) else 0
    if groups > MOST_GROUPS:
        raise DataError(
            f"The people belong to {groups:,} groups.",
            allowed=f"at most {MOST_GROUPS:,}",
            next_step="Leave out the column group, or take a part of the area.",
        )
    count = np.bincount(number, minlength=groups)
    start = np.r_[0, 0, np.cumsum(count)].astype(np.uint32)
    first = start[1:-1].astype(np.int64)
    place = going["daytime_place"].rle_id().to_numpy()[first].astype(np.int64)
    kind = going["kind"].to_numpy()[first]
    return KnownGroups(
        going["person"].to_numpy(writable=True),
        start,
        np.r_[0, place + 1].astype(np.uint32),
        np.r_[0, kind].astype(np.uint8),
    )


def _parts(several: pl.Expr, size: pl.Expr) -> pl.Expr:
    """Groups to cut into: one where there are named groups, unless they are too large for a group."""
    wanted = (several / size).round().clip(1)
    named = (several / LARGEST_GROUP).ceil()
    return pl.when(pl.col("group").is_null()).then(wanted).otherwise(named).cast(pl.Int64)


def _sizes(numbers: MadeNumbers) -> list[int]:
    """People wanted in a group without a name, by kind."""
    sizes = [1] * 5
    sizes[SCHOOL] = int(max(school.class_size.value for school in numbers.base.schools))
    sizes[WORK] = int(numbers.base.work.room_largest.value)
    care = numbers.made.care
    sizes[CARE] = int(care.unit_size.value * (1 + care.staff.value))
    sizes[HOSPITAL] = int(numbers.made.hospitals.ward.value)
    return sizes


def _kinds(known: Records) -> pl.DataFrame:
    """Kind of group at each place and facility."""
    places = known.table("places").select(daytime_place="place_id", what=pl.col("kind").cast(pl.String))
    facilities = known.table("facilities").select(daytime_place="facility_id", what=pl.col("kind").cast(pl.String))
    named = [
        frame.select("daytime_place", kind=pl.col("what").replace_strict(words, default=WORK, return_dtype=pl.UInt8))
        for frame, words in ((places, _KIND), (facilities, _FACILITY))
    ]
    return pl.concat(named).unique("daytime_place", keep="first", maintain_order=True)
