"""What the course of an illness takes beside the pathogen's file: `library/city/course.toml`."""

from datetime import date
from functools import cache
from importlib import resources

from douse.library.load import read
from douse.library.number import Positive, PositiveDays, Share, Source, Strict

FILE = "city/course.toml"


class Infectiousness(Strict):
    """Infectiousness around onset, before it is bent to the pathogen's generation time."""

    rise: PositiveDays  # time constant before onset
    fade: Share  # time constant after onset, of the infectious days


class Stays(Strict):
    """Spread of times of which files have a mean only: standard deviation over mean."""

    hospital_spread: Positive
    icu_spread: Positive
    death_spread: Positive


class Ages(Strict):
    """Ages within the bands of the simulation."""

    oldest: Positive  # years; ages up to here stand for the open band


class CourseNumbers(Strict):
    """All of them."""

    edition: str
    valid_from: date
    sources: dict[str, Source]
    infectiousness: Infectiousness
    stays: Stays
    ages: Ages


@cache
def course_numbers() -> CourseNumbers:
    """The shipped numbers. Raises LibraryError when the file is not what it should be."""
    text = resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")
    return read(CourseNumbers, FILE, text)
