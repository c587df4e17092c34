"""Numbers of made cities: `library/city/generic.toml`, beside those that they share with the demo city."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import Field

from douse.city.numbers import CityNumbers, city_numbers
from douse.library.load import read
from douse.library.number import Positive, Share, Source, Strict

FILE = "city/generic.toml"


class Ages(Strict):
    """Ages of people."""

    adult: Positive
    oldest: Positive
    tolerance: Share


class Homes(Strict):
    """Who lives with whom."""

    larger_ratio: Positive
    open_mean: Positive
    tolerance: Share
    couples: Share
    couple_gap: Positive
    parent_gap: Positive
    child_spread: Positive
    family_spread: Positive
    size_spread: Positive
    child_step: Positive


class Care(Strict):
    """Care homes."""

    from_age: Positive
    share: Share
    home_size: Positive
    unit_size: Positive
    staff: Positive


class Hospitals(Strict):
    """Hospitals and their wards."""

    people: Positive
    ward: Positive


class Firms(Strict):
    """Sizes of workplaces."""

    firm_exponent: Positive
    largest_firm: Positive


class Commuting(Strict):
    """Who works how far from home."""

    scale: Positive
    exponent: Positive
    within: Positive
    rounds: Positive
    areas: Positive


class Invented(Strict):
    """Zone totals of a city that nobody counted."""

    zone_spread: Positive
    centre_squeeze: Positive
    centre_jobs: Positive
    centre_reach: Positive
    districts: Positive


class Generic(Strict):
    """All numbers of the file."""

    edition: str
    valid_from: date
    sources: Annotated[dict[str, Source], Field(min_length=1)]
    ages: Ages
    homes: Homes
    care: Care
    hospitals: Hospitals
    work: Firms
    commuting: Commuting
    invented: Invented


@dataclass(frozen=True)
class MadeNumbers:
    """What fills in where the totals say nothing.

    Attributes
    ----------
    base : CityNumbers
        Households, ages, schools and work; those of the demo city.
    made : Generic
        What only made cities need.
    """

    base: CityNumbers
    made: Generic


@cache
def made_numbers() -> MadeNumbers:
    """The shipped numbers. Raises LibraryError when a file is not what it should be."""
    text = resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")
    return MadeNumbers(city_numbers(), read(Generic, FILE, text))
