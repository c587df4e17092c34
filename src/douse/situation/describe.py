"""What is known as of a day, part by part."""

from datetime import timedelta

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import Records, ZoneTree
from douse.situation.by_zone import by_zone
from douse.situation.cases import counted_cases, suspected
from douse.situation.community_zero import community_zero
from douse.situation.contact_figures import contact_figures
from douse.situation.deadlines import summaries
from douse.situation.growth import doubling_days, growth_per_day
from douse.situation.incidence import by_age, by_origin, curve, daily_counts, trend_basis
from douse.situation.lifting import lift_countdown
from douse.situation.missing import missing
from douse.situation.quarantine import quarantine_is_recorded
from douse.situation.reporting_delay import reporting_delays
from douse.situation.reproduction import r_now, reproduction
from douse.situation.severity import by_severity
from douse.situation.situation import Situation
from douse.situation.timeliness import milestones
from douse.units import DAYS_PER_WEEK


def describe(known: Records, zones: ZoneTree, pathogen: Pathogen, protocol: Protocol) -> Situation:
    """The situation as of a day.

    Parameters
    ----------
    known : Records
        As-of view (`Records.as_of`); its day is the as-of day, counted as complete.
    zones : ZoneTree
        Of the same view.
    pathogen : Pathogen
        Serial interval, incubation, days in care.
    protocol : Protocol
        Case definition, deadlines, targets, lift rules.

    Raises
    ------
    ValueError
        When `known` is not an as-of view.
    """
    as_of = known.day
    cases = counted_cases(known, pathogen, protocol)

    reporting = reporting_delays(cases, pathogen, protocol)
    basis, last_complete = trend_basis(cases, as_of, reporting)
    daily = daily_counts(cases, basis, last_complete)
    r_over_time = reproduction(daily, pathogen)
    growth = growth_per_day(daily)

    lifting = lift_countdown(known, cases, zones, pathogen, protocol)

    return Situation(
        as_of=as_of,
        pathogen=pathogen.id,
        protocol=protocol.id,
        total=cases.height,
        suspected=suspected(known),
        new_today=cases.filter(pl.col("told_on") == as_of).height,
        new_week=cases.filter(pl.col("told_on") > as_of - timedelta(days=DAYS_PER_WEEK)).height,
        active=int(cases["active"].sum()),
        deaths=cases.filter(pl.col("outcome") == "died").height,
        curve=curve(cases, as_of, reporting),
        by_zone=by_zone(cases, zones, as_of, lifting),
        by_age=by_age(cases),
        by_origin=by_origin(cases),
        severity=by_severity(cases),
        reproduction=r_over_time.select("date", "mean", "lower", "upper").drop_nulls(),
        cases=cases,
        r_now=r_now(daily, r_over_time, pathogen),
        doubling_days=doubling_days(growth),
        growth_per_day=growth,
        delays=summaries(cases, protocol),
        milestones=milestones(known, cases, protocol),
        community_zero=community_zero(
            cases, as_of, protocol, recorded=quarantine_is_recorded(known, pathogen, protocol)
        ),
        contacts=contact_figures(known, cases, pathogen, protocol),
        missing=missing(known, cases),
        trend_basis=basis,
        reporting=tuple(reporting[name] for name in sorted(reporting)),
    )
