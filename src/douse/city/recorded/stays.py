"""The table of stays: quarantine of contacts and travellers, isolation and care of cases."""

import numpy as np
import polars as pl

from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook, day_of
from douse.city.recorded.clinical import clinical_days
from douse.city.recorded.contacts import quarantine_ends, quarantine_places
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
    scene, files, people = book.scene, book.course.files, book.people
    contacts = np.flatnonzero((files.quarantined_from < scene.days) & (files.quarantined_from < files.confirmed_on))
    place = quarantine_places(book, contacts)
    quarantine = _stays(book, contacts, place, files.quarantined_from[contacts], quarantine_ends(book, contacts))
    # Cases are cared for as mild ones until the illness becomes severe.
    days, severity = clinical_days(book), scene.illness.severity[people]
    care = pl.Series([getattr(scene.protocol.care, name) for name in SEVERITIES], dtype=pl.String)
    at_first = np.where(severity >= _SEVERE, _MILD, severity)
    isolation = _stays(book, people, care.gather(at_first), day_of(book.isolated), np.minimum(days.worse, days.ended))
    worse = np.flatnonzero(days.worse < NEVER)
    ward = _stays(book, people[worse], care.gather(severity[worse]), days.worse[worse], days.ended[worse])
    stays = pl.concat([quarantine, isolation, ward]).drop_nulls("recorded_at").sort("entered_on", "person_id", "place")
    return stays.unique(["person_id", "place", "entered_on"], keep="first", maintain_order=True)


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
