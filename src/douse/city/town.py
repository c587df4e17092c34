"""The demo city without an outbreak: zones, residents, places, and the tables that describe them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from douse.city.numbers import CityNumbers, city_numbers
from douse.city.places import Places, make_places, places_frame
from douse.city.residents import Residents, settle
from douse.city.zoning import Zoning, make_zones
from douse.records.codes import OCCUPATIONS, SEXES


@dataclass(frozen=True)
class Town:
    """A city: who lives where and spends the day where; `seed` addresses all its random numbers."""

    seed: int
    numbers: CityNumbers
    zoning: Zoning
    residents: Residents
    places: Places

    def __len__(self) -> int:
        return len(self.residents)

    @cached_property
    def person_ids(self) -> pl.Series:
        """Pseudonyms of all people, in order of number."""
        return numbered("p", len(self), 7)

    @cached_property
    def household_ids(self) -> pl.Series:
        """Identifiers of all households, in order of number."""
        return numbered("hh", len(self.residents.first) - 1, 6)

    @cached_property
    def _zone_ids(self) -> dict[str, pl.Series]:
        return {kind: pl.Series(ids, dtype=pl.String) for kind, ids in self.zoning.ids.items()}

    def zone_of(self, people: np.ndarray, kind: str = "building") -> pl.Series:
        """Identifiers of the zones of a kind where people live."""
        return self._zone_ids[kind].gather(self.zoning.within[kind][self.residents.building[people]])

    def household_of(self, people: np.ndarray) -> pl.Series:
        """Identifiers of the households of people."""
        return self.household_ids.gather(self.residents.household[people])


def numbered(prefix: str, count: int, digits: int) -> pl.Series:
    """Identifiers prefix0...1, prefix0...2, and so on."""
    number = pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(digits)
    return pl.Series("id", [prefix], dtype=pl.String).new_from_index(0, count) + number


def build(people: int, seed: int) -> Town:
    """Build a city of `people` residents."""
    numbers = city_numbers()
    zoning = make_zones(people, numbers.zones, seed)
    residents = settle(people, len(zoning.ground.site), numbers, seed)
    return Town(seed, numbers, zoning, residents, make_places(zoning, residents, numbers, seed))


def town_frames(town: Town) -> dict[str, pl.DataFrame]:
    """The tables of zones, places and people."""
    residents = town.residents
    buildings = len(town.zoning.ground.site)
    living = np.bincount(residents.building, minlength=buildings)
    homes = np.bincount(residents.building[residents.first[:-1]], minlength=buildings)
    return {
        "zones": town.zoning.frame(living, homes),
        "places": places_frame(town.places, town.zoning, town.seed),
        "people": _people(town),
    }


def _people(town: Town) -> pl.DataFrame:
    everybody = np.arange(len(town))
    place = pl.Series(town.places.ids, dtype=pl.String)
    daytime = pl.Series(town.places.daytime)
    male = pl.Series(np.where(town.residents.male, SEXES.index("male"), SEXES.index("female")))
    return pl.DataFrame(
        {
            "person_id": town.person_ids,
            "zone": town.zone_of(everybody),
            "household": town.household_of(everybody),
            "age": town.residents.age,
            "sex": pl.Series(SEXES, dtype=pl.Enum(SEXES)).gather(male),
            "occupation": pl.Series(OCCUPATIONS, dtype=pl.Enum(OCCUPATIONS)).gather(town.places.occupation),
            "home_place": place.gather(town.residents.building),  # homes come first, one a building
            "daytime_place": place.gather(daytime.set(daytime < 0, None)),
        }
    )
