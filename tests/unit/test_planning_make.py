"""The plan as a whole: any input gives an answer, the same one each time, of plain values."""

import dataclasses
import json
import math
from datetime import date, timedelta

import polars as pl
import pytest

from conftest import records
from douse.library import Costs, Pathogen, Protocol, load, names
from douse.planning import make_plan
from douse.planning.plan import Plan
from douse.records import Records, ZoneTree
from douse.records.measure import Because
from douse.signals.signal import Signal
from douse.situation import describe
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, planned, protocol, traced

FULL = {
    "zones": TREE,
    "cases": [
        *cases_in("block1", "block1", "block2", "city", None, age=70),
        {"case_id": "old", "zone": "far", "onset": date(2026, 2, 1), "recorded_at": "2026-02-02", "outcome": "died",
         "outcome_on": date(2026, 2, 9), "severity": "critical", "age": 88},
        {"case_id": "maybe", "zone": "block1", "classification": "suspected", "recorded_at": "2026-03-14"},
    ],
    "facilities": [
        {"facility_id": "h", "kind": "hospital", "beds": 9, "icu_beds": 1, "zone": "city"},
        {"facility_id": "l", "kind": "laboratory", "tests_per_day": 90},
        {"facility_id": "q", "kind": "quarantine_site", "rooms": 4, "lead_time_days": 3},
    ],
    "measures": [
        {"measure_id": "m", "kind": "level", "zone": "far", "level": "control", "start": date(2026, 2, 2),
         "recorded_at": "2026-02-02"},
    ],
    "stock": [
        {"facility_id": "h", "item": "tube", "counted_at": TODAY, "quantity": 50, "recorded_at": "2026-03-15"},
    ],
    "requests": [{"request_id": "r", "kind": "food", "requested_at": date(2026, 3, 14), "recorded_at": "2026-03-14"}],
}  # fmt: skip
TRACE = traced(
    contacts=[{"person": f"p{n}", "case_id": "c000", "ring": 1, "contact_class": "close", "zone": "block2",
               "last_exposure": TODAY - timedelta(days=n), "reached": False} for n in range(20)]
    + [{"person": "undated", "case_id": "c001", "ring": 1, "contact_class": "close"}],
    places=[{"place_id": "cafe", "zone": "block2", "cases": 2, "last_day": TODAY}, {"place_id": "x", "last_day": None}],
    worklist=[{"person": "p1", "task": "reach", "ring": 1, "overdue": True}],
)  # fmt: skip


def plain(value, path="plan"):
    """Walk a plan: only plain Python values, no NaN, every fact of a sentence there."""
    if isinstance(value, Because):
        assert set(value.facts) >= set(fields(value.key)), path
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            plain(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, (tuple, dict)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            plain(part, f"{path}[{key}]")
    else:
        assert type(value) in (str, int, float, bool, date, type(None)), f"{path}: {type(value)}"
        assert not isinstance(value, float) or math.isfinite(value), path


def fields(key):
    """Names in braces."""
    return [part.split("}")[0].split(":")[0] for part in key.split("{")[1:]]


@pytest.mark.parametrize("name", names(Protocol))
def test_a_full_set_of_tables_gives_plain_values_under_every_protocol(name):
    plan = planned(basis(rules=load(Protocol, name), trace=TRACE, **FULL))
    plain(plan)
    json.dumps(dataclasses.asdict(plan), default=str, allow_nan=False)
    assert len({measure.id for measure in plan.measures}) == len(plan.measures)


@pytest.mark.parametrize("name", names(Pathogen))
def test_every_pathogen_can_be_planned_for(name):
    plain(planned(basis(pathogen=load(Pathogen, name), rules=load(Protocol, "china-9"), trace=TRACE, **FULL)))


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [{"case_id": "a"}],
        [{"case_id": "a", "recorded_at": "2026-03-15"}],
        [{"case_id": f"c{n}", "zone": "z", "onset": TODAY, "recorded_at": "2026-03-15"} for n in range(300)],
        [{"case_id": "a", "zone": "z", "recorded_at": "2019-01-01"}],
    ],
    ids=["none", "one with nothing", "one with a day", "all on one day", "long ago"],
)
def test_poor_input_gives_an_answer(cases):
    plan = planned(basis(cases=cases))
    plain(plan)
    assert len(plan.needs) == 5 * 14
    assert len(plan.floor) == 5


