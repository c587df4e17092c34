"""The sections on goods and on what residents ask for, of small values."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from douse.outputs.exports import tables
from douse.outputs.plan_json import plan_json
from douse.outputs.report import page, render
from douse.outputs.sections.community import community
from douse.outputs.sections.goods import goods
from douse.planning.community.values import CommunityPlan, KindSum, RequestPlan
from douse.planning.goods.values import DeliveryDay, GoodsPlan, Reserve, Shipment, Shortage, Worth
from douse.records.measure import Because
from outputs_inputs import AS_OF, briefing

GOODS = GoodsPlan(
    shipments=(
        *(
            Shipment(AS_OF + timedelta(days=n), "n95", 1200.0, 24.0, "depot-1", None, "d0", "care", 0.1)
            for n in range(14)
        ),
        Shipment(AS_OF, "tube", 10.0, 0.2, "depot-1", "depot-2", None, None, 0.1),
    ),
    shortages=(
        Shortage(2, "care", "n95", 9000.0, 120.0, AS_OF, 120.0, "stock", ("d0",)),
        Shortage(3, "household", "food_kg", 9000.0, 1200.0, AS_OF, 1200.0, "delivery", ()),
        Shortage(9, "patient", "other", 9000.0, 1200.0, AS_OF, 1200.0, "both", ("d1", "d0")),
    ),
    reserves=(Reserve("care", "n95", 12_000.0, 400.0, AS_OF + timedelta(days=3)),),
    delivery=(DeliveryDay(AS_OF, 30.0, 40.0, 35.0),),
    worth=(
        Worth(
            "crew",
            "food_kg",
            300.0,
            Because(
                "One more crew with a vehicle on every day would bring {n} more of {item}.",
                {"n": 300, "item": "food_kg"},
            ),
        ),
    ),
    limit=Because(
        "Short of stock: {short} of {need} of {item} will be missing from {day} on, and production on record "
        "cannot end it in time.",
        {"short": 120.0, "need": 9000.0, "item": "n95", "day": str(AS_OF)},
    ),
    crews_needed=3.2,
)
COMMUNITY = CommunityPlan(
    open=3, medical=1, medical_in_time=0, met=1, unmet=2, hours_late=7.0, days=3, crews=2,
    kinds=(
        KindSum("dialysis", True, 1, 0, 1, 0, 0, 0, 0, 30.0, 24.0),
        KindSum("food", False, 2, 0, 0, 2, 1, 0, 1, 3.0, 24.0),
    ),
    requests=(
        RequestPlan("r1", "dialysis", "d0c0", True, AS_OF, 30.0, AS_OF, 9.0, "van-1", AS_OF, 12.5, 3.0, False, None,
                    None),
        RequestPlan("r2", "food", None, False, AS_OF, 3.0, AS_OF, 23.99, None, None, None, None, False, "all_busy",
                    AS_OF + timedelta(days=4)),
        RequestPlan("r3", "food", "d0c0", False, AS_OF, 3.0, AS_OF, 0.0, None, None, None, None, False, "no_crew",
                    None),
    ),
)  # fmt: skip


@pytest.fixture
def full():
    whole = briefing()
    return replace(whole, plan=replace(whole.plan, goods=GOODS, community=COMMUNITY))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_holds_both_sections_and_no_field_is_left_open(full, language):
    words = full.words(language)
    html = render(page(full, words), words)
    part = html[html.index('id="goods"') : html.index('id="costs"')]
    assert "{" not in part
    assert "r1" in part
    assert "depot-1" in part


def test_what_is_short_is_said_first(full):
    said = goods(full, full.words("en")).blocks
    assert said[0].kind == "bad"
    assert said[0].text.startswith("Short of stock: 120 of 9,000 of N95 mask will be missing from 5 Mar 2026 on")
    assert said[1].text.startswith("In the worst 5% of courses 1 need would not be met")
    assert "30 of 35 hours of crews" in said[2].text
    assert "takes 4 crews" in said[2].text


def test_nothing_short_and_nothing_asked_for_are_said(full):
    calm = replace(full, plan=replace(full.plan, goods=GoodsPlan(shipments=GOODS.shipments), community=CommunityPlan()))
    assert goods(calm, calm.words("en")).blocks[0].kind == "good"
    assert [block.text for block in community(calm, calm.words("en")).blocks] == [
        "No open request of a resident is on record."
    ]
    empty = replace(full, plan=replace(full.plan, goods=GoodsPlan(), supplies=()))
    assert len(goods(empty, empty.words("en")).blocks) == 1


def test_the_tables_and_the_json_hold_all_of_it_and_no_household(full):
    words = full.words("en")
    made = tables(full, words)
    assert (made["shipments"].height, made["shortages"].height, made["requests"].height) == (15, 3, 3)
    text = plan_json(full, words)
    read = json.loads(text)["plan"]
    assert read["community"]["requests"][0]["request_id"] == "r1"
    assert read["goods"]["limit"]["text"].startswith("Short of stock")
    assert "household" not in set(read["community"]["requests"][0])
