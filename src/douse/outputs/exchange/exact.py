"""What tells where somebody lives, or may name somebody: it goes only to those who may have it (``--exact``)."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from douse.outputs.bulletin.areas import ADDRESSES
from douse.outputs.exchange.left_out import LeftOut
from douse.records.measure import Because
from douse.records.records import Records
from douse.records.tables import TABLES

_POINT = ("latitude", "longitude")
_COLUMNS = {
    "cases": _POINT,
    "visits": _POINT,
    "follow_ups": ("note",),
    "requests": ("note",),
    "tasks": ("note",),
    "places": ("name", *_POINT),  # of homes
    "zones": (*_POINT, "boundary"),  # of those that are a building or less
}
# Tables whose exact columns a form has a place for; of the others its writer says itself why they do not go.
_HELD: Mapping[str, tuple[str, ...]] = {
    "fhir": ("cases", "follow_ups", "requests", "tasks", "places", "zones"),
    "dhis2": ("cases", "follow_ups"),
    "godata": ("cases",),
    "csv": tuple(TABLES),
    "frictionless": tuple(TABLES),
    "geojson": (),
}
FORMS = tuple(_HELD)  # that hold something exact; of a map the zones that are a building or less


def without_exact(known: Records, form: str, left: LeftOut) -> Records:
    """Records without points of residence and free notes, as far as a form would hold them.

    Parameters
    ----------
    known : Records
        What is exported.
    form : str
        Form of exchange.
    left : LeftOut
        Told what is left out.
    """
    why = Because("It could tell who somebody is: add --exact for those who may have it.")
    frames = dict(known.frames)
    for name in _HELD.get(form, ()):
        if name not in _COLUMNS or name not in frames:
            continue
        private = _private(name, known)
        for column in _COLUMNS[name]:
            hidden = frames[name].select((private & pl.col(column).is_not_null()).sum()).item()
            left.column(name, column, hidden, why)
            frames[name] = frames[name].with_columns(pl.when(~private).then(column).alias(column))
    return replace(known, frames=frames)


def _private(table: str, known: Records) -> pl.Expr:
    """Rows of a table whose exact columns are about where somebody lives, or about somebody."""
    if table == "zones":
        return pl.col("kind").is_in(ADDRESSES).fill_null(value=False)
    if table == "places":
        homes = known.table("people")["home_place"].drop_nulls().implode()
        return (pl.col("kind") == "home").fill_null(value=False) | pl.col("place_id").is_in(homes)
    return pl.lit(value=True)
