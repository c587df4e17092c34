"""What a protocol says of small areas: how far people go, what holding an area takes, how much is to be covered."""

from pydantic import Field

from douse.library.codes import Level
from douse.library.number import Amount, Positive, Share, Strict


class AreaRules(Strict):
    """Numbers of the planner of areas (`planning/areas/`)."""

    target: Share  # of the expected undetected infections that areas should cover
    hold_staff: dict[Level, Amount] = Field(default={})  # people who hold one area of a level, a day; left out: 0
    household_size: Positive  # people, where no zone has households on record
    near_home: Share  # of meetings outside the household that are in the own area, where no movement is on record
    daytime: Share  # of meetings outside the household at school or work, of people who have one
    journey_scale: Positive  # km: journeys fall off as 1 / (1 + (distance / scale) ^ exponent)
    journey_exponent: Positive
    movement_pull: Positive  # visits, or people with a daytime place, that outweigh the general picture of an area
