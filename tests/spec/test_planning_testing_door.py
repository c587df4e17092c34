"""Bad numbers that a testing day would rest on stop at the door."""

import polars as pl
import pytest

from douse.readers.read import read_raw
from douse.records.check import check

title = "Bad numbers that a testing day would rest on"


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("facilities", "facility_id,kind,tests_per_day\nlab,laboratory,-5", "tests_per_day"),
        ("facilities", "facility_id,kind,tests_per_day\nlab,laboratory,many", "tests_per_day"),
        ("facilities", "facility_id,kind,staff\nhall,sampling_site,-1", "staff"),
        ("facilities", "facility_id,kind,lead_time_days\nlab,laboratory,-2", "lead_time_days"),
        ("facilities", "facility_id,kind,latitude\nlab,laboratory,131", "latitude"),
        ("stock", "facility_id,item,counted_at,quantity\nlab,tube,2026-03-01T08:00,-3", "quantity"),
        ("zones", "zone_id,population\na,-7", "population"),
        ("places", "place_id,kind,longitude\nschool,school,500", "longitude"),
    ],
)
def test_it_is_a_finding(tmp_path, table, row, column):
    (tmp_path / "cases.csv").write_text("case_id,onset\na,2026-03-01\n")
    (tmp_path / f"{table}.csv").write_text(row + "\n")
    found = check(read_raw(tmp_path)).findings.filter(pl.col("table") == table)
    assert column in found["column"].to_list()
