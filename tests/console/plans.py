"""A plan for tests: proposals by hand, in the place of what the planners would propose."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

from douse.console import clock
from douse.console.knowledge import loaded
from douse.console.plan.made import Asked, Made, files_of
from douse.console.plan.workshop import workshop
from douse.console.reading import follow
from douse.outputs.briefing import Briefing
from douse.outputs.json_text import plain
from douse.planning.plan import Costs
from douse.question import Opened
from douse.records.measure import Because, Measure

DAY = date(2026, 4, 1)
FOOD = Because("Food and daily goods are brought to every door: one living package every {days} days.", {"days": 3})
CARE = Because("Medicines and medical care go on for all who need them, dialysis and births included.")
COSTS = Costs("USD", (), 1000.0, 0.0, Because("Compared with nothing."), 14)


def level(zone: str | None, level: str, action: str = "start", **changed: Any) -> Measure:
    """A proposed level."""
    one = Measure(
        id=f"level/{zone}", action=action, kind="level", zone=zone, level=level, level_before=None, start=DAY,
        review_on=DAY + timedelta(days=3), expires_on=DAY + timedelta(days=14), people=9000, person_days=90_000.0,
        reason=Because("Cases in the last {days} days: {n}. The protocol asks for {at_least} or more.",
                       {"days": 14, "n": 3, "at_least": 1}),
        evidence=("case-north-1",), lift_rule=Because("Nothing is left to lift."), lesser="precaution",
        lesser_fails=Because("Less would not do."), support=(FOOD, CARE),
    )  # fmt: skip
    return replace(one, **changed)


@dataclass
class _Plan:
    measures: tuple[Measure, ...]
    levels: dict[str, str]
    costs: Costs = COSTS
    choice: None = None
    notes: tuple[()] = ()
    as_of: date = DAY
    protocol: str = "who-generic"
    protocol_edition: str = "1"
    beds: None = None


def made(*measures: Measure, day: date = DAY, ended: tuple[str, ...] = ()) -> Made:
    """Put a plan of these proposals in the place of the one made last; zones in `ended` have no level of their own."""
    snapshot = follow()
    knowledge = loaded("sars-cov-2-wild", "who-generic", "generic")
    own: dict[str, str] = {
        one.zone: one.level
        for one in measures
        if one.zone and one.level not in {None, "open"} and one.zone not in ended
    }
    plan = _Plan(measures, own)
    kept = {"plan": {"as_of": day.isoformat(), "measures": [plain(one) for one in measures]}}
    asked = Asked(snapshot.sequence, day, files_of(knowledge), 0)
    briefing = cast("Briefing", SimpleNamespace(plan=plan))
    opened = cast("Opened", SimpleNamespace(knowledge=knowledge))
    one = Made(asked, clock.now(), opened, briefing, snapshot.frames, json.dumps(kept))
    shop = workshop("plan")
    shop.ask(("plan", asked, one.hash), lambda _: one)
    assert shop.finish(10)
    return one