def test_no_population_no_zones_of_any_kind_or_zero_residents():
    for zones in ([], [{"zone_id": "z"}], [{"zone_id": "z", "kind": "building", "population": 0}]):
        plain(planned(basis(rules=protocol(**SIMPLE), zones=zones, cases=cases_in("z"))))


def test_the_order_of_rows_does_not_matter():
    backwards = {name: rows if isinstance(rows, str) else rows[::-1] for name, rows in FULL.items()}
    assert planned(basis(trace=TRACE, **FULL)) == planned(basis(trace=TRACE, **backwards))


def test_what_is_recorded_later_changes_nothing():
    later = dict(FULL)
    later["cases"] = [
        *FULL["cases"],
        *({"case_id": f"l{n}", "zone": "far", "recorded_at": "2026-03-16"} for n in range(50)),
    ]
    assert planned(basis(trace=TRACE, **FULL)) == planned(basis(trace=TRACE, **later))


def test_alarms_that_nobody_verified_are_mentioned_and_change_no_level():
    at = basis(rules=protocol(**SIMPLE), zones=TREE, cases=cases_in("block1"))
    alarm = Signal("s", "ears_c1", "far", TODAY, TODAY, 9.0, 1.0, 3.0, None, "alarm", "reason", {}, ())
    quiet, loud = (
        make_plan(at.known, at.situation, signals, at.trace, at.zones, at.pathogen, at.protocol, at.costs)
        for signals in ((), (alarm, dataclasses.replace(alarm, state="dismissed")))
    )
    assert quiet.levels == loud.levels
    assert [note.text.facts for note in loud.notes if note not in quiet.notes] == [{"n": 1}]


def korea(shared, day, known_until=None) -> Plan:
    """The plan for a day of the Korean series, from provinces and cities of the line list."""
    raw = pl.read_csv(shared / "data" / "korea-2020" / "linelist.csv", infer_schema=False).unique(
        "patient_id", keep="first", maintain_order=True
    )
    raw = raw.filter(pl.col("confirmed_date").is_not_null())
    home = pl.concat_str("province", "city", separator="/")
    places = raw.select(zone=home)["zone"].drop_nulls().unique().sort()
    if known_until:
        raw = raw.filter(pl.col("confirmed_date") <= known_until.isoformat())
    rows = raw.select(
        case_id=pl.col("patient_id").str.strip_chars(),
        zone=home,
        confirmed_at="confirmed_date",
        recorded_at="confirmed_date",
    ).to_dicts()
    zones = [{"zone_id": place, "kind": "city"} for place in places]
    known: Records = records(cases=rows, zones=zones).as_of(day)
    tree = ZoneTree(known)
    virus, rules = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
    situation = describe(known, tree, virus, rules)
    return make_plan(known, situation, (), traced(), tree, virus, rules, load(Costs, "generic"))


def test_the_korean_outbreak_of_march_2020_is_sensible(shared):
    plan = korea(shared, date(2020, 3, 5))
    assert set(plan.levels.values()) == {"precaution"}
    assert "Gyeongsangbuk-do/Gyeongsan-si" in plan.levels
    asked = {note.zone: note.text.facts["n"] for note in plan.notes if note.zone}
    assert max(asked, key=lambda zone: asked[zone]) == "Gyeongsangbuk-do/Gyeongsan-si"
    ahead = [need.need for need in plan.cases_ahead]
    assert 50 < ahead[1] < 400


def test_a_past_day_of_the_korean_outbreak_uses_nothing_recorded_later(shared):
    day = date(2020, 3, 5)
    full, cut = korea(shared, day), korea(shared, day, known_until=day)
    assert full == cut
