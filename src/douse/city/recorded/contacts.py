"""The table of contacts: who was named, reached and quarantined."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from douse.city.outbreak.files import NEVER, Files, Named, Spell
from douse.city.recorded.casebook import Casebook
from douse.records.codes import SETTINGS
from douse.units import HOURS_PER_DAY

_TYPED_AFTER = 2.0  # hours from naming to entry


@dataclass(frozen=True)
class _Entries:
    """Contacts of the cases on file, in order of naming; arrays of shape (m,).

    `case`: position in the casebook; `person`, `setting`, `close`, `first`, `last`, `minutes` as in `Named`;
    `found`, `reached` in hours of the run, NaN for never; `start`, `end`: days of quarantine, NEVER for none;
    `at_site`: in a quarantine site.
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
    at_site: np.ndarray


def contact_frame(book: Casebook) -> pl.DataFrame:
    """All rows of the table, in order of entry."""
    scene, entries = book.scene, _entries(book)
    over = (entries.start < NEVER) & (entries.end < scene.days)
    place = pl.Series(np.where(entries.at_site, "quarantine_site", "home"), dtype=pl.String)
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
            "quarantine_place": place.set(pl.Series(entries.start == NEVER), None),
            "quarantine_ended_on": scene.dates(np.where(over, entries.end, NEVER)),
            "follow_up": _follow_up(book, entries),
            "recorded_at": book.moments(np.maximum(entries.found + _TYPED_AFTER, book.recorded[entries.case])),
        }
    )
    return rows.drop_nulls("recorded_at").sort("recorded_at", "case_id", "person_id", "setting", maintain_order=True)


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
    # Who was a case before being reached is isolated, not quarantined; who becomes one leaves quarantine.
    quarantined = (reached < book.end) & (start < files.confirmed_on[person])
    spells = [_spell(files, n) for n in named]
    end = np.minimum(whole([spell.end for spell in spells]), files.confirmed_on[person])
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
        end=np.where(quarantined, end, NEVER),
        at_site=np.array([spell.at_site for spell in spells], dtype=bool),
    )


def _spell(files: Files, named: Named) -> Spell:
    """The quarantine that a naming led to; an endless one at home for none."""
    spells = files.spells.get(named.contact, [])
    inside = [spell for spell in spells if spell.start <= named.quarantined_on <= spell.end]
    return inside[-1] if inside else Spell(NEVER, NEVER, at_site=False)


def _follow_up(book: Casebook, entries: _Entries) -> pl.Series:
    over = (entries.start < NEVER) & (entries.end < book.scene.days)
    became_case = book.course.files.confirmed_on[entries.person] < book.scene.days
    state = np.where(~entries.close | over | became_case, "completed", "under_follow_up")
    state = np.where(entries.reached < book.end, state, "not_started")
    return pl.Series(np.where(np.isfinite(entries.reached), state, "lost"), dtype=pl.String)
