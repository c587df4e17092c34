"""Crews, production, stock and zones come in through the door: what cannot be is a finding, and the rest is kept."""

import pytest

from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked


def through(folder, **tables: str) -> Checked:
    (folder / "cases.csv").write_text("case_id,recorded_at\na,2026-03-01\n", encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return check(read_raw(folder))


def rules(checked: Checked, table: str) -> set[str]:
    return {rule for rule, of in checked.findings.select("rule", "table").iter_rows() if of == table}


def test_a_capacity_without_a_unit_is_set_aside(tmp_path):
    checked = through(
        tmp_path, crews="crew_id,kind,capacity,capacity_unit\na,delivery,5,\nb,delivery,5,trips\nc,delivery,900,kg\n"
    )
    assert checked.records.table("crews")["capacity"].to_list() == [None, 5.0, 900.0]
    assert "capacity_has_unit" in rules(checked, "crews")


@pytest.mark.parametrize(
    ("column", "value"),
    [("people", "-2"), ("vehicles", "-1"), ("works_from", "25"), ("works_to", "-1"), ("vehicles", "two")],
)
def test_numbers_that_cannot_be_are_set_aside_and_the_crew_is_kept(tmp_path, column, value):
    checked = through(tmp_path, crews=f"crew_id,kind,{column}\na,care,{value}\n")
    assert checked.records.table("crews")[column].to_list() == [None]
    assert rules(checked, "crews")


def test_work_that_ends_before_it_starts_loses_its_hours(tmp_path):
    checked = through(tmp_path, crews="crew_id,kind,works_from,works_to\na,care,22,6\nb,care,6,22\n")
    assert checked.records.table("crews").select("works_from", "works_to").rows() == [(None, None), (6.0, 22.0)]
    assert "hours_in_order" in rules(checked, "crews")


@pytest.mark.parametrize(
    ("skills", "kept"),
    [("food; medicine", True), ("food", True), ("food;", True), ("flying", False), ("food, medicine", False)],
)
def test_skills_are_kinds_of_requests(tmp_path, skills, kept):
    checked = through(tmp_path, crews=f'crew_id,kind,skills\na,helper,"{skills}"\n')
    assert (checked.records.table("crews")["skills"][0] is not None) is kept
    assert ("skills_are_requests" in rules(checked, "crews")) is not kept


def test_a_crew_of_no_known_kind_is_set_aside(tmp_path):
    checked = through(tmp_path, crews="crew_id,kind\na,circus\n")
    assert checked.records.table("crews").is_empty()
    assert "crews" in checked.rejected


def test_negative_stock_and_production_are_set_aside(tmp_path):
    checked = through(
        tmp_path,
        stock="facility_id,item,counted_at,quantity\nd,n95,2026-03-01,-5\nd,tube,2026-03-01,5\n",
        production="production_id,item,quantity_per_day\np,n95,-5\nq,tube,5\n",
    )
    assert checked.records.table("stock")["item"].to_list() == ["tube"]
    assert checked.records.table("production")["item"].to_list() == ["tube"]
    assert "out_of_range" in rules(checked, "stock")
    assert "out_of_range" in rules(checked, "production")


def test_a_production_that_ends_before_it_begins_loses_its_end(tmp_path):
    text = "production_id,item,quantity_per_day,first_day,last_day\np,n95,5,2026-03-09,2026-03-01\n"
    checked = through(tmp_path, production=text)
    assert checked.records.table("production")["last_day"].to_list() == [None]
    assert "production_order" in rules(checked, "production")


def test_zones_in_a_loop_are_a_finding(tmp_path):
    checked = through(tmp_path, zones="zone_id,parent_zone\na,b\nb,c\nc,a\n")
    assert "zone_loop" in rules(checked, "zones")


def test_a_crew_or_a_production_of_a_facility_that_is_not_there_is_noted(tmp_path):
    checked = through(
        tmp_path,
        facilities="facility_id,kind\nd,depot\n",
        crews="crew_id,kind,facility_id\na,delivery,e\n",
        production="production_id,item,quantity_per_day,to_facility\np,n95,5,e\n",
    )
    assert rules(checked, "crews") >= {"unknown_reference"}
    assert rules(checked, "production") >= {"unknown_reference"}
    assert checked.records.table("crews").height == 1
