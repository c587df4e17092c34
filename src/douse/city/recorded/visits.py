"""The table of visits: those of the last days that left a record."""

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.recorded.casebook import Casebook

_MINUTES_PER_DAY = 24 * 60


def visit_frame(book: Casebook) -> pl.DataFrame:
    """All rows of the table, in order of day, place and person."""
    days = int(book.scene.town.numbers.movement.recorded_days.value)
    return pl.concat([_day(book, day) for day in range(max(0, book.scene.days - days), book.scene.days)])


def _day(book: Casebook, day: int) -> pl.DataFrame:
    town, visits = book.scene.town, book.scene.visits[day]
    checked_in = stream(town.seed, "check-in", day).random(len(visits)) < town.numbers.movement.recorded_share.value
    kept = np.flatnonzero(book.course.present[day] & checked_in)
    midnight = np.datetime64(book.scene.first_day, "m") + np.timedelta64(day * _MINUTES_PER_DAY, "m")
    entered = midnight + visits.enter[kept].astype("timedelta64[m]")
    left = (midnight + visits.leave[kept].astype("timedelta64[m]")).astype("datetime64[us]")
    return pl.DataFrame(
        {
            "person_id": town.person_ids.gather(visits.person[kept]),
            "place_id": pl.Series(town.places.ids, dtype=pl.String).gather(visits.place[kept]),
            "entered_at": entered.astype("datetime64[us]"),
            "left_at": left,
            "recorded_at": left,
        }
    )
