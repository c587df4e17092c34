"""People of a made city as rows of the table of people."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.city.city import City
from douse.city.draws import stream
from douse.city.made.numbers import MadeNumbers
from douse.city.meeting_places import MeetingPlaces
from douse.kernels.person_word import (
    AGE_AT,
    AGE_BITS,
    AGE_STEP,
    AGES,
    CARE,
    GROUP_BITS,
    HOME_AT,
    HOME_BITS,
    HOSPITAL,
    KIND_AT,
    KIND_BITS,
    SCHOOL,
    ZONE_AT,
    ZONE_BITS,
    part,
)
from douse.records.codes import OCCUPATIONS, SEXES

Ints = NDArray[np.int64]


def person_ids(city: City, first: int, end: int) -> pl.Series:
    """Pseudonyms of the people from `first` to before `end`."""
    return named(city, pl.int_range(first, end, eager=True))


def named(city: City, people: pl.Series) -> pl.Series:
    """Pseudonyms of people by position."""
    return _identifiers("p", people + 1, max(7, len(str(len(city)))))


def _identifiers(stem: str, number: pl.Series, digits: int) -> pl.Series:
    return pl.Series("id", [stem], dtype=pl.String).new_from_index(0, len(number)) + number.cast(pl.String).str.zfill(
        digits
    )


def people_of(  # noqa: PLR0913, PLR0917
    city: City,
    places: MeetingPlaces,
    first: int,
    end: int,
    households: int,
    numbers: MadeNumbers,
    seed: int,
    number: int,
) -> tuple[pl.DataFrame, int]:
    """Rows of the people from `first` to before `end`; `households` have begun before them.

    Returns
    -------
    tuple of polars.DataFrame and int
        The rows, and the households that have begun by their end.
    """
    word = city.word[first:end]
    group, kind = part(word, 0, GROUP_BITS), part(word, KIND_AT, KIND_BITS)
    home = part(word, HOME_AT, HOME_BITS)
    household = households + np.cumsum(home == 0)
    age = _years(part(word, AGE_AT, AGE_BITS), kind, numbers, stream(seed, "years of people", number).random(len(word)))
    adult = age >= numbers.base.work.from_age
    institution = city.institution[group].astype(np.int64)
    inner = group - np.searchsorted(city.institution, institution) + 1
    occupation = np.full(len(word), OCCUPATIONS.index("other"))
    for what, of_kind in (("health_worker", HOSPITAL), ("teacher", SCHOOL), ("carer", CARE)):
        occupation[(kind == of_kind) & adult] = OCCUPATIONS.index(what)
    occupation[(kind == SCHOOL) & ~adult] = OCCUPATIONS.index("pupil")
    occupation[(kind == CARE) & (age > numbers.base.work.to_age)] = OCCUPATIONS.index("other")
    frame = pl.DataFrame(
        {
            "person_id": person_ids(city, first, end),
            "zone": pl.Series(city.zone_ids, dtype=pl.String).gather(part(word, ZONE_AT, ZONE_BITS)),
            "household": _identifiers("hh", pl.Series(household), max(6, len(str(len(city))))),
            "age": age,
            "sex": pl.Series(SEXES, dtype=pl.Enum(SEXES)).gather(_sex(home, seed, number)),
            "occupation": pl.Series(OCCUPATIONS, dtype=pl.Enum(OCCUPATIONS)).gather(occupation),
            "daytime_place": places.institution_ids.gather(institution),
            "group": pl.Series(np.where(group > 0, inner, 0)).cast(pl.String).replace("0", None),
        }
    )
    return frame, int(household[-1])


def _years(band: Ints, kind: Ints, numbers: MadeNumbers, luck: NDArray[np.float64]) -> Ints:
    """Year of age within the band, in which pupils are of school age and others are not."""
    low = band * AGE_STEP
    high = np.where(band == AGES - 1, int(numbers.made.ages.oldest.value) + 1, low + AGE_STEP)
    school_from = min(school.from_age for school in numbers.base.schools)
    school_to = max(school.to_age for school in numbers.base.schools)
    pupil = (kind == SCHOOL) & (low <= school_to)
    grown = (high > school_to + 1) & ~pupil
    begin = np.where(pupil, np.maximum(low, school_from), np.where(grown, np.maximum(low, school_to + 1), low))
    end = np.where(pupil, np.minimum(high, school_to + 1), high)
    end = np.where(~pupil & (low < school_from), np.minimum(high, school_from), end)
    years: Ints = begin + (luck * (np.maximum(end, begin + 1) - begin)).astype(np.int64)
    return years


def _sex(home: Ints, seed: int, number: int) -> Ints:
    """Sexes in even shares; the first two of a household mostly are a couple and differ."""
    luck = stream(seed, "sex", number).random(len(home)) < 0.5
    begins = np.maximum.accumulate(np.where(home == 0, np.arange(len(home)), 0))
    male = np.where(home == 1, ~luck[begins], luck)
    return np.where(male, SEXES.index("male"), SEXES.index("female"))
