"""What protocol files say of ways to a bed, and of people who arrive from elsewhere."""

from typing import Annotated

from pydantic import AfterValidator

from douse.library.codes import ZoneKind
from douse.library.number import Amount, Days, Hours, Number, Positive, PositiveDays, Share, Strict, rule_broken


def _has_a_city(hours: dict[ZoneKind, Hours]) -> dict[ZoneKind, Hours]:
    if "city" not in hours:
        raise rule_broken("city is missing", "the hours within a city, which stand in where nothing is known")
    return hours


def _at_least_one(number: Number) -> Number:
    if number.value < 1:
        raise rule_broken("the number is out of range", "at least 1")
    return number


class Transfer(Strict):
    """From home to a bed or room."""

    ready: Hours  # from the order until the vehicle leaves
    speed: Positive  # km an hour
    detour: Annotated[Positive, AfterValidator(_at_least_one)]  # the way by road, times the straight line
    # Hours on the way where places are not known to a point, by the smallest zone that holds both.
    hours_within: Annotated[dict[ZoneKind, Hours], AfterValidator(_has_a_city)]
    dependant_below: Positive  # years; younger people are not parted from who cares for them


class Entry(Strict):
    """People who arrive from elsewhere, for the choice of their tests and quarantine."""

    window: PositiveDays  # of past arrivals that stand for those to come
    prevalence: Share  # where nothing is known of an origin
    prevalence_people: Positive  # arrivals that this guess counts for
    travels_ill: Share  # of those infected who fell ill before the journey, who travel all the same
    told_central: Share  # who fall ill in central quarantine and are found for it
    told_home: Share
    told_free: Share
    keeps_central: Share  # of travellers who keep to a stay; others are free all the same
    keeps_home: Share
    lets_through_central: Share  # of transmission of those who keep to it that goes on
    lets_through_home: Share
    infectious_from: Share  # of all transmission of a person, on one day; less does not count as infectious
    most_tests: Amount  # of one traveller
    free_test_days: PositiveDays  # first days on which travellers who are free are tested
    most_days: Days | None = None  # None: the pathogen's maximum incubation
