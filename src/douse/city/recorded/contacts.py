"""The table of contacts: who was named, reached and quarantined."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.city.outbreak.files import NEVER
from douse.city.recorded.casebook import Casebook
from douse.records.codes import SETTINGS
from douse.units import HOURS_PER_DAY

_TYPED_AFTER = 2.0  # hours from naming to entry


@dataclass(frozen=True)
class _Entries:
    """Contacts of the cases on file, in order of naming; arrays of shape (m,).

    `case`: position in the casebook; `person`, `setting`, `close`, `first`, `last`, `minutes` as in `Named`;
    `found`, `reached` in hours of the run, NaN for never; `start`, `end`: days of quarantine, NEVER for none.
    """

    case: np.ndarray
    person: np.ndarray
    setting: np.ndarray
    close: np.ndarray
    first: np.ndarray
    last: np.ndarray
    minutes: np.ndarray
    found: np.ndarray
    reached: np.ndarray
    start: np.ndarray
    end: np.ndarray


def contact_frame(book: Casebook) -> pl.DataFrame:
    """All rows of the table, in order of entry."""
    scene, entries = book.scene, _entries(book)
    over = (entries.start < NEVER) & (entries.end < scene.days)
    place = quarantine_places(book, entries.person).set(pl.Series(entries.start == NEVER), None)
    rows = pl.DataFrame(
        {
            "case_id": book.case_ids().gather(entries.case),
            "person_id": scene.town.person_ids.gather(entries.person),
            "zone": scene.town.zone_of(entries.person),
            "household": scene.town.household_of(entries.person),
            "age": scene.town.residents.age[entries.person],
            "setting": pl.Series(SETTINGS, dtype=pl.String).gather(entries.setting),
            "contact_class": pl.Series(np.where(entries.close, "close", "general"), dtype=pl.String),
            "first_contact": scene.dates(entries.first),
            "last_contact": scene.dates(entries.last),
            "minutes": np.round(entries.minutes),
            "found_at": book.moments(entries.found),
            "reached_at": book.moments(entries.reached),
            "quarantined_on": scene.dates(entries.start),
            "quarantine_place": place,
            "quarantine_ended_on": scene.dates(np.where(over, entries.end, NEVER)),
            "follow_up": _follow_up(book, entries),
            "recorded_at": book.moments(np.maximum(entries.found + _TYPED_AFTER, book.recorded[entries.case])),
        }
    )
    return rows.drop_nulls("recorded_at").sort("recorded_at", "case_id", "person_id", "setting", maintain_order=True)


def quarantine_ends(book: Casebook, people: np.ndarray) -> np.ndarray:
    """Last day of the latest quarantine: its end, or the isolation of somebody who became a case. Shape (n,)."""
    ends: np.ndarray = np.minimum(book.course.files.quarantined_to, book.course.files.confirmed_on)[people]
    return ends


def quarantine_places(book: Casebook, people: np.ndarray) -> pl.Series:
    """Where the latest quarantine takes place."""
    return pl.Series(np.where(book.course.files.quarantine_site[people], "quarantine_site", "home"), dtype=pl.String)


def _entries(book: Casebook) -> _Entries:
    files = book.course.files
    named = [n for n in files.named if book.position[n.case] >= 0 and not n.was_case]

    def whole(values: list[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    case, person = book.position[whole([n.case for n in named])], whole([n.contact for n in named])
    morning = whole([n.found_on for n in named]) * HOURS_PER_DAY
    found = np.maximum(morning + np.array([n.found_hours for n in named]), book.confirmed[case] + 1)
    reached = np.maximum(morning + np.array([n.reached_hours for n in named]), found + 0.5)
    start = whole([n.quarantined_on for n in named])
    # Who was a case before being reached is isolated, not quarantined.
    quarantined = (reached < book.end) & (start < files.confirmed_on[person])
    return _Entries(
        case=case,
        person=person,
        setting=whole([n.setting for n in named]),
        close=np.array([n.close for n in named], dtype=bool),
        first=whole([n.first for n in named]),
        last=whole([n.last for n in named]),
        minutes=np.array([n.minutes for n in named], dtype=np.float64),
        found=found,
        reached=reached,
        start=np.where(quarantined, start, NEVER),
        end=quarantine_ends(book, person),
    )


def _follow_up(book: Casebook, entries: _Entries) -> pl.Series:
    over = (entries.start < NEVER) & (entries.end < book.scene.days)
    became_case = book.course.files.confirmed_on[entries.person] < book.scene.days
    state = np.where(~entries.close | over | became_case, "completed", "under_follow_up")
    state = np.where(entries.reached < book.end, state, "not_started")
    return pl.Series(np.where(np.isfinite(entries.reached), state, "lost"), dtype=pl.String)
