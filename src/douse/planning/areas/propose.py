"""The areas of a day, as the plan shows them."""

import numpy as np

from douse.planning.area_values import AreaCover, AreaRisk, Areas, CoveredArea
from douse.planning.areas.choices import choices_of
from douse.planning.areas.compare import circles, whole_districts
from douse.planning.areas.cover import Cover, cover
from douse.planning.areas.hidden import HiddenByArea, area_rules, hidden_infections
from douse.planning.areas.measures import why, why_not_lesser
from douse.planning.basis import Basis
from douse.records.measure import Because

TARGETS = (0.5, 0.8, 0.95)
TOP = 20
# Near enough for a table of the report; whoever wants the last person-day asks `cover`.
GAP = 0.05
_SECONDS = 120.0  # never reached: a report must not depend on how fast a machine is
_NOTHING = 1e-9


def propose_areas(basis: Basis) -> Areas:
    """Risk by area, the covers of three targets and that of the protocol's own, all until the end of the horizon."""
    hidden = hidden_infections(basis)
    own = area_rules(basis.protocol).target.value
    days = float(basis.horizon_days)
    nobody = hidden.total <= _NOTHING or not hidden.counted
    wanted = () if nobody else tuple(sorted({*TARGETS, own}))
    covers = {target: cover(hidden, basis, target=target, days=days, gap=GAP, seconds=_SECONDS) for target in wanted}
    return Areas(
        expected=hidden.total,
        unplaced=hidden.unplaced,
        smallest_areas=len(hidden.zones),
        found=hidden.found,
        found_by=hidden.found_by,
        reproduction=hidden.reproduction,
        movement=hidden.movement,
        days=days,
        top=_top(basis, hidden),
        covers=tuple(_as_value(basis, hidden, chosen) for chosen in covers.values()),
        chosen=_chosen(basis, hidden, covers[own]) if own in covers else (),
        note=_note(hidden),
    )


def _top(basis: Basis, hidden: HiddenByArea) -> tuple[AreaRisk, ...]:
    order = np.lexsort((hidden.zones, -hidden.expected))[:TOP]
    mean = hidden.total / max(float(hidden.people.sum()), _NOTHING)
    risks = []
    for at in order[hidden.expected[order] > _NOTHING].tolist():
        part = {name: float(values[at]) for name, values in hidden.parts.items()}
        people = float(hidden.people[at])
        counted = hidden.counted and people > 0
        risks.append(
            AreaRisk(
                zone=basis.zones.ids[hidden.zones[at]],
                people=round(people) if hidden.counted else None,
                expected=float(hidden.expected[at]),
                times_mean=float(hidden.expected[at]) / people / mean if counted else None,
                by_cases=part["cases"],
                by_sites=part["sites"],
                by_contacts=part["contacts"],
                by_unknown_source=part["unknown_source"],
                onward=part["onward"],
                by_movement=part["movement"],
                **{name: int(values[at]) for name, values in hidden.counts.items()},
            )
        )
    return tuple(risks)


def _as_value(basis: Basis, hidden: HiddenByArea, chosen: Cover) -> AreaCover:
    """With the same coverage by whole districts and by circles, at levels up to the highest of the protocol."""
    level = choices_of(hidden, basis, level=None, days=chosen.days).levels[-1]
    districts = circle = None
    if chosen.areas and chosen.person_days > 0:
        larger = whole_districts(hidden, basis, target=chosen.share, level=level, days=chosen.days)
        districts = larger if larger.areas and larger.short is None else None
        circle = circles(hidden, basis, target=chosen.share, level=level, days=chosen.days)
    return AreaCover(
        target=chosen.target,
        share=chosen.share,
        inside=chosen.inside,
        areas=len(chosen.areas),
        people=chosen.people,
        person_days=chosen.person_days,
        staff_days=chosen.staff_days,
        gap=chosen.gap,
        districts_times=districts.person_days / chosen.person_days if districts else None,
        circles_times=circle.person_days / chosen.person_days if circle else None,
        circles_km=circle.radius_km if circle else None,
        short=chosen.short,
    )


def _chosen(basis: Basis, hidden: HiddenByArea, chosen: Cover) -> tuple[CoveredArea, ...]:
    return tuple(
        CoveredArea(
            target=chosen.target,
            zone=basis.zones.ids[area.zone],
            level=area.level,
            people=round(area.people),
            expected=area.hidden,
            person_days=area.person_days,
            share_without=area.share_without,
            lesser=area.lesser,
            share_lesser=area.share_lesser,
            reason=why(hidden, area),
            lesser_fails=why_not_lesser(chosen, area),
        )
        for area in chosen.areas
    )


def _note(hidden: HiddenByArea) -> Because | None:
    if not hidden.counted and hidden.total > _NOTHING:
        return Because(
            "No zone has residents on record, so nobody can say how many people a level would restrict: add population "
            "to the table of zones."
        )
    if hidden.total <= _NOTHING and hidden.unplaced > _NOTHING:
        return Because("No case or contact has a zone on record, so nothing can be said of areas.")
    return None
