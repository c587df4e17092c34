"""Named places with days, as in published routes: two points of one day that are the same place."""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.places import PRIVATE_KINDS, SETTING_OF_PLACE
from douse.tracing.stand_in import crowd_limit
from douse.tracing.together.hosts import as_exposures
from douse.tracing.together.named_days import named_days
from douse.tracing.visits import POINT_DECIMALS

# Two geocodings of one venue lie closer than this; two venues are mostly further apart.
SAME_POINT_METRES = 50.0
_METRES_PER_DEGREE = 111_195.0
# Cells for the search: at least SAME_POINT_METRES wide, that of longitude up to 77 degrees from the equator.
_CELL_LATITUDE, _CELL_LONGITUDE = 0.0005, 0.002


def of_named_places(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures at points of which only the day is known, where they lie within 50 metres of one another.

    Visits of one place_id, or of the very same point, are met elsewhere; here a point meets a point, or a listed place
    that has one, nearby. That they were near each other in time and space nobody knows: general. Homes and crowds are
    left out.
    """
    at_home = pl.col("kind").is_in(PRIVATE_KINDS).fill_null(value=False)
    somewhere = pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    if known.table("visits").filter(pl.col("place_id").is_null(), somewhere).is_empty():
        somewhere = pl.lit(value=False)  # every visit names its place: no point is left to compare
    points = named_days(known, hosts, somewhere & ~at_home).with_columns(**cells())
    hosted = around(
        hosts.join(points, left_on="host", right_on="person").filter(
            pl.col("day").is_between(pl.col("since"), pl.col("until"))
        )
    )
    met = hosted.join(points, on=["day", "row", "column"], suffix="_other").filter(
        pl.col("day_only") | pl.col("day_only_other"),
        pl.col("place").is_null() | pl.col("place_other").is_null(),
        _metres() <= SAME_POINT_METRES,
        ~_met_elsewhere(),
    )
    people = pl.col("person").n_unique().over("host", "case_id", "day", "latitude", "longitude")
    calm = met.filter(people <= crowd_limit(protocol))
    kind = pl.coalesce("kind", "kind_other")
    setting = pl.when(kind.is_not_null()).then(
        kind.replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    )
    return as_exposures(
        calm.with_columns(
            setting=setting,
            near=pl.lit(value=False),
            first_exposure="day",
            last_exposure="day",
            basis=pl.lit("named_place"),
        )
    )


def cells() -> dict[str, pl.Expr]:
    """Row and column of the cell of a point: two points within 50 metres lie in cells that touch."""
    return {
        "row": (pl.col("latitude") / _CELL_LATITUDE).floor().cast(pl.Int64),
        "column": (pl.col("longitude") / _CELL_LONGITUDE).floor().cast(pl.Int64),
    }


def around(points: pl.DataFrame) -> pl.DataFrame:
    """Nine rows a point: with row and column of its cell, and of those around it."""
    steps = pl.DataFrame({"down": [-1, -1, -1, 0, 0, 0, 1, 1, 1], "right": [-1, 0, 1] * 3})
    return points.join(steps, how="cross").with_columns(
        row=pl.col("row") + pl.col("down"), column=pl.col("column") + pl.col("right")
    )


def _metres() -> pl.Expr:
    """Distance of two near points; flat ground, as they are near."""
    north = pl.col("latitude") - pl.col("latitude_other")
    east = (pl.col("longitude") - pl.col("longitude_other")) * pl.col("latitude").radians().cos()
    return (north**2 + east**2).sqrt() * _METRES_PER_DEGREE


def _met_elsewhere() -> pl.Expr:
    """Two points without a place that are one after rounding: met as one place already."""
    same = [
        pl.col(name).round(POINT_DECIMALS) == pl.col(f"{name}_other").round(POINT_DECIMALS)
        for name in ("latitude", "longitude")
    ]
    return pl.col("place").is_null() & pl.col("place_other").is_null() & same[0] & same[1]
