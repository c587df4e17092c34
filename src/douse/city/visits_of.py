"""Visits of a day in a made city: to class or work, and to venues near home."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.draws import stream
from douse.city.made.numbers import MadeNumbers
from douse.city.meeting_places import MeetingPlaces
from douse.city.movement import (
    EVENING,
    LAST_MINUTE,
    SCHOOL_HOURS,
    SHIFT,
    WEEKEND_STAFF,
    WORK_HOURS,
    is_weekend,
    latest_leave,
)
from douse.city.numbers import Venue
from douse.city.residents_of import person_ids
from douse.kernels.person_word import (
    AGE_AT,
    AGE_BITS,
    AGE_STEP,
    CARE,
    GROUP_BITS,
    HOSPITAL,
    KIND_AT,
    KIND_BITS,
    SCHOOL,
    part,
)

Part = tuple[NDArray[np.int64], pl.Series, NDArray[np.int64], NDArray[np.int64]]


def visits_of(  # noqa: PLR0913, PLR0917
    city: City,
    places: MeetingPlaces,
    first: int,
    end: int,
    numbers: MadeNumbers,
    seed: int,
    day: date,
    number: int,
) -> pl.DataFrame:
    """Recorded visits on a day of the people from `first` to before `end`, in order of person and time.

    Nobody is in two places at once; residents of care homes stay in.
    """
    word = city.word[first:end]
    address = (day.isoformat(), number)
    kind, group = part(word, KIND_AT, KIND_BITS), part(word, 0, GROUP_BITS)
    resident = (kind == CARE) & (part(word, AGE_AT, AGE_BITS) * AGE_STEP > numbers.base.work.to_age)
    luck = stream(seed, "daytime", *address).random((3, len(word)))
    parts = [_daytime(places, kind, group, resident, numbers, day, luck)]
    busy = resident.copy()
    busy[parts[0][0]] = True
    for venue in numbers.base.venues:
        random = stream(seed, "venue", venue.kind, *address)
        parts.append(_venue(city, places, venue, first, busy, resident, numbers, day, random))
    person = np.concatenate([p[0] for p in parts])
    place = pl.concat([p[1] for p in parts])
    enter, leave = (np.concatenate([p[i] for p in parts]) for i in (2, 3))
    order = np.argsort(person * (LAST_MINUTE + 1) + enter, kind="stable")
    person, enter, leave, place = person[order], enter[order], leave[order], place.gather(order)
    free = np.r_[True, (person[1:] != person[:-1]) | (enter[1:] > latest_leave(person, leave)[:-1])][: len(person)]
    told = stream(seed, "check-in", *address).random(len(person)) < numbers.base.movement.recorded_share.value
    kept = np.flatnonzero(free & told)
    midnight = np.datetime64(day, "us")
    entered = pl.Series(midnight + (enter[kept] * 60_000_000).astype("timedelta64[us]"))
    left = pl.Series(midnight + (leave[kept] * 60_000_000).astype("timedelta64[us]"))
    return pl.DataFrame(
        {
            "person_id": person_ids(city, first, end).gather(person[kept]),
            "place_id": place.gather(kept),
            "entered_at": entered,
            "left_at": left,
            "recorded_at": left,
        }
    )


def _daytime(  # noqa: PLR0913, PLR0917
    places: MeetingPlaces,
    kind: NDArray[np.int64],
    group: NDArray[np.int64],
    resident: NDArray[np.bool_],
    numbers: MadeNumbers,
    day: date,
    luck: NDArray[np.float64],
) -> Part:
    come, early, late = luck
    in_shifts = (kind == CARE) | (kind == HOSPITAL)
    chance = np.where(in_shifts, WEEKEND_STAFF, 0.0 if is_weekend(day) else numbers.base.work.attends.value)
    going = np.flatnonzero((group > 0) & ~resident & (come < chance))
    hours = np.where((kind == SCHOOL)[going, None], SCHOOL_HOURS, WORK_HOURS)
    begin = hours[:, 0] - 20 + 40 * early[going]
    until = hours[:, 1] + 60 * late[going] ** 2
    shift = early[going] * (LAST_MINUTE - SHIFT)
    begin = np.where(in_shifts[going], shift, begin)
    until = np.where(in_shifts[going], shift + SHIFT, until)
    return (
        going,
        places.room_ids.gather(group[going]),
        begin.astype(np.int64),
        np.minimum(until, LAST_MINUTE).astype(np.int64),
    )


def _venue(  # noqa: PLR0913, PLR0917
    city: City,
    places: MeetingPlaces,
    venue: Venue,
    first: int,
    busy: NDArray[np.bool_],
    resident: NDArray[np.bool_],
    numbers: MadeNumbers,
    day: date,
    random: np.random.Generator,
) -> Part:
    """Visits to venues of one kind; who is `busy` in the daytime comes in the evening."""
    come, near, which, when, length = random.random((5, len(busy)))
    rate = venue.weekend.value if is_weekend(day) else venue.weekday.value
    going = np.flatnonzero((come < rate) & ~resident)
    ids = places.venue_ids[venue.kind]
    many = len(ids)
    reach = min(many, int(numbers.base.movement.nearest.value))
    # People with near numbers live near; so do venues with near numbers stand near.
    around = (going + first) * many // len(city) - reach // 2 + (which[going] * reach).astype(np.int64)
    far = (which[going] * many).astype(np.int64)
    at = np.where(near[going] < numbers.base.movement.near_share.value, np.clip(around, 0, many - 1), far)
    minutes = np.clip(venue.minutes.value * (0.5 + length[going]), 5, None)
    opens = np.where(busy[going], max(venue.opens * 60, EVENING), venue.opens * 60)
    enter = opens + when[going] * np.maximum(15, venue.closes * 60 - opens - minutes)
    return going, ids.gather(at), enter.astype(np.int64), np.minimum(enter + minutes, LAST_MINUTE).astype(np.int64)
