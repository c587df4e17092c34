"""The API: the same reading and writing as the pages, by tokens."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.conftest import NOW
from douse.console.actors import of_user
from douse.console.api.tokens import make_token
from douse.console.models import ApiToken
from douse.console.policy import ALL_TABLES
from douse.records.ledger_tables import LEDGER_TABLES

pytestmark = pytest.mark.slow


class Program:
    """Asks the API with a token."""

    def __init__(self, token):
        self.client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {token}")

    def get(self, path, **query):
        return self.client.get(f"/api/{path}", query)

    def post(self, path, body):
        return self.client.post(f"/api/{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def program(user):
    def make(*scope, verified=True, **roles):
        made = user("anna", **roles)
        actor = of_user(made, verified=verified)
        return Program(make_token(actor, made, "test", scope or actor.rights, 7))

    return make


def test_without_a_token_nothing_is_told_not_even_in_a_session(user, client_of, city):
    client = client_of(user("anna", tracer="north"))
    for asked in (client.get("/api/tables/cases"), Client(HTTP_HOST="localhost").get("/api/tables/cases")):
        assert asked.status_code == 401
        assert asked["Content-Type"] == "application/problem+json"
        assert set(asked.json()) >= {"what", "allowed", "next"}


def test_a_list_holds_what_is_within_reach_a_page_at_a_time(program, city):
    anna = program(tracer="north")
    first = anna.get("tables/cases", size=1).json()
    assert (first["total"], first["pages"], len(first["rows"])) == (2, 2, 1)
    assert [row["case_id"] for row in anna.get("tables/cases", zone="north-2").json()["rows"]] == ["case-north-2"]
    assert anna.get("tables/cases", classification="suspected").json()["total"] == 0
    assert anna.get("tables/cases", occurred_from="2026-03-29").json()["total"] == 0
    outside = anna.get("tables/cases", outside="true").json()
    south = [row for row in outside["rows"] if not row["within"]]
    assert outside["total"] == 4
    assert {(row["zone"], row["age"], row["sex"]) for row in south} == {("south", 30, None)}


def test_personal_fields_need_the_right_and_each_look_is_logged(program, city, ledger):
    anna = program(tracer="north")
    before = ledger.head
    assert anna.get("tables/cases").json()["rows"][0]["sex"] == "female"
    looked = ledger.entries(since=before)
    assert [entry.row["action"] for entry in looked] == ["saw_personal"]
    other = ApiToken.objects.get()
    ApiToken.objects.filter(pk=other.pk).update(verified=False)
    assert anna.get("tables/cases").status_code == 403  # made without a second factor: the role does not count


def test_append_correct_and_history(program, city, ledger):
    anna = program(tracer="north")
    row = {"case_id": "new", "zone": "north-1", "onset": "2026-03-30", "sex": "male"}
    before = ledger.head
    made = anna.post("tables/cases", {"rows": [row]})
    assert made.status_code == 201, made.content
    assert [entry.table for entry in ledger.entries(since=before)] == ["cases", "audit"]
    record = made.json()["record_ids"][0]
    corrected = anna.post(f"corrections/cases/{record}", row | {"onset": "2026-03-29"})
    assert corrected.status_code == 201, corrected.content
    newest = corrected.json()["record_ids"][0]
    assert anna.get(f"records/cases/{newest}").json()["onset"] == "2026-03-29"
    assert anna.get(f"records/cases/{record}").status_code == 404  # not in force any more
    versions = anna.get(f"history/cases/{newest}").json()
    assert [one["row"]["onset"] for one in versions] == ["2026-03-30", "2026-03-29"]
    assert {one["author"] for one in versions} == {"user:anna"}
    late = anna.post(f"corrections/cases/{record}", row)
    assert late.status_code == 409
    twice = anna.post("tables/cases", {"rows": [row]})
    assert twice.status_code == 409


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"case_id": "x", "zone": "north-1", "sex": "a secret"}, "sex"),
        ({"zone": "north-1"}, "case_id"),
        ({"case_id": "x", "zone": "north-1", "age": 131}, "age"),
        ({"case_id": "x", "zone": "north-1", "colour": "a secret"}, "colour"),
        ({"case_id": "x\u0000", "zone": "north-1"}, "case_id"),
        ({"case_id": "x", "zone": "north-1", "onset": "2026-03-30", "outcome": "died", "outcome_on": "2026-03-01"}, ""),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_a_finding_and_without_its_value(program, city, ledger, row, column):
    anna = program(tracer="north")
    before = ledger.head
    refused = anna.post("tables/cases", {"rows": [row]})
    assert refused.status_code in {400, 422}
    assert refused["Content-Type"] == "application/problem+json"
    found = refused.json()["findings"]
    assert any(column in finding["column"] for finding in found)
    assert "secret" not in refused.content.decode()
    assert ledger.head == before


def test_other_zones_are_not_written_and_one_bad_row_keeps_all_out(program, city, ledger):
    anna = program(tracer="north")
    before = ledger.head
    rows = [{"case_id": "one", "zone": "north-1"}, {"case_id": "two", "zone": "south-1"}]
    assert anna.post("tables/cases", {"rows": rows}).status_code == 403
    assert ledger.head == before


def test_a_token_does_no_more_than_its_scope(program, city):
    anna = program("read cases", tracer="north")
    assert anna.get("tables/cases").status_code == 200
    assert anna.get("tables/contacts").status_code == 403
    assert anna.post("tables/cases", {"rows": [{"case_id": "x", "zone": "north-1"}]}).status_code == 403
    mine = {one["table"] for one in anna.get("tables").json() if one["read"]}
    assert mine == {"cases"}


def test_a_token_ends_by_time_by_revocation_and_with_its_user(program, city, at):
    anna = program("read cases", tracer="north")
    token = ApiToken.objects.get()
    at.at = NOW + timedelta(days=6)
    assert anna.get("tables/cases").status_code == 200
    at.at = NOW + timedelta(days=7)
    assert anna.get("tables/cases").status_code == 401
    at.at = NOW
    token.user.is_active = False
    token.user.save()
    assert anna.get("tables/cases").status_code == 401


def test_decisions_and_audit_are_not_written_row_by_row(program, city):
    steward = program(data_steward="*")
    for table in ("tasks", "merges", "holds", "audit", "erasures", "attachments"):
        assert steward.post(f"tables/{table}", {"rows": [{}]}).status_code == 403


def test_every_table_is_listed_with_the_fields_of_its_schema(client_of):
    document = Client(HTTP_HOST="localhost").get("/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    for table in ALL_TABLES:
        schema = LEDGER_TABLES[table]
        shown = schemas[f"{''.join(part.title() for part in table.split('_'))}Row"]["properties"]
        assert set(schema.column_names()) <= set(shown)
        for name, column in schema.columns().items():
            if name not in {"record_id", "recorded_at", "supersedes"}:
                assert shown[name]["description"] == column.description
    onset = schemas["CasesNew"]["properties"]["severity"]
    assert onset["anyOf"][0]["enum"] == list(LEDGER_TABLES["cases"].columns()["severity"].categories)


def test_pages_of_tokens_and_documentation(user, client_of):
    anna = user("anna", tracer="north")
    client = client_of(anna)
    made = client.post("/account/tokens", {"name": "script", "days": "7", "scope": ["read cases"]})
    assert made.status_code == 200
    assert "douse_" in made.content.decode()
    assert "douse_" not in client.get("/account/tokens").content.decode()
    beyond = client.post("/account/tokens", {"name": "script", "days": "7", "scope": ["erase"]})
    assert beyond.status_code == 403
    assert client.post("/account/tokens", {"name": "", "days": "9"}).status_code == 422
    assert client.post("/account/tokens", {"revoke": str(ApiToken.objects.get().pk)}).status_code == 302
    assert ApiToken.objects.get().revoked_at == NOW
    docs = client_of(None).get("/api/docs")
    assert docs.status_code == 200
    assert "http" not in docs.content.decode().replace("http-equiv", "").split("<main")[1]


def test_too_many_requests_are_told_so(program, city, monkeypatch):
    monkeypatch.setattr("douse.console.api.tokens._MOST", 2)
    anna = program("read cases", tracer="north")
    assert [anna.get("tables/cases").status_code for _ in range(3)] == [200, 200, 429]


def test_tasks_by_a_program(program, city):
    anna = program(epidemiologist="north")
    made = anna.post("tasks", {"kind": "look", "zone": "north-1", "note": "the well", "assigned_to": "anna"})
    assert made.status_code == 201, made.content
    [task] = anna.get("tasks/mine").json()
    assert task["note"] == "the well"
    done = {
        "id": "0190c1a2-0000-7000-8000-000000000001",
        "task_id": task["task_id"],
        "at": "2026-04-01T08:00:00Z",
        "outcome": "done",
    }
    for state in ("saved", "known"):
        assert [one["state"] for one in anna.post("tasks/exchange", {"answers": [done]}).json()] == [state]
    assert anna.get("tasks/mine").json() == []
    assert anna.post("tasks/give", {"task_ids": [task["task_id"]], "to": "anna"}).status_code == 409


def test_bundles_are_for_who_keeps_everything(program, city, ledger, tmp_path):
    assert program(epidemiologist="*").get("bundles").status_code == 403


def test_a_bundle_goes_out_signed_and_its_return_adds_nothing(program, city, ledger):
    steward = program(data_steward="*")
    out = steward.get("bundles", since=0)
    assert out["Content-Type"] == "application/zip"
    file = SimpleUploadedFile("bundle.zip", b"".join(out.streaming_content))
    back = steward.client.post("/api/bundles", {"file": file})
    assert back.status_code == 400  # signed by nobody who is trusted here
    assert "trusted" in back.json()["what"]


def test_key_figures_and_signals_within_reach(program, city):
    anna = program(epidemiologist="north")
    figures = anna.get("situation").json()
    assert (figures["as_of"], figures["figures"]["total"]) == ("2026-04-01", 2)
    assert anna.get("signals").status_code == 200
    none = anna.post("verdicts", {"signal_id": "none", "verdict": "verified", "reason": "looked"})
    assert none.status_code == 409


def test_a_decision_names_a_plan_that_is_there(program, city):
    chief = program(decision_maker="*")
    assert chief.get("plan").status_code == 404
    decision = {"plan": "none", "proposal": "none", "verdict": "approved", "reason": "as proposed"}
    assert chief.post("decisions", decision).status_code == 409


def test_a_file_is_looked_at_first_and_saved_when_it_is_confirmed(program, city, ledger):
    steward = program(data_steward="*")
    before = ledger.head
    table = b"case_id,zone,onset,sex\nnew-1,north-1,2026-03-30,female\nnew-2,north-1,2026-03-31,nonsense\n"
    sent = steward.client.post("/api/uploads", {"files": SimpleUploadedFile("cases.csv", table)})
    assert sent.status_code == 201, sent.content
    looked = sent.json()
    assert [(one["table"], one["passed"], one["new"]) for one in looked["tables"]] == [("cases", 2, 2)]
    assert {one["column"] for one in looked["findings"]} >= {"sex"}
    assert b"nonsense" not in sent.content
    assert ledger.head == before
    address = f"/api/uploads/{looked['upload']}"
    assert steward.client.get(address).json() == looked
    taken = steward.client.post(address)
    assert taken.json()["new"] == {"cases": 2}
    assert "import" in {entry.row["action"] for entry in ledger.entries(since=before, tables=["audit"])}
    assert steward.client.post(address).status_code == 404
    gone = steward.client.post("/api/uploads", {"files": SimpleUploadedFile("cases.csv", table)}).json()["upload"]
    assert steward.client.delete(f"/api/uploads/{gone}").status_code == 204
