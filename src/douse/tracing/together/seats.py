"""Seats as people and tickets write them: coach, row and letter."""

import re
from typing import NamedTuple

import polars as pl

# Letters of seats from one side to the other; I is never used. Where a vehicle leaves letters out (trains: A C D F),
# neighbours count as further apart than they are.
_LETTERS = "ABCDEFGHJKL"
_COACH = re.compile(r"(?:COACH|CARRIAGE|CAR|WAGON|WAGEN|VOITURE|VAGON|车厢)\s*[NO.:#]*\s*0*([0-9]{1,2}|[A-Z])\b")
_COACH_FIRST = re.compile(
    r"^0*([0-9]{1,2})\s*(?:车厢|車廂|车|車|号车|[/\-,;: ])\s*(?=0*[0-9]{1,3}\s*[A-L]\b|0*[0-9]{1,3}\s*[A-L](?:号|座|$))"
)
_PLACE = re.compile(r"(?<![0-9A-Z])0*([0-9]{1,3})[\s\-]*([A-HJ-L])(?![0-9A-Z])")


class Seat(NamedTuple):
    """What a seat says; None where it does not."""

    coach: str | None = None
    row: int | None = None
    across: int | None = None  # position from one side, 0 for A


def seat_of(written: str) -> Seat:
    """Read a seat: ``12A``, ``3f``, ``coach 5 seat 12D``, ``05车12D号``, ``5/12D``, ``5-12D``.

    A number without a letter names no row (seats of many trains and coaches are counted through), so it is not read.
    """
    text = written.strip().upper()
    coach = _COACH.search(text) or _COACH_FIRST.match(text)
    rest = text[: coach.start()] + " " + text[coach.end() :] if coach else text
    place = _PLACE.search(rest)
    return Seat(
        coach.group(1) if coach else None,
        int(place.group(1)) if place else None,
        _LETTERS.index(place.group(2)) if place else None,
    )


def with_seat(frame: pl.DataFrame) -> pl.DataFrame:
    """Add coach (text), row and across (integers) read from the column `seat`; row order stays."""
    written = frame["seat"].drop_nulls().unique(maintain_order=True)
    read = pl.DataFrame(
        [(seat, *seat_of(seat)) for seat in written],
        schema={"seat": pl.String, "coach": pl.String, "row": pl.Int64, "across": pl.Int64},
        orient="row",
    )
    return frame.join(read, on="seat", how="left", maintain_order="left")
