"""What beds and entry rest on comes in through the door: bad numbers are findings, never a plan gone wrong."""

import pytest

from douse.errors import LibraryError
from douse.library import Protocol
from douse.library.load import read
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked


def through(folder, **tables: str) -> Checked:
    (folder / "cases.csv").write_text("case_id,recorded_at\na,2026-03-01\n", encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return check(read_raw(folder))


@pytest.mark.parametrize("column", ["beds", "icu_beds", "rooms", "lead_time_days"])
@pytest.mark.parametrize("value", ["-1", "many", "2.5"])
def test_beds_that_cannot_be_are_set_aside(tmp_path, column, value):
    checked = through(tmp_path, facilities=f"facility_id,kind,{column}\nh,hospital,{value}\n")
    assert checked.records.table("facilities")[column].to_list() == [None]
    assert checked.findings.filter(checked.findings["table"] == "facilities").height == 1


def test_nobody_cares_for_themselves(tmp_path):
    checked = through(tmp_path, people="person_id,depends_on\nanna,anna\nben,anna\n")
    assert dict(checked.records.table("people").select("person_id", "depends_on").iter_rows()) == {
        "anna": None,
        "ben": "anna",
    }
    assert "carer_is_another" in checked.findings["rule"].to_list()


def test_a_carer_whom_nobody_knows_is_a_note(tmp_path):
    checked = through(tmp_path, people="person_id,depends_on\nben,gone\n")
    assert "unknown_reference" in checked.findings["rule"].to_list()


OWN = """
extends = "who-generic"
id = "our-city"
name = { en = "Our city", zh = "本市" }
edition = "3"
jurisdiction = "Our city"
valid_from = 2026-02-01
legal_basis = "Order 3"
pathogens = ["any"]
summary = { en = "As WHO.", zh = "同世卫组织。" }
[sources]
order-3 = { citation = "Order 3 of the city, section 2", edition = "3" }
"""


def own(more: str) -> Protocol:
    return read(Protocol, "our-city.toml", OWN + more)


def test_a_city_may_set_a_target_of_its_own():
    line = 'missed_imports = { value = 4, unit = "arrivals a month", source = "order-3", grade = "A" }'
    assert own(f"[targets]\n{line}").targets.missed_imports.value == 4


@pytest.mark.parametrize(
    "bad",
    [
        '[targets]\nmissed_imports = { value = 0, unit = "arrivals a month", source = "order-3", grade = "A" }',
        '[transfer]\nspeed = { value = 0, unit = "km an hour", source = "order-3", grade = "A" }',
        '[transfer]\ndetour = { value = 0.5, unit = "times", source = "order-3", grade = "A" }',
        '[entry]\ntold_home = { value = 1.5, unit = "share", source = "order-3", grade = "A" }',
        '[entry]\nwindow = { value = 4, unit = "weeks", source = "order-3", grade = "A" }',
    ],
)
def test_numbers_that_cannot_be_are_refused(bad):
    with pytest.raises(LibraryError):
        own(bad)
