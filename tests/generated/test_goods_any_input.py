"""Whatever crews, goods and requests are on record, there is a plan of plain values; the order of rows is nothing."""

import dataclasses
import json
import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.records import codes
from planning_inputs import SIMPLE, TODAY, TREE, basis, cases_in, planned, protocol

pytestmark = pytest.mark.slow

DAYS = st.integers(-9, 9).map(lambda ahead: TODAY + timedelta(days=ahead))
ZONES = st.sampled_from([None, "city", "district", "block1", "far", "nowhere"])
PLACES = st.sampled_from([None, "d", "h", "gone"])
ITEMS = st.sampled_from(codes.ITEMS)
AMOUNTS = st.sampled_from([0.0, 0.5, 3.0, 1000.0, 1e9])
SKILLS = st.sampled_from([None, "food", "dialysis; birth"])


def maybe(strategy):
    return st.one_of(st.none(), strategy)


@st.composite
def tables(draw):
    def rows(key, most, **columns):
        return [
            {key: f"{key}{n}", "recorded_at": "2026-03-01"} | {name: draw(kind) for name, kind in columns.items()}
            for n in range(draw(st.integers(0, most)))
        ]

    return {
        "crews": rows(
            "crew_id", 3, kind=st.sampled_from(codes.CREW_KINDS), facility_id=PLACES, zone=ZONES,
            people=maybe(st.integers(0, 9)), vehicles=maybe(st.integers(0, 3)), capacity=maybe(AMOUNTS),
            capacity_unit=st.sampled_from(codes.CAPACITY_UNITS), works_from=maybe(st.sampled_from([0.0, 20.0])),
            works_to=maybe(st.sampled_from([7.0, 24.0])), skills=SKILLS,
        ),
        "production": rows(
            "production_id", 2, item=ITEMS, to_facility=PLACES, quantity_per_day=AMOUNTS, first_day=maybe(DAYS),
            last_day=maybe(DAYS), lead_time_days=maybe(st.integers(0, 20)),
        ),
        "stock": [
            {"facility_id": draw(st.sampled_from(["d", "h", "gone"])), "item": draw(ITEMS), "counted_at": TODAY,
             "quantity": draw(AMOUNTS), "recorded_at": "2026-03-01"}
            for _ in range(draw(st.integers(0, 3)))
        ],
        "shipments": rows(
            "shipment_id", 2, item=ITEMS, quantity=AMOUNTS, to_facility=PLACES, to_zone=ZONES,
            sent_at=st.just(date(2026, 3, 1)), due_at=maybe(DAYS),
        ),
        "requests": rows(
            "request_id", 5, kind=st.sampled_from(codes.REQUEST_KINDS), zone=ZONES,
            requested_at=st.sampled_from([date(2026, 2, 1), TODAY]), wanted_by=maybe(DAYS),
        ),
    }  # fmt: skip


def plain(value):
    if dataclasses.is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, (tuple, dict)):
        return all(plain(part) for part in (value.values() if isinstance(value, dict) else value))
    return type(value) in {str, int, float, bool, date, type(None)} and (
        not isinstance(value, float) or math.isfinite(value)
    )


@settings(max_examples=12, deadline=None)
@given(tables(), st.booleans(), st.sampled_from([1, 2, 5]))
def test_there_is_a_plan_of_plain_values(given_, zoned, days):
    more = {"zones": TREE, "cases": cases_in("block1", "far", severity="severe")} if zoned else {}
    more["facilities"] = [
        {"facility_id": "d", "kind": "depot", "zone": "district"},
        {"facility_id": "h", "kind": "hospital", "beds": 3},
    ]
    plan = planned(basis(rules=protocol(**SIMPLE), horizon_days=days, **more, **given_))
    assert plain(plan.goods)
    assert plain(plan.community)
    json.dumps(dataclasses.asdict(plan.community), default=str, allow_nan=False)
    assert plan.community.open == plan.community.met + plan.community.unmet == len(given_["requests"])
    assert all(one.quantity > 0 for one in plan.goods.shipments)
    backwards = {name: rows[::-1] for name, rows in given_.items() if name != "stock"}
    again = planned(basis(rules=protocol(**SIMPLE), horizon_days=days, **more, **(given_ | backwards)))
    assert (again.goods, again.community) == (plan.goods, plan.community)
