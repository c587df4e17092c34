"""Close, secondary or general: which class of contact an exposure makes."""

from typing import Literal

import polars as pl

from douse.library.protocol import Protocol

ContactClass = Literal["close", "secondary", "general"]
# Strongest first.
STRENGTH: tuple[ContactClass, ...] = ("close", "secondary", "general")


def recorded_class(protocol: Protocol) -> pl.Expr:
    """Class of a recorded contact of a case, over the columns contact_class, setting and minutes.

    The class on the record; else close in a setting that the protocol takes for close, or for as long as it asks;
    else general where a setting or a time is on record, and close where nothing is: whoever was named without further
    word was named for a reason.
    """
    rule = protocol.contact
    close = pl.col("setting").cast(pl.String).is_in(rule.close_settings) | (pl.col("minutes") >= rule.minutes.value)
    nothing = pl.col("setting").is_null() & pl.col("minutes").is_null()
    judged = pl.when(close.fill_null(value=False) | nothing).then(pl.lit("close")).otherwise(pl.lit("general"))
    return pl.coalesce(pl.col("contact_class").cast(pl.String), judged)


def shared_place_class(protocol: Protocol, minutes: str = "minutes") -> pl.Expr:
    """Class by minutes together at a place: close for as long as the protocol asks, else general.

    Where only the day is known (minutes null) nobody can say that they were near each other: general.
    """
    long_enough = (pl.col(minutes) >= protocol.contact.minutes.value).fill_null(value=False)
    return pl.when(long_enough).then(pl.lit("close")).otherwise(pl.lit("general"))


def strength() -> pl.Expr:
    """Rank of contact_class, 0 the strongest."""
    ranks: dict[str, int] = {name: rank for rank, name in enumerate(STRENGTH)}
    return pl.col("contact_class").replace_strict(ranks, return_dtype=pl.Int64)
