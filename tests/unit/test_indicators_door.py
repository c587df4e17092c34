"""The table of indicators comes in through the door like any other, under the names that people use."""

from datetime import date

import pytest

from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked


def through(folder, text: str) -> Checked:
    (folder / "cases.csv").write_text("case_id,recorded_at\na,2026-03-01\n", encoding="utf-8")
    (folder / "indicators.csv").write_text(text, encoding="utf-8")
    return check(read_raw(folder))


def test_headers_and_codes_of_other_systems_are_understood(tmp_path):
    text = "zone,report_date,syndrome,visits,total_visits,data_source\ntown,2026-03-01,ILI,12,200,network\n"
    rows = through(tmp_path, text).records.table("indicators")
    assert rows.select("zone", "date", "indicator", "count", "denominator", "source").rows() == [
        ("town", date(2026, 3, 1), "influenza_like_illness", 12.0, 200.0, "network")
    ]
    assert rows["recorded_at"].dt.date().to_list() == [date(2026, 3, 1)]


def test_chinese_headers_and_codes_are_understood(tmp_path):
    rows = through(tmp_path, "日期,指标,数量\n2026-03-01,退烧药,40\n").records.table("indicators")
    assert rows.select("indicator", "count").rows() == [("fever_medicine", 40.0)]


@pytest.mark.parametrize(("count", "kept"), [("", None), ("0", 0.0), ("-3", None), ("many", None)])
def test_none_is_a_count_and_empty_is_not_known(tmp_path, count, kept):
    rows = through(tmp_path, f"zone,date,indicator,count\ntown,2026-03-01,fever,{count}\n").records.table("indicators")
    assert rows["count"].to_list() == [kept]


def test_a_prevalence_above_one_loses_its_denominator(tmp_path):
    text = "place,date,indicator,count,denominator\nElm,2026-03-01,prevalence,20,10\nAsh,2026-03-01,fever,20,10\n"
    checked = through(tmp_path, text)
    rows = dict(checked.records.table("indicators").select("place", "denominator").iter_rows())
    assert rows == {"Elm": None, "Ash": 10.0}
    assert "shares_are_parts" in checked.findings["rule"].to_list()


def test_two_counts_of_one_series_and_day_are_a_finding(tmp_path):
    text = "zone,date,indicator,count\ntown,2026-03-01,fever,20\ntown,2026-03-01,fever,30\n"
    checked = through(tmp_path, text)
    assert checked.records.table("indicators").height == 1
    assert "repeated_key" in checked.findings["rule"].to_list()
