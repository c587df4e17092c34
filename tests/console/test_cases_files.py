"""Files: what the door finds is shown first; nothing is saved until a person says so; twice adds nothing."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.conftest import EVERYWHERE, NOW
from douse.console import instance
from douse.console.cases import upload

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city")]
DIRTY = """case_id,zone,onset,reported_at,classification,age,cluster
d1,north-1,2026-03-20,2026-03-22,confirmed,40,=cmd()
d2,north-1,2026-03-25,2026-03-22,confirmed,41,
,north-1,2026-03-20,2026-03-22,confirmed,42,
d4,north-2,2026-03-21,2026-03-23,perhaps,430,<script>alert(1)</script>
d1,north-1,2026-03-20,2026-03-22,confirmed,40,=cmd()
"""


@pytest.fixture
def steward(user: Any, client_of: Any) -> Any:
    return client_of(user("steward", data_steward=EVERYWHERE))


def file(content: str | bytes = DIRTY, name: str = "cases.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def text(response: Any) -> str:
    return str(response.content.decode())


def cases() -> list[str]:
    return list(instance.current().stores.live.follow().current("cases")["case_id"])


def send(client: Any, *files: SimpleUploadedFile) -> str:
    answer = client.post("/files/", {"files": list(files)})
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def test_a_dirty_file_is_shown_with_its_findings_and_nothing_is_saved(steward: Any, ledger: Any) -> None:
    head = ledger.head
    page = text(steward.get(send(steward, file())))
    assert "Row set aside" in page
    assert "Value set aside" in page
    assert "<script>" not in page.partition("<main")[2]
    assert ledger.head == head
    assert "Save 3 rows" in page


def test_rejected_rows_can_be_taken_out_corrected_and_sent_again(steward: Any) -> None:
    address = send(steward, file())
    rows = steward.get(f"{address}/to-correct/cases").content.decode("utf-8-sig")
    assert rows.splitlines()[0].startswith("case_id,zone,onset")
    assert ",north-1,2026-03-20" in rows
    assert steward.get(f"{address}/to-correct/contacts").status_code == 404
    findings = steward.get(f"{address}/findings").content.decode("utf-8-sig")
    assert findings.startswith("file,row,table,column,rule,action,message,next_step")


def test_what_passed_is_saved_with_its_audit_entry_and_only_once(steward: Any, ledger: Any) -> None:
    address = send(steward, file())
    answer = steward.post(f"{address}/take")
    assert answer.status_code == 302
    assert "Saved: 3 rows new" in text(steward.get(answer.headers["Location"]))
    assert {"d1", "d2", "d4"} <= set(cases())
    [audit] = [e.row for e in ledger.entries(tables=["audit"]) if e.row["action"] == "import"]
    assert (audit["rows"], audit["object_table"], audit["reason"]) == (3, "cases", "cases.csv")
    assert steward.get(address).status_code == 404
    before = len(cases())
    again = send(steward, file())
    assert "there is nothing to save" in text(steward.get(again))
    steward.post(f"{again}/take")
    assert len(cases()) == before


def test_a_dropped_upload_is_gone(steward: Any) -> None:
    address = send(steward, file())
    steward.post(f"{address}/drop")
    assert steward.get(address).status_code == 404
    assert "d1" not in cases()


def test_several_files_and_an_archive_come_together(steward: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../export/contacts.csv", "case_id,person_id,last_contact\nd1,k1,2026-03-22\n")
        archive.writestr("readme.md", "not a table")
    address = send(steward, file(), file(packed.getvalue(), "more.zip"))
    page = text(steward.get(address))
    assert "contacts.csv" in page
    steward.post(f"{address}/take")
    assert "k1" in list(instance.current().stores.live.follow().current("contacts")["person_id"])


def test_contacts_alone_can_be_sent(steward: Any) -> None:
    address = send(steward, file("case_id,person_id,last_contact\ncase-north-1,k2,2026-03-22\n", "contacts.csv"))
    assert "Save 1 row" in text(steward.get(address))


def test_rows_outside_of_the_own_zones_are_refused_before_and_at_saving(user: Any, client_of: Any) -> None:
    reporter = client_of(user("reporter", reporter="north-1"))
    address = send(reporter, file())
    page = text(reporter.get(address))
    assert "1 row lies outside your zones" in page
    assert "Save 3 rows" not in page
    assert reporter.post(f"{address}/take").status_code == 403
    assert "d1" not in cases()


def test_nobody_else_sees_an_upload(steward: Any, user: Any, client_of: Any) -> None:
    address = send(steward, file())
    other = client_of(user("other", data_steward=EVERYWHERE))
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/take").status_code == 404
    assert client_of(user("t", tracer="north")).get("/files/").status_code == 403


def test_what_cannot_be_read_is_said(steward: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for bad in (file(b"PK\x03\x04nonsense", "x.zip"), file("x", "x.exe")):
        answer = steward.post("/files/", {"files": [bad]})
        assert answer.status_code == 422
        assert "Allowed" in text(answer)
    assert steward.post("/files/", {}).status_code == 422
    assert "workbook" in text(steward.get(send(steward, file(b"PK\x03\x04", "cases.xlsx"))))
    monkeypatch.setattr(upload, "LARGEST", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cases.csv", "0" * 1_000_000)
    assert "too large" in text(steward.post("/files/", {"files": [file(packed.getvalue(), "bomb.zip")]}))
    root = instance.current().folder / upload.FOLDER
    assert all((folder / "about.json").is_file() for folder in root.iterdir())


def test_files_that_nobody_took_in_are_deleted_after_a_day(steward: Any, at: Any) -> None:
    address = send(steward, file())
    at.at = NOW + timedelta(hours=25)
    upload.sweep()
    assert upload.find(address.rpartition("/")[2], "user:steward") is None


def test_findings_are_told_in_the_language_of_the_reader(steward: Any) -> None:
    address = send(steward, file())
    assert "case_id is empty, and every row of cases needs it." in text(steward.get(address))
    steward.cookies["douse_language"] = "zh"
    page = text(steward.get(address))
    assert "is empty, and every row" not in page
    assert "onset不晚于recorded_at" in page
