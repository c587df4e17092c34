"""The first case of a department that has nothing on record yet: no zones, no people, no other case."""

from typing import Any

import pytest

from console.conftest import EVERYWHERE
from douse.console import instance

pytestmark = pytest.mark.slow


def test_a_first_case_needs_a_number_and_nothing_else(user: Any, client_of: Any) -> None:
    client = client_of(user("tracer", tracer=EVERYWHERE))
    empty = client.get("/cases/").content.decode()
    assert "No case is on record within your zones yet." in empty
    assert "/cases/add/cases" in empty
    form = client.get("/cases/add/cases").content.decode()
    number = form.partition('id="case_id" name="case_id" value="')[2].partition('"')[0]
    assert number.startswith("C260401-")
    answer = client.post("/cases/add/cases", {"case_id": number, "who_name": "Somebody"}, follow=True)
    assert answer.status_code == 200
    assert number in answer.content.decode()
    assert "Somebody" in answer.content.decode()
    assert list(instance.current().stores.live.follow().current("cases")["case_id"]) == [number]


def test_a_zone_may_be_written_before_there_is_a_table_of_zones(user: Any, client_of: Any) -> None:
    client = client_of(user("reporter", reporter="village"))
    assert client.post("/cases/add/cases", {"case_id": "a", "zone": "village"}).status_code == 302
    assert client.post("/cases/add/cases", {"case_id": "b", "zone": "elsewhere"}).status_code == 422
    assert client.post("/cases/add/cases", {"case_id": "c"}).status_code == 422


def test_the_other_pages_of_an_empty_department_open(user: Any, client_of: Any) -> None:
    client = client_of(user("steward", data_steward=EVERYWHERE))
    for address in ("/cases/contacts", "/cases/duplicates", "/files/", "/cases/export/cases", "/cases/add/visits"):
        assert client.get(address).status_code == 200, address
    assert client.get("/cases/case/none").status_code == 404
    assert client.get("/cases/person/none").status_code == 404
    assert client.get("/cases/erase/none").status_code == 404
    assert client.get("/cases/duplicates/pair", {"first": "a", "second": "b"}).status_code == 404
