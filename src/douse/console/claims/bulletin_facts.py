"""Figures that the last published bulletin says: their numbers may be published again, and they are told as it does."""

from datetime import datetime, time

import polars as pl

from douse.console.bulletins import place
from douse.console.reading import follow
from douse.errors import DataError
from douse.outputs.bulletin.values import DIED, Bulletin
from douse.outputs.claims.evidence import Fact, Value

_OF_AREA, _OF_ZONE = ("cases", "deaths", "r"), ("cases", "level")


def of(zone: str | None) -> list[Fact]:
    """Figures that the last bulletin for the public says of the whole area, and of a zone."""
    told = _last()
    if told is None:
        return []
    as_of, entry = datetime.combine(told.as_of, time.max), _entry(told)
    asked: list[tuple[str, str | None]] = [(figure, None) for figure in _OF_AREA]
    asked += [(figure, zone) for figure in _OF_ZONE if zone is not None]
    return [
        Fact(figure, place_, as_of, entry, value, told.id)
        for figure, place_ in asked
        if (value := _said(told, figure, place_)) is not None
    ]


def _entry(told: Bulletin) -> int:
    """Sequence number of the entry up to which a bulletin tells; 0 where the ledger knows nothing of it."""
    rows = follow().current("bulletins").filter(pl.col("bulletin_id") == told.id)
    return int(rows["ledger"][0] or 0) if len(rows) else 0


def value_of(fact: Fact) -> Value:
    """What the bulletin that a figure cites says; None where it is not among the published ones."""
    try:
        told = next((one for one in place.history(place.PUBLIC) if one.id == fact.bulletin), None)
    except DataError:
        return None
    return None if told is None else _said(told, fact.figure, fact.zone)


def _last() -> Bulletin | None:
    try:
        told = place.history(place.PUBLIC)
    except DataError:
        return None
    return told[-1] if told else None


def _said(told: Bulletin, figure: str, zone: str | None) -> Value:
    """A figure of a bulletin; None where it hides it, or says nothing of it."""
    if figure == "level":
        return next((one.level for one in told.levels if one.zone == zone), None)
    if figure == "cases":
        return told.cases.total if zone is None else _in(told.cases.rows, told.cases.shown, zone)
    if figure == "deaths" and zone is None:
        return _in(told.outcomes.rows, told.outcomes.shown, DIED)
    return told.trend.r if figure == "r" and zone is None else None


def _in(rows: tuple[str, ...], shown: tuple[int | None, ...], row: str) -> int | None:
    return next((count for name, count in zip(rows, shown, strict=True) if name == row), None)
