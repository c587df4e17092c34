"""Arrivals: residents who come home, most of them well, and what is recorded of their journey."""

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.recorded.casebook import Casebook
from douse.city.residents import ADULT
from douse.units import HOURS_PER_DAY

# Invented countries and carriers; transport, and the code of the carrier.
_ORIGINS = (
    ("Kestrel Islands", "air", "KI"),
    ("Northhaven", "air", "NH"),
    ("Port Alder", "sea", "PA"),
    ("Sunvale", "rail", "SV"),
)
_LANDING = (6, 22)  # hours of the day
_OLDEST_TRAVELLER = 75


def arrivals_frame(book: Casebook) -> pl.DataFrame:
    """The table of arrivals; the journey of the hidden import was never recorded."""
    scene = book.scene
    random = stream(scene.town.seed, "arrivals")
    a_day = max(1, round(len(scene.town) * scene.town.numbers.reporting.arrivals_per_day.value / 1000))
    age = scene.town.residents.age
    fit = np.flatnonzero((age >= ADULT) & (age < _OLDEST_TRAVELLER))
    fit = np.setdiff1d(fit, [traveller.person for traveller in book.course.travellers])
    well = random.choice(fit, size=min(len(fit), a_day * scene.days), replace=False)
    known = [traveller for traveller in book.course.travellers if traveller.how != "hidden"]
    people = np.r_[np.array([t.person for t in known], dtype=np.int64), well]
    day = np.r_[np.array([t.arrives for t in known], dtype=np.int64), np.arange(len(well)) % scene.days]
    hours = day * HOURS_PER_DAY + random.uniform(*_LANDING, len(people))
    origin = journeys(book, people)
    # The flights of a day: those of one origin who arrive on one day share a carrier number.
    number = 100 + (day * 7 + origin) % 900
    until = [t.quarantine_until if t.how == "entry" and t.quarantine_until > t.arrives + 1 else -1 for t in known]
    stay = pl.Series(np.r_[np.array(until, dtype=np.int64), np.full(len(well), -1)])
    return pl.DataFrame(
        {
            "person_id": scene.town.person_ids.gather(people),
            "arrived_at": book.moments(hours),
            "origin": [_ORIGINS[o][0] for o in origin],
            "zone": scene.town.zone_of(people),
            "transport": [_ORIGINS[o][1] for o in origin],
            "carrier": [f"{_ORIGINS[o][2]}{n}" for o, n in zip(origin, number, strict=True)],
            "seat": [f"{1 + s // 6}{'ABCDEF'[s % 6]}" for s in random.integers(0, 180, len(people)).tolist()],
            "quarantine_until": scene.dates(stay.to_numpy()).set(stay < 0, None),
            "recorded_at": book.moments(hours + 1),
        }
    ).sort("arrived_at", "person_id")


def journeys(book: Casebook, people: np.ndarray) -> np.ndarray:
    """Where each of some people would have come from; shape (n,)."""
    origin: np.ndarray = stream(book.scene.town.seed, "origins").integers(0, len(_ORIGINS), len(book.scene.town))[
        people
    ]
    return origin


def origin_of(book: Casebook) -> tuple[pl.Series, pl.Series]:
    """Origin of each case on file (imported, local, unknown), and where imported cases came from."""
    abroad = {traveller.person for traveller in book.course.travellers if traveller.how != "hidden"}
    imported = np.array([person in abroad for person in book.people.tolist()], dtype=bool)
    linked = book.links.infector >= 0
    origin = np.where(imported, "imported", np.where(linked, "local", "unknown"))
    place = pl.Series([_ORIGINS[o][0] for o in journeys(book, book.people)], dtype=pl.String)
    return pl.Series(origin), place.set(pl.Series(~imported), None)
