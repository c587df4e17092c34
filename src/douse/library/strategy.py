"""What a strategy file holds: `library/strategies/<id>.toml`, or a file of one's own.

A strategy says how levels and rounds follow from cases, today and in the days ahead; the protocol says all else. Its
numbers are choices to be compared, not knowledge, so they carry no source.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from douse.library.codes import LEVELS, Level, ZoneKind
from douse.library.number import Shelved, Source, Strict, rule_broken

Part = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
WholeDays = Annotated[int, Field(ge=1, le=120)]


class StrategyLevel(Strict):
    """A level, what brings it, and what goes with it. Without `on_cases` and `cover` nothing brings it by itself."""

    level: Level
    on: ZoneKind | Literal["smallest"] = "smallest"  # the zone of this kind around a case, or the level's smallest
    on_cases: Annotated[int, Field(ge=1, le=1000)] | None = None  # community cases in the zone that bring it
    within_days: WholeDays = 14  # that they are counted over
    cover: Part | None = None  # of infections that are not known yet: today's areas, chosen with the least restriction
    everywhere_days: WholeDays | None = None  # at once in the entire area, for so many days
    lift_after_days: WholeDays | None = None  # without a community case there; none: the protocol's
    round_every_days: WholeDays | None = None  # screening rounds; none: the protocol's
    rounds: bool = True  # false: no rounds


class Strategy(Shelved):
    """How levels and rounds follow from cases.

    `steps` are the rungs of the protocol's ladder that it needs: where a protocol does not have them it is not tried.
    """

    sources: dict[str, Source] = Field(default={})
    steps: tuple[str, ...] = ()
    by_rule: bool = False  # the levels of the protocol, by its own rules
    responds: bool = True  # false: nobody tests, traces or isolates
    level: tuple[StrategyLevel, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = [one.level for one in self.level]
        if "open" in named or len(set(named)) < len(named):
            raise rule_broken("a level is open, or there twice", f"each of {', '.join(LEVELS[1:])} once at most")
        if self.by_rule and self.level:
            raise rule_broken("levels are named beside by_rule", "the protocol's own rules, or levels named here")
        if not self.responds and (self.level or self.by_rule):
            raise rule_broken("levels are named where nobody responds", "no levels")
        return self

    def rule_for(self, level: str) -> StrategyLevel | None:
        """What it says of a level."""
        return next((one for one in self.level if one.level == level), None)
