"""`Stage`: what all runs from the records of a day share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl

from douse.city.from_records import Peopled
from douse.errors import UsageError
from douse.records.measure import Because, Measure
from douse.signals.scene import Scene
from douse.simulation.by_protocol import response_of, zoning_of
from douse.simulation.capacity import capacity_of
from douse.simulation.contacts import usual_contacts
from douse.simulation.course import course_of
from douse.simulation.entry import EntryRule, entry_of
from douse.simulation.orders import orders_in, orders_of
from douse.simulation.past import Past, past_of
from douse.simulation.rates import Rates, make_rates
from douse.simulation.response import Response
from douse.simulation.scenario import HISTORY, MOST_DAYS, Scenario
from douse.simulation.simulate_notes import assumed, measures_elsewhere, past_rounds
from douse.simulation.start import begin_day_back, old_immunity, protected_share
from douse.simulation.zoning import Order, no_zoning

_QUANTILES = 1024


@dataclass(frozen=True)
class Stage:
    """What all runs share.

    Attributes
    ----------
    past : Past
        Cases on record.
    entry : EntryRule
        What is done with people who arrive.
    scenario : Scenario
        City, disease, measures.
    """

    past: Past
    entry: EntryRule
    scenario: Scenario


@dataclass(frozen=True)
class Ground:
    """What does not depend on the day on which runs begin.

    Attributes
    ----------
    scene : Scene
        What is known as of a day, pathogen and rules.
    peopled, rates
        City; what is passed on in it.
    response : Response
        With the times of the library.
    entry : EntryRule
        On arrival.
    orders : tuple[Measure, ...]
        Measures to come.
    by_rule : bool
        Levels also come and go by the rules of the protocol.
    """

    scene: Scene
    peopled: Peopled
    rates: Rates
    response: Response
    entry: EntryRule
    orders: tuple[Measure, ...]
    by_rule: bool


def ground_of(scene: Scene, peopled: Peopled, orders: Sequence[Measure], *, by_rule: bool) -> Ground:
    """Course, rates and response of a city."""
    protocol, pathogen = scene.protocol, scene.pathogen
    city, course = peopled.city, course_of(pathogen)
    return Ground(
        scene,
        peopled,
        rates=make_rates(city, course, usual_contacts()),
        response=response_of(protocol, pathogen, course, capacity_of(scene.known, protocol, len(city))),
        entry=entry_of(protocol, pathogen),
        orders=tuple(orders),
        by_rule=by_rule,
    )


def usual_back(ground: Ground) -> int:
    """Days back on which runs begin where nobody says so; see `begin_day_back`."""
    early = _past(ground, HISTORY)
    return begin_day_back(ground.rates.course, early.delays, ground.response.result_days)


def stage_of(ground: Ground, *, back: int, days: int) -> Stage:
    """Set up runs that begin so many days back, the as-of day among them, and look so many days ahead.

    Raises
    ------
    UsageError
        When the run would be too long, or begin too early or too late.
    """
    if back + days > MOST_DAYS:
        raise UsageError(
            f"A run of {back + days} days is not possible.",
            allowed=f"at most {MOST_DAYS - back} days ahead",
            next_step="Choose fewer days.",
        )
    past = _past(ground, back)
    response, city = _as_reported(ground.response, past), ground.peopled.city
    orders = (*_in_force(ground, past)[0], *orders_of(ground.orders, city, past.first))
    zoning = (
        replace(zoning_of(ground.scene.protocol, ground.scene.pathogen, city, orders), rules_from=back)
        if ground.by_rule
        else replace(no_zoning(len(city.zone_ids)), orders=orders)
    )
    scenario = Scenario(
        city, ground.rates, response, zoning, back + days,
        weekday=past.first.weekday(), masks_from=0,
        immunity=old_immunity(
            past, ground.rates.course, city, response.seek_share, protected_share(ground.scene.known.table("zones"))
        ),
    )  # fmt: skip
    return Stage(past, ground.entry, scenario)


def notes_of_ground(ground: Ground) -> list[Because]:
    """What stands in for keys of the pathogen's file, and which measures on record are left out."""
    keys = ground.rates.course.assumed
    return ([assumed(keys)] if keys else []) + _in_force(ground, _past(ground, HISTORY))[1]


def _past(ground: Ground, back: int) -> Past:
    scene = ground.scene
    first = scene.situation.as_of - timedelta(days=back - 1)
    return past_of(scene.known, scene.situation, scene.zones, ground.peopled, ground.response, first=first)


def _in_force(ground: Ground, past: Past) -> tuple[tuple[Order, ...], list[Because]]:
    """Measures on record as runs take them."""
    city, measures = ground.peopled.city, ground.scene.known.table("measures")
    named = sorted({*city.zone_ids, *city.zones["zone_id"]})
    there = (pl.col("zone").is_null() | pl.col("zone").is_in(named)).fill_null(value=False)
    # Whom past rounds found is among the cases on record; run again they would find those whom they missed.
    round_before = ((pl.col("kind") == "screening") & (pl.col("start") <= past.as_of)).fill_null(value=False)
    elsewhere = measures.filter(~there & pl.col("kind").is_in(["level", "closure"])).height
    rounds = measures.filter(round_before).height
    notes = [told(n) for told, n in ((measures_elsewhere, elsewhere), (past_rounds, rounds)) if n]
    return orders_in(measures.filter(there & ~round_before), city, past.first), notes


def _as_reported(response: Response, past: Past) -> Response:
    """People come for tests as late as the cases on record did."""
    if not past.delays_on_record:
        return response
    at = (np.arange(_QUANTILES) * len(past.delays)) // _QUANTILES
    return replace(response, seek_delay=np.maximum(past.delays[at] - response.result_days, 0).astype(np.uint8))
