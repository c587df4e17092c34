"""From what is known to the plan of the day."""

from collections.abc import Sequence
from dataclasses import replace

from douse.library.pathogen import Pathogen
from douse.library.protocol import Costs, Protocol
from douse.planning.areas import propose_areas
from douse.planning.basis import Basis
from douse.planning.beds.make import plan_beds
from douse.planning.choice.rules import protocol_by
from douse.planning.choice.today import Chosen, released
from douse.planning.community.plan_community import plan_community
from douse.planning.cost import Quantities, account
from douse.planning.crews import crews_of
from douse.planning.entry.make import plan_entry
from douse.planning.evidence import gather
from douse.planning.floor import check_floor
from douse.planning.goods.needed import Asked, amount_of, needed
from douse.planning.goods.plan_goods import goods_regions, plan_goods
from douse.planning.isolation import bed_needs, bed_notes, patients
from douse.planning.laboratory import rounds_a_day, test_needs
from douse.planning.levels import LevelMap, place_levels
from douse.planning.lifting import held, judge
from douse.planning.notes import evidence_notes, signal_notes, validity_notes
from douse.planning.persons import isolation_measures, quarantine_measures, screening_measures
from douse.planning.plan import Plan
from douse.planning.projection import new_cases, project, projection_notes
from douse.planning.quarantine import contact_notes, quarantine_demand
from douse.planning.screening import plan_rounds
from douse.planning.staff import staff_needs
from douse.planning.supplies import against_stock
from douse.planning.testing.day import plan_testing_day, with_hours
from douse.planning.tracing_capacity import people_to_reach, tracers_needed, tracing_capacity
from douse.planning.zones import in_order, level_measures
from douse.records.measure import Measure
from douse.records.records import Records
from douse.records.zone_tree import ZoneTree
from douse.signals.signal import Signal
from douse.situation.situation import Situation
from douse.tracing.trace import Trace

HORIZON_DAYS = 14


def make_plan(  # noqa: PLR0913, PLR0917  one argument for each room to the left
    known: Records,
    situation: Situation,
    signals: tuple[Signal, ...],
    trace: Trace,
    zones: ZoneTree,
    pathogen: Pathogen,
    protocol: Protocol,
    costs: Costs,
    *,
    horizon_days: int = HORIZON_DAYS,
    chosen: Chosen | None = None,
) -> Plan:
    """Propose the measures of a day, with what they need and cost.

    Parameters
    ----------
    known : Records
        As-of view.
    situation, signals, trace
        Made from the same view.
    zones : ZoneTree
        Of the same view.
    pathogen, protocol, costs
        Library values.
    horizon_days : int
        Days ahead for needs and costs, the as-of day included.
    chosen : Chosen, optional
        The choice between whole plans, whose levels take the place of the protocol's.

    Returns
    -------
    Plan
        A proposal: nothing in it is in force until a person approves it.

    Raises
    ------
    ValueError
        When the horizon is shorter than a day.
    """
    if horizon_days < 1:
        raise ValueError("a plan looks at least one day ahead")
    rules = protocol if chosen is None else protocol_by(chosen.strategy, protocol)
    basis = Basis(known, situation, trace, zones, pathogen, rules, costs, horizon_days)

    evidence = gather(basis)
    verdicts = judge(basis) if chosen is None else released(chosen.strategy, judge(basis), basis)
    ordered = {} if chosen is None else {zones.position[zone]: order for zone, order in chosen.ordered.items()}
    levels = place_levels(evidence, zones, rules, held(verdicts), ordered)
    on_zones = level_measures(basis, evidence, verdicts, levels)
    placed = _placed(basis, levels, on_zones)
    planned, round_notes = plan_rounds(basis, evidence, placed)
    testing = plan_testing_day(basis, planned)
    rounds = with_hours(planned, testing)
    on_persons = quarantine_measures(basis) + isolation_measures(basis)

    projection = project(basis)
    quarantine = quarantine_demand(basis, projection)
    by_zone = {measure.zone or "": measure for measure in placed}
    tubes, swabs, samplers = (rounds_a_day(basis, rounds, by_zone, what) for what in ("tubes", "swabs", "samplers"))
    needs = bed_needs(basis, patients(basis, projection), quarantine) + test_needs(basis, tubes, quarantine)
    tracers, most_tracers = tracers_needed(basis, quarantine)
    crews = crews_of(basis)
    community, taken, community_notes = plan_community(basis, crews)
    parts = goods_regions(basis)
    wanted, delivery_notes = needed(basis, Asked(needs, rounds, placed, tubes, swabs, samplers), parts)
    goods, goods_notes = plan_goods(basis, wanted, parts, crews, taken)
    bill, cost_notes = account(
        basis,
        Quantities(
            placed,
            needs,
            quarantine,
            projection,
            tubes,
            tracers,
            samplers,
            amount_of(wanted, "living_package"),
            community,
        ),
    )

    return Plan(
        as_of=situation.as_of,
        protocol=protocol.id,
        protocol_edition=protocol.edition,
        pathogen=pathogen.id,
        horizon_days=horizon_days,
        measures=in_order([*on_zones, *on_persons, *screening_measures(basis, rounds, placed)]),
        levels={zones.ids[zone]: placement.level for zone, placement in levels.placements.items()},
        rounds=rounds,
        tracing=people_to_reach(basis),
        needs=needs,
        supplies=against_stock(basis, wanted),
        staff=staff_needs(basis, needs, tracers, samplers),
        costs=bill,
        floor=check_floor(basis, needs, most_tracers),
        notes=(
            *(verdict.note for verdict in verdicts.values() if verdict.note),
            *evidence_notes(basis, evidence, levels),
            *validity_notes(basis),
            *signal_notes(signals),
            *round_notes,
            *projection_notes(projection),
            *bed_notes(basis),
            *contact_notes(basis),
            *delivery_notes,
            *goods_notes,
            *community_notes,
            *cost_notes,
        ),
        cases_ahead=new_cases(basis, projection),
        areas=propose_areas(replace(basis, protocol=protocol)),  # by the rules as they are, whatever is chosen
        tracing_capacity=tracing_capacity(basis),
        beds=plan_beds(basis, needs),
        entry=plan_entry(basis),
        choice=None if chosen is None else chosen.choice,
        testing=testing,
        goods=goods,
        community=community,
    )


def _placed(basis: Basis, levels: LevelMap, on_zones: Sequence[Measure]) -> tuple[Measure, ...]:
    """Measures of zones that have a level of their own after the plan."""
    own = {basis.zones.ids[zone] for zone in levels.placements}
    return tuple(measure for measure in on_zones if measure.zone in own)
