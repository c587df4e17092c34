"""Why a plan, and why not the one below it: sentences."""

from collections.abc import Mapping

from douse.planning.choice.floor import EXTINCT, Condition
from douse.planning.choice.weighed import Weighed
from douse.records.measure import Because

Facts = dict[str, str | int | float]


def why_chosen(taken: Weighed, weighed: Mapping[str, Weighed], horizon: int) -> Because:
    """Why it is proposed."""
    facts = _facts(taken.conditions[0], horizon) | {
        "tried": len(weighed),
        "holding": sum(plan.holds for plan in weighed.values()),
    }
    if taken.holds:
        return Because(
            "Of {tried} plans, {holding} {holding:holds|hold} the floor; this one has the least expected burden. The "
            "outbreak ends within {days} days in {chance} of the scenarios; at least {least} is asked for.",
            facts,
        )
    worst = _worst(taken)
    if worst.name == EXTINCT:
        return Because(
            "None of {tried} plans holds the floor. This one misses it least: the outbreak ends within {days} days in "
            "{chance} of the scenarios; at least {least} is asked for.",
            facts,
        )
    return Because(
        "None of {tried} plans holds the floor. This one misses it least: in the worst scenarios {resource} are short "
        "by {short}.",
        facts | _short(worst),
    )


def why_not(lesser: Weighed | None, taken: Weighed, horizon: int) -> Because:
    """Why the next lesser plan does not do."""
    if lesser is None:
        return Because("No plan that was tried restricts fewer person-days.")
    worse = max(
        zip(lesser.conditions, taken.conditions, strict=True), key=lambda two: two[0].missed_by - two[1].missed_by
    )
    worst, best = worse
    facts = _facts(lesser.conditions[0], horizon) | {"other": _percent(taken.conditions[0].value)}
    if lesser.missed_by <= taken.missed_by:
        return Because(
            "It restricts fewer person-days, but its expected burden is higher: {burden} more, tests and illness "
            "counted.",
            facts | {"burden": _money(lesser.expected_burden - taken.expected_burden)},
        )
    if worst.name == EXTINCT:
        return Because(
            "With it the outbreak ends within {days} days in {chance} of the scenarios, with the plan proposed in "
            "{other}; at least {least} is asked for.",
            facts,
        )
    return Because(
        "With it {resource} are short by {short} in the worst scenarios, with the plan proposed by {other}.",
        facts | _short(worst) | {"other": max(0, round(best.value - best.allowed))},
    )


def _worst(plan: Weighed) -> Condition:
    """The condition that is missed most."""
    return max(plan.conditions, key=lambda condition: condition.missed_by)


def _facts(extinct: Condition, horizon: int) -> Facts:
    return {"days": horizon, "chance": _percent(extinct.value), "least": _percent(extinct.allowed)}


def _short(condition: Condition) -> Facts:
    return {"resource": condition.name, "short": round(condition.value - condition.allowed)}


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _money(amount: float) -> str:
    return f"{amount:,.0f}"
