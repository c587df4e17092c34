"""What the tests of attribution share: from records to a belief, and settings that make rules visible."""

from datetime import date
from typing import Any

import numpy as np

from douse.library import Links, Pathogen, load
from douse.records import Records
from douse.tracing.infectors import Chains, Known, infectors, posterior
from douse.tracing.infectors.belief import Belief
from douse.tracing.infectors.evidence import gather
from douse.tracing.infectors.levels import GROUPS
from tracing_inputs import known_on, pathogen, protocol


def links(**changes: float) -> Links:
    """The generic file with other numbers."""
    generic = load(Links, "generic")
    numbers = {name: getattr(generic, name).model_copy(update={"value": value}) for name, value in changes.items()}
    return generic.model_copy(update=numbers)


def flat() -> np.ndarray:
    """Weights by which nothing but dates and named pairs counts."""
    return np.zeros((len(GROUPS), max(len(levels) for levels in GROUPS.values())))


def known(records: Records, day: str) -> Known:
    view, situation, zones = known_on(records, day, protocol())
    return Known(view, situation.cases, zones)


def belief_on(
    records: Records, day: str, *, weights: np.ndarray | None = None, of: Pathogen | None = None, **changes: float
) -> Belief:
    on = known(records, day)
    judged = links(**changes)
    evidence = gather(on.records, on.cases, on.zones, of or pathogen(), judged, weights=weights)
    return posterior(evidence, judged)


def chains_on(records: Records, day: str, before: str | None = None, **changes: float) -> Chains:
    yesterday = None if before is None else known(records, before)
    return infectors(known(records, day), yesterday, pathogen(), links(**changes))


def told(belief: Belief, case: str) -> dict[str, float]:
    """Direct probability of each infector of a case, by name, with `through`, `imported`, `unknown`, `other`."""
    ids = belief.ids.to_list()
    at = ids.index(case)
    low, high = belief.candidates.start[at], belief.candidates.start[at + 1]
    found = belief.posterior
    names = {
        ids[i]: float(p) for i, p in zip(belief.candidates.infector[low:high], found.direct[low:high], strict=True)
    }
    rest: dict[str, Any] = {name: float(getattr(found, name)[at]) for name in ("imported", "unknown", "other")}
    return names | rest | {"through": float(found.through[low:high].sum())}


def likeliest(belief: Belief, case: str) -> str:
    """The infector of most probability, whatever no case at all may have."""
    answers = told(belief, case)
    named = {name: p for name, p in answers.items() if name not in {"through", "imported", "unknown", "other"}}
    return max(named, key=lambda name: named[name])


def day_number(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days
