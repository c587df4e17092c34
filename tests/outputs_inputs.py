"""Hand-made values for the tests of the outputs: a city of 3 districts with one outbreak, every part filled in."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from conftest import records
from douse.library import Costs as UnitCosts
from douse.library import Pathogen, Protocol, load
from douse.outputs.briefing import Briefing
from douse.outputs.manifest import make_manifest
from douse.planning.plan import CostLine, Costs, DayNeed, FloorCheck, Note, Plan, Round, Staff, Supply
from douse.planning.testing.values import Addition, TestingDay, TestingHour, TestingLaboratory, TestingSite
from douse.records.measure import Because, Measure
from douse.records.zone_tree import ZoneTree
from douse.signals import Signal, fuse
from douse.situation.estimates import estimate
from douse.situation.situation import (
    CommunityZero,
    ContactFigures,
    DelaySummary,
    Interval,
    Milestone,
    Missing,
    Situation,
)
from douse.tracing.trace import Chain, Trace

AS_OF = date(2026, 3, 5)
FINDINGS = {
    "file": pl.String,
    "row": pl.Int64,
    "table": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "action": pl.String,
    "message": pl.String,
    "next_step": pl.String,
    "recorded_at": pl.Datetime("us"),
}


def day(back: int) -> date:
    return AS_OF - timedelta(days=back)


def zone_rows(districts: int = 3, communities: int = 4) -> list[dict]:
    """A city of districts of communities, with square outlines side by side."""
    rows = [{"zone_id": "city", "name": "Riverton", "kind": "city", "population": 1000 * 30 * districts * communities}]
    for d in range(districts):
        rows.append(
            {
                "zone_id": f"d{d}",
                "name": f"{['North', 'East', 'South', 'West', 'Old', 'New', 'High', 'Low'][d % 8]} District",
                "kind": "district",
                "parent_zone": "city",
            }
        )
        for c in range(communities):
            west, south = 10 + d * 0.2 + (c % 2) * 0.1, 50 + (c // 2) * 0.08
            ring = [
                [west, south],
                [west + 0.1, south],
                [west + 0.1, south + 0.08],
                [west, south + 0.08],
                [west, south],
            ]
            rows.append(
                {
                    "zone_id": f"d{d}c{c}",
                    "name": f"Community {d + 1}-{c + 1}",
                    "kind": "community",
                    "parent_zone": f"d{d}",
                    "population": 30_000,
                    "latitude": south + 0.04,
                    "longitude": west + 0.05,
                    "boundary": json.dumps({"type": "Polygon", "coordinates": [ring]}),
                }
            )
    return rows


def case_rows(n: int, zones: list[str], seed: int = 1) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = []
    backs = np.sort(np.minimum(rng.exponential(9, n).astype(int), 45))[::-1]
    for i, back in enumerate(backs.tolist()):
        told = day(max(back - int(rng.integers(1, 5)), 0))
        rows.append(
            {
                "case_id": f"k{i:05d}",
                "zone": zones[int(rng.integers(0, len(zones)) ** 2 // len(zones))],
                "onset": day(back),
                "origin": ["imported", "local", "unknown"][int(rng.choice(3, p=[0.1, 0.7, 0.2]))],
                "infector": f"k{int(i * rng.random() ** 2):05d}" if i > 3 and rng.random() < 0.6 else None,
                "reported_at": datetime.combine(told, datetime.min.time()),
                "recorded_at": datetime.combine(told, datetime.min.time()),
                "severity": ["mild", "moderate", "severe", "critical"][int(rng.choice(4, p=[0.7, 0.2, 0.08, 0.02]))],
                "age": int(rng.integers(1, 95)),
            }
        )
    return rows


def situation_of(known, zones: ZoneTree, protocol: Protocol) -> Situation:
    cases = known.cases.with_columns(
        person=pl.col("case_id"),
        day=pl.col("onset"),
        told_on=pl.col("recorded_at").dt.date(),
        link=pl.when(pl.col("origin") == "imported")
        .then(pl.lit("imported"))
        .when(pl.col("infector").is_not_null())
        .then(pl.lit("linked"))
        .otherwise(pl.lit("unlinked")),
        in_quarantine=pl.col("age") % 3 == 0,
        active=pl.col("onset") > day(14),
    )
    total = cases.height
    curve = pl.concat(
        cases.group_by(date=pl.col(column).cast(pl.Date), basis=pl.lit(basis), origin=pl.col("origin").cast(pl.String))
        .agg(cases=pl.len().cast(pl.Int64))
        .with_columns(incomplete=(pl.col("date") > day(4)) & (pl.col("basis") == "onset"))
        for basis, column in (("onset", "onset"), ("reported", "reported_at"))
    ).sort("basis", "date", "origin")
    own = cases.group_by("zone").agg(
        cases=pl.len(),
        new_cases=(pl.col("told_on") > day(7)).sum(),
        community_cases_14d=((pl.col("told_on") > day(14)) & ~pl.col("in_quarantine")).sum(),
        active=pl.col("active").sum(),
        last_community_case=pl.col("day").max(),
    )
    by_zone = (
        pl.DataFrame({"zone": zones.ids, "name": zones.names, "kind": zones.kinds})
        .with_columns(
            parent_zone=pl.Series([zones.ids[p] if p >= 0 else None for p in zones.parent], dtype=pl.String),
            population=pl.Series(zones.population),
        )
        .join(own, on="zone", how="left")
        .with_columns(pl.col("cases", "new_cases", "community_cases_14d", "active").fill_null(0))
    )
    for column in ("cases", "new_cases", "community_cases_14d", "active"):
        by_zone = by_zone.with_columns(pl.Series(column, zones.roll_up(by_zone[column].to_numpy())))
    by_zone = by_zone.with_columns(
        deaths=pl.col("cases") // 50,
        rate_100k=(pl.col("community_cases_14d") / pl.col("population") * 100_000),
        days_since=(pl.lit(AS_OF) - pl.col("last_community_case")).dt.total_days(),
        lift_in_days=pl.when(pl.col("kind") == "community").then(pl.lit(5)),
    ).drop("population")
    new = cases.filter(pl.col("told_on") > day(7))
    return Situation(
        as_of=AS_OF,
        pathogen="sars-cov-2-wild",
        protocol=protocol.id,
        total=total,
        suspected=12,
        new_today=cases.filter(pl.col("told_on") == AS_OF).height,
        new_week=new.height,
        active=int(cases["active"].sum()),
        deaths=total // 50,
        curve=curve,
        by_zone=by_zone,
        by_age=cases.group_by(age_group=(pl.col("age") // 20 * 20).cast(pl.String) + "+")
        .agg(
            cases=pl.len(),
            deaths=pl.lit(0),
            severe=pl.col("severity").cast(pl.String).is_in(["severe", "critical"]).sum(),
        )
        .sort("age_group"),
        by_origin=cases.group_by(origin="link")
        .agg(cases=pl.len())
        .sort("origin")
        .with_columns(share=pl.col("cases") / total),
        severity=cases.group_by(pl.col("severity").cast(pl.String))
        .agg(active=pl.col("active").sum(), ever=pl.len())
        .sort("severity"),
        reproduction=pl.DataFrame(
            {
                "date": [day(i) for i in range(30, -1, -1)],
                "mean": [1.9 - 0.03 * (30 - i) for i in range(30, -1, -1)],
                "lower": [1.6 - 0.03 * (30 - i) for i in range(30, -1, -1)],
                "upper": [2.3 - 0.03 * (30 - i) for i in range(30, -1, -1)],
            }
        ),
        cases=cases,
        r_now=Interval(1.24, 1.02, 1.51),
        doubling_days=Interval(8.2, 5.9, 14.1),
        growth_per_day=Interval(0.085, 0.05, 0.117),
        delays=(
            DelaySummary("onset_to_test", 210, 2.0, 0.0, 6.0, None, None),
            DelaySummary("test_to_confirmation", 190, 1.0, 0.0, 2.0, 24.0, 0.81),
            DelaySummary("confirmation_to_report", 230, 0.0, 0.0, 1.0, 2.0, 0.66),
            DelaySummary("report_to_isolation", 0, None, None, None, 2.0, None),
            DelaySummary("onset_to_isolation", 150, 3.0, 1.0, 8.0, 48.0, 0.42),
        ),
        milestones=(
            Milestone("detect", 9.0, 7.0, False),
            Milestone("notify", 1.0, 1.0, True),
            Milestone("respond", None, 7.0, None, "No response is recorded yet."),
        ),
        community_zero=CommunityZero(new.height, new.height // 3, 0.33, 0, 3, False),
        contacts=ContactFigures(120, 4.0, 2.0, 9.0, 812, 0.71, 640, 390),
        missing=(Missing("stays"), Missing("visits"), Missing("cases", "isolated_at", 88, total)),
    )


def trace_of(cases: pl.DataFrame) -> Trace:
    infector = dict(cases.select("case_id", "infector").iter_rows())
    generation, root = {}, {}
    for case in cases["case_id"]:
        parent = infector[case]
        generation[case] = generation[parent] + 1 if parent in generation else 0
        root[case] = root.get(parent, case)
    links = cases.select(
        "case_id",
        "infector",
        chain=pl.col("case_id").replace_strict(root, return_dtype=pl.String),
        generation=pl.col("case_id").replace_strict(generation, return_dtype=pl.Int64),
        source=pl.lit("unknown"),
    )
    sized = (
        links.join(cases.select("case_id", "day", "zone"), on="case_id")
        .group_by("chain")
        .agg(
            n=pl.len(),
            g=pl.col("generation").max(),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
            zones=pl.col("zone").unique().sort(),
        )
        .sort(["n", "chain"], descending=[True, False])
    )
    chains = tuple(
        Chain(
            r["chain"],
            ["arrival", "cluster", "unknown", "not_yet_recorded"][i % 4],
            ["Port city", "Harbour market", None, None][i % 4],
            r["n"],
            r["g"] + 1,
            r["first"],
            r["last"],
            tuple(r["zones"]),
            1.1,
            r["last"] > day(14),
        )
        for i, r in enumerate(sized.iter_rows(named=True))
    )
    n = 200
    person = [f"p{i:04d}" for i in range(n)]
    contacts = pl.DataFrame(
        {
            "person": person,
            "case_id": cases["case_id"].sample(n, with_replacement=True, seed=1),
            "ring": [1 if i % 4 else 2 for i in range(n)],
            "via": [None if i % 4 else "p0001" for i in range(n)],
            "contact_class": ["close" if i % 3 else "general" for i in range(n)],
            "setting": ["household" if i % 2 else "meal" for i in range(n)],
            "zone": ["d0c0"] * n,
            "age": [i % 90 for i in range(n)],
            "household": [f"h{i // 3}" for i in range(n)],
            "first_exposure": [day(5)] * n,
            "last_exposure": [day(i % 6) for i in range(n)],
            "minutes": [30.0] * n,
            "basis": ["recorded"] * n,
            "reached": [i % 3 == 0 for i in range(n)],
            "quarantined_on": [None] * n,
            "under_follow_up": [True] * n,
        }
    )
    tasks = ["interview", "reach", "quarantine", "test", "release"]
    worklist = pl.DataFrame(
        {
            "person": person,
            "task": [tasks[i % 5] for i in range(n)],
            "case_id": contacts["case_id"],
            "ring": contacts["ring"],
            "contact_class": contacts["contact_class"],
            "zone": contacts["zone"],
            "household": contacts["household"],
            "reason": ["Household contact of a case."] * n,
            "deadline": [
                datetime.combine(AS_OF, datetime.min.time()) + timedelta(hours=6 * (i % 12 - 4)) for i in range(n)
            ],
            "overdue": [i % 12 < 4 for i in range(n)],
            "quarantine_end": [day(-9)] * n,
            "quarantine_days_left": [9] * n,
            "place": ["home"] * n,
            "next_test": [day(-1)] * n,
            "test_days": [[day(-1), day(-5)]] * n,
            "priority": [1 + i % 5 for i in range(n)],
        }
    ).sort("priority", "deadline", "person")
    places = pl.DataFrame(
        {
            "place_id": ["harbour-market", "school-3"],
            "kind": ["market", "school"],
            "zone": ["d0c0", "d1c1"],
            "latitude": [50.02, 50.05],
            "longitude": [10.05, 10.25],
            "cases": [14, 3],
            "first_day": [day(20), day(6)],
            "last_day": [day(3), day(2)],
            "people": [420, None],
        }
    )
    return Trace(links, chains, contacts, worklist, places)


def measures_of(zones: ZoneTree, n: int) -> tuple[Measure, ...]:
    places = [z for z, kind in zip(zones.ids, zones.kinds, strict=True) if kind == "community"]
    made = []
    for i in range(n):
        action = "lift" if i < 3 else ["start", "keep", "change", "start"][i % 4]
        level = ["lockdown", "control", "precaution"][0 if i % 9 == 4 else 1 if i % 3 == 1 else 2]
        made.append(
            Measure(
                id=f"m{i:03d}",
                action=action,
                kind="level",
                zone=places[i % len(places)],
                level="open" if action == "lift" else level,
                level_before="control" if action in ("lift", "change", "keep") else "open",
                start=AS_OF if action != "keep" else day(6),
                review_on=day(-7),
                expires_on=day(-14),
                people=None if i % 17 == 5 else 30_000,
                person_days=None if i % 17 == 5 else 0.0 if action == "lift" else 30_000 * 0.3 * 14,
                reason=Because(
                    "{cases} cases outside quarantine in {zone} within {days} days.",
                    {"cases": 4 + i, "zone": places[i % len(places)], "days": 14},
                ),
                evidence=("k00001", "k00002"),
                lift_rule=Because("After {days} days without a new case.", {"days": 14}),
                lesser="precaution" if level != "precaution" else "open",
                lesser_fails=Because(
                    "Tracing explains only {share} of the cases, so a lighter level would leave chains unseen.",
                    {"share": 0.42},
                ),
                support=(
                    Because("A living package for each household, every {days} days.", {"days": 7}),
                    Because("Medicine and dialysis are brought or reached."),
                ),
            )
        )
    return tuple(made)


def testing_day(**changed: Any) -> TestingDay:
    """A testing day that is too late, with every sentence that it can say."""
    site = TestingSite(
        "d0c0/1", "d0c0", "made_site", None, 30.0, 120.0, 2500, 20, 125, 7, 7, 1, "lab-1", 0.5, 1.2, 7.0, 31.0
    )
    day = TestingDay(
        start=AS_OF,
        people=60_000,
        singles=210,
        tubes=7740,
        second_tests=812.5,
        tubes_in_stock=5000.0,
        tubes_short=1500,
        samplers=150,
        samplers_on_record=150,
        samplers_by_shift=(150, 24),
        desks=174,
        couriers=26,
        window_hours=24.0,
        sampled_hours=31.0,
        first_result_hours=39.5,
        result_hours_median=44.0,
        result_hours=46.04,
        in_time=False,
        short_of=(Because("The laboratory capacity is not known."),),
        cheapest=Addition(24, 3, 2, 1500, 12_345.0, 23.4, in_time=True),
        alternatives=(Addition(0, 0, 0, 1500, 0.0, None, in_time=False),),
        addition_gap=0.0,
        assignment_gap=0.0,
        currency="USD",
        draws=20,
        sites=(site, replace(site, site="d0c0/2", kind="door_team", pool_size=1, laboratory=None, result_hours=None)),
        laboratories=(TestingLaboratory("lab-1", 2, 5000.0, 7740, 812.5, 26, 30.0, 9.0, 39.5, 46.04),),
        by_hour=tuple(
            TestingHour(hour, 60_000 * hour / 46, 7740 * hour / 46, 7740 * hour / 46, hour / 46, hour / 50, hour / 46)
            for hour in range(47)
        ),
    )
    return replace(day, **changed)


def plan_of(zones: ZoneTree, n: int) -> Plan:
    measures = measures_of(zones, n)
    needs = tuple(
        DayNeed(
            resource,
            AS_OF + timedelta(days=i),
            base * (1 + 0.06 * i),
            base * (1 + 0.03 * i),
            base * (1 + 0.1 * i),
            capacity,
        )
        for resource, base, capacity in (
            ("hospital_bed", 90, 140.0),
            ("icu_bed", 14, 12.0),
            ("shelter_bed", 120, None),
            ("quarantine_room", 300, 900.0),
            ("tests", 2100, 2500.0),
        )
        for i in range(14)
    )
    lines = (
        CostLine("economic", "tests", 26_000.0, "tests", 410_000.0, "measures"),
        CostLine("economic", "lost_output", 1_200_000.0, "person-days", 9_100_000.0, "measures"),
        CostLine("economic", "hospital_days", 1_900.0, "days", 480_000.0, "epidemic"),
        CostLine("social", "person_days_restricted", 1_200_000.0, "person-days", None, "measures"),
        CostLine("social", "school_days", 90_000.0, "days", 0.0, "measures"),
        CostLine("livelihood", "household_income_lost", 1_200_000.0, "person-days", 3_900_000.0, "measures"),
        CostLine("livelihood", "dalys", 214.0, "DALY", 2_500_000.0, "epidemic"),
    )
    return Plan(
        as_of=AS_OF,
        protocol="who-generic",
        protocol_edition="2026.1",
        pathogen="sars-cov-2-wild",
        horizon_days=14,
        measures=measures,
        levels={m.zone: m.level for m in measures if m.zone and m.level and m.level != "open"},
        rounds=(
            Round("d0c0", AS_OF, 30_000, 120, 0.002, 20, 0.1, 1620, 30_000, 12, 84, 22.0, within_window=True),
            Round(
                "d0c1",
                AS_OF,
                30_000,
                90,
                0.02,
                5,
                0.06,
                6120,
                30_000,
                12,
                84,
                short_of=Because("The laboratory capacity is not known."),
            ),
        ),
        testing=testing_day(),
        tracing={"ring_1": 150, "ring_2": 50, "reach": 40, "test": 40, "overdue": 66},
        needs=needs,
        supplies=(
            Supply("protective_set", 12_000, 860, 9_000, 2_000, 12.8, "amber"),
            Supply("living_package", 30_000, 2100, 4_000, None, 1.9, "red"),
            Supply("tube", 8_000, 570, None, None, None, None),
        ),
        staff=(Staff("tracer", 88), Staff("sampler", 168)),
        costs=Costs(
            "USD",
            lines,
            13_410_000.0,
            2_980_000.0,
            Because("Compared with no measure, where people still act with caution."),
            14,
        ),
        floor=(
            FloorCheck("beds", True, None, None, Because("Hospital beds hold for 14 days.")),
            FloorCheck(
                "icu_beds",
                False,
                11.0,
                day(-1),
                Because("{short} intensive-care beds are missing from {day} on.", {"short": 11, "day": "2026-03-06"}),
            ),
            FloorCheck("rooms", None, None, None, Because("The number of rooms is not known.")),
        ),
        notes=(
            Note(Because("The population of {zone} is not known, so no round is planned there.", {"zone": "d2c3"})),
        ),
    )


def signals_of() -> tuple[Signal, ...]:
    return (
        Signal(
            "ears_c2-d0-2026-03-05",
            "ears_c2",
            "d0",
            day(2),
            AS_OF,
            31.0,
            12.4,
            24.9,
            0.0013,
            "alarm",
            "{observed} cases in {zone} on a day where at most {bound} were to be expected.",
            {"observed": 31, "zone": "d0", "bound": 24.9},
            ("k00009",),
        ),
        Signal(
            "cluster-d1-2026-03-04",
            "cluster",
            "d1c1",
            day(9),
            day(1),
            5.0,
            None,
            None,
            None,
            "warning",
            "{n} linked cases in {zone} within {days} days.",
            {"n": 5, "zone": "d1c1", "days": 14},
            ("k00010", "k00011"),
            "verifying",
        ),
    )


@cache
def briefing(cases: int = 240, measures: int = 24, districts: int = 3) -> Briefing:
    """A full briefing."""
    protocol, pathogen, costs = (
        load(Protocol, "who-generic"),
        load(Pathogen, "sars-cov-2-wild"),
        load(UnitCosts, "generic"),
    )
    rows = zone_rows(districts)
    places = [r["zone_id"] for r in rows if r["kind"] == "community"]
    known = records(zones=rows, cases=case_rows(cases, places)).as_of(AS_OF)
    zones = ZoneTree(known)
    situation = situation_of(known, zones, protocol)
    yesterday = replace(
        situation,
        as_of=day(1),
        total=situation.total - 9,
        new_today=11,
        new_week=situation.new_week - 4,
        active=situation.active - 5,
        r_now=Interval(1.31, 1.1, 1.6),
    )
    plan = plan_of(zones, measures)
    findings = pl.DataFrame(
        [
            ("cases.csv", i, "cases", "onset", "onset_is_told", "value_set_aside", "m", "Correct the rows.", None)
            for i in range(7)
        ],
        schema=FINDINGS,
        orient="row",
    )
    return Briefing(
        known=known,
        zones=zones,
        situation=situation,
        yesterday=yesterday,
        estimates=estimate(known, situation, zones, pathogen),
        signals=signals_of(),
        events=fuse(signals_of(), zones),
        trace=trace_of(situation.cases),
        plan=plan,
        yesterday_levels={"d0c0": "precaution", "d0c1": "control", "d1c3": "control"},
        pathogen=pathogen,
        protocol=protocol,
        costs=costs,
        findings=findings,
        manifest=make_manifest(known, pathogen, protocol, costs),
    )


def empty_briefing() -> Briefing:
    """Nothing is known, nothing is proposed."""
    full = briefing()
    known = records(cases=[]).as_of(AS_OF)
    frames = {name: value.clear() for name, value in vars(full.situation).items() if isinstance(value, pl.DataFrame)}
    situation = replace(
        full.situation,
        **frames,
        total=0,
        suspected=0,
        new_today=0,
        new_week=0,
        active=0,
        deaths=0,
        r_now=Interval(None, why_not="There are no cases yet."),
        doubling_days=Interval(None, why_not="There are no cases yet."),
        growth_per_day=Interval(None),
        delays=(),
        milestones=(),
        community_zero=CommunityZero(0, 0, None, 0, 3, reached=False),
        contacts=ContactFigures(0, None, None, None, 0, None, 0, 0),
        missing=(),
    )
    trace = Trace(
        full.trace.links.clear(),
        (),
        full.trace.contacts.clear(),
        full.trace.worklist.clear(),
        full.trace.places.clear(),
    )
    costs = replace(full.plan.costs, lines=(), measures_total=None, epidemic_total=None)
    plan = replace(
        full.plan, measures=(), levels={}, rounds=(), testing=None, tracing={}, needs=(), supplies=(), staff=(),
        costs=costs, floor=(), notes=(),
    )  # fmt: skip
    return replace(
        full,
        known=known,
        zones=ZoneTree(known),
        situation=situation,
        estimates=estimate(known, situation, ZoneTree(known), full.pathogen),
        yesterday=None,
        signals=(),
        events=(),
        trace=trace,
        plan=plan,
        yesterday_levels=None,
        findings=full.findings.clear(),
        manifest=make_manifest(known, full.pathogen, full.protocol, full.costs),
    )
