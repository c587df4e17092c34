"""What a strategy makes of a protocol: the same protocol, with other levels and rounds."""

from collections.abc import Sequence

from douse.errors import LibraryError
from douse.library import Protocol, Strategy, load, names
from douse.library.codes import ZONE_KINDS
from douse.library.number import Number
from douse.library.protocol import EnterRule, LevelRule, LiftRule
from douse.library.strategy import StrategyLevel

NOTHING = "nothing"  # the strategy that all others are compared with
_SOURCE = "strategy"


def strategies_for(protocol: Protocol, named: Sequence[str] = ()) -> tuple[Strategy, ...]:
    """Strategies to choose from: those named, or all shipped ones whose steps are on the protocol's ladder.

    Where nobody names any, that in which nothing is done is not among them.

    Raises
    ------
    LibraryError
        When one is named that there is not, twice, or that needs a step that the protocol does not have.
    """
    if named:
        found = tuple(load(Strategy, name) for name in named)
        if len({one.id for one in found}) < len(found):
            raise LibraryError("Two strategies have the same id.", next_step="Give each file an id of its own.")
        for one in found:
            _check_steps(one, protocol)
        return found
    shipped = (load(Strategy, name) for name in names(Strategy) if name != NOTHING)
    return tuple(one for one in shipped if set(one.steps) <= set(protocol.least_restrictive))


def protocol_by(strategy: Strategy, protocol: Protocol) -> Protocol:
    """The protocol with the levels of a strategy; itself where the strategy leaves them to it."""
    if strategy.by_rule:
        return protocol
    levels = tuple(_level(rule, strategy.rule_for(rule.level)) for rule in protocol.level)
    return protocol.model_copy(update={"level": levels})


def beyond(strategy: Strategy, protocol: Protocol) -> tuple[str, ...]:
    """Levels that a strategy puts on larger areas than the protocol does."""
    if strategy.by_rule:
        return ()
    largest = {rule.level: ZONE_KINDS.index(rule.largest) for rule in protocol.level}
    return tuple(
        one.level
        for one in strategy.level
        if one.everywhere_days is not None or (one.on != "smallest" and ZONE_KINDS.index(one.on) > largest[one.level])
    )


def _check_steps(strategy: Strategy, protocol: Protocol) -> None:
    missing = [step for step in strategy.steps if step not in protocol.least_restrictive]
    if missing:
        raise LibraryError(
            f"The strategy {strategy.id} needs steps that the protocol {protocol.id} does not have: "
            f"{', '.join(missing)}.",
            allowed=", ".join(protocol.least_restrictive),
            next_step="Choose another strategy or another protocol, or take the step out of the strategy's steps.",
        )


def _level(rule: LevelRule, chosen: StrategyLevel | None) -> LevelRule:
    if chosen is None:
        return rule.model_copy(update={"enter": ()})
    kind = rule.smallest if chosen.on == "smallest" else chosen.on
    every = rule.screening_every_days if chosen.rounds else None
    if chosen.rounds and chosen.round_every_days is not None:
        every = _number(chosen.round_every_days)
    return rule.model_copy(
        update={
            "enter": () if chosen.on_cases is None else (_on_cases(chosen),),
            "smallest": kind,
            "largest": kind if chosen.on_cases is not None else rule.largest,
            "lift": _lift(rule, chosen),
            "screening_every_days": every,
        }
    )


def _on_cases(chosen: StrategyLevel) -> EnterRule:
    return EnterRule(
        evidence="community_case", at_least=_number(chosen.on_cases or 1, "cases"),
        within_days=_number(chosen.within_days),
    )  # fmt: skip


def _lift(rule: LevelRule, chosen: StrategyLevel) -> LiftRule | None:
    """The protocol's rule to lift, with the days of the strategy; down to open where no lower level is named."""
    lift = rule.lift or LiftRule(days_without_case=_number(chosen.within_days), to="open")
    if chosen.lift_after_days is not None:
        lift = lift.model_copy(update={"days_without_case": _number(chosen.lift_after_days)})
    return lift


def _number(value: float, unit: str = "days") -> Number:
    return Number(value=value, unit=unit, source=_SOURCE, grade="est")
