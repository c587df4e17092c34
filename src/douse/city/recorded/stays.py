"""The table of stays: quarantine of contacts and travellers, isolation and care of cases."""

import numpy as np
import polars as pl

from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook, day_of
from douse.city.recorded.clinical import clinical_days
from douse.records.codes import SEVERITIES
from douse.units import HOURS_PER_DAY

_ENTERED_AT = 20.0  # hour of the day
_FACILITY = {
    "hospital": "hospital-1",
    "icu": "hospital-1",
    "shelter_hospital": "shelter-1",
    "quarantine_site": "site-1",
}
_MILD, _SEVERE = SEVERITIES.index("mild"), SEVERITIES.index("severe")


def stay_frame(book: Casebook) -> pl.DataFrame:
    """All rows of the table, in order of the first day."""
    scene, people = book.scene, book.people
    quarantine = _quarantine(book)
    # Cases are cared for as mild ones until the illness becomes severe.
    days, severity = clinical_days(book), scene.illness.severity[people]
    care = pl.Series([getattr(scene.protocol.care, name) for name in SEVERITIES], dtype=pl.String)
    at_first = np.where(severity >= _SEVERE, _MILD, severity)
    isolation = _stays(book, people, care.gather(at_first), day_of(book.isolated), np.minimum(days.worse, days.ended))
    worse = np.flatnonzero(days.worse < NEVER)
    ward = _stays(book, people[worse], care.gather(severity[worse]), days.worse[worse], days.ended[worse])
    stays = pl.concat([quarantine, isolation, ward]).drop_nulls("recorded_at").sort("entered_on", "person_id", "place")
    return stays.unique(["person_id", "place", "entered_on"], keep="first", maintain_order=True)


def _quarantine(book: Casebook) -> pl.DataFrame:
    """All quarantines that began before the person was a case."""
    spells = [(person, spell) for person, of_person in book.course.files.spells.items() for spell in of_person]
    confirmed = book.course.files.confirmed_on
    begun = [(person, spell) for person, spell in spells if spell.start < min(confirmed[person], book.scene.days)]
    people = np.array([person for person, _ in begun], dtype=np.int64)
    end = np.array([spell.end for _, spell in begun], dtype=np.int64)
    return _stays(
        book,
        people,
        pl.Series(["quarantine_site" if spell.at_site else "home" for _, spell in begun], dtype=pl.String),
        np.array([spell.start for _, spell in begun], dtype=np.int64),
        np.minimum(end, confirmed[people]),
    )


def _stays(book: Casebook, people: np.ndarray, place: pl.Series, start: np.ndarray, end: np.ndarray) -> pl.DataFrame:
    """Stays from a day to a day; those that begin after the last day have no recorded_at."""
    scene = book.scene
    end = np.maximum(start, end)
    return pl.DataFrame(
        {
            "person_id": scene.town.person_ids.gather(people),
            "place": place,
            "facility_id": place.replace_strict(_FACILITY, default=None, return_dtype=pl.String),
            "entered_on": scene.dates(start),
            "left_on": scene.dates(np.where(end < scene.days, end, NEVER)),
            "recorded_at": book.moments(start * float(HOURS_PER_DAY) + _ENTERED_AT),
        }
    )
