"""Erasure and holds: what goes, what stays, and that the chain still verifies."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from douse.errors import UsageError
from douse.records import Records
from douse.records.ledger import Ledger, Live, NewEntry, verify
from douse.records.ledger.bulk import LEAST_ROWS
from douse.records.ledger.erasure import HeldError, due, erase
from douse.records.ledger.intake import take_in
from douse.records.tables import TABLES
from douse.records.vault import open_vault
from ledger_inputs import NOON, case, contact


def test_personal_fields_go_and_hashes_stay(ledger: Ledger) -> None:
    ledger.append([case("a", person_id="p", sex="female", latitude=1.0), case("b", sex="male")], author="u", at=NOON)
    before = [(entry.payload_hash, entry.hash) for entry in ledger.entries()]
    live = Live(ledger)
    live.follow()
    erased = erase(live, ["p"], author="u", at=NOON, reason="asked by letter")
    assert (erased.subjects, erased.entries) == (1, 1)
    entries = ledger.entries()
    assert [(entry.payload_hash, entry.hash) for entry in entries[:2]] == before
    assert entries[0].redacted
    assert "sex" not in entries[0].row
    assert entries[1].row["sex"] == "male"
    found = verify(ledger)
    assert (found.good, found.redacted) == (True, 1)
    cases = live.follow().current("cases").sort("case_id")
    assert cases["sex"].to_list() == [None, "male"]
    assert cases["latitude"].to_list() == [None, None]
    assert cases["case_id"].to_list() == ["a", "b"]  # what happened stays countable


def test_rows_of_attached_files_lose_them_too(ledger: Ledger) -> None:
    many = LEAST_ROWS
    people = pl.DataFrame({"person_id": [f"p{at}" for at in range(many)], "household": ["h"] * many})
    people = people.with_columns(record_id="person_id", recorded_at=pl.lit(NOON, pl.Datetime("us")))
    whole = pl.concat([TABLES["people"].create_empty(), people], how="diagonal")
    live = Live(ledger)
    take_in(live, Records({"people": whole}), author="u", at=NOON)
    assert ledger.bulk is not None
    (old,) = ledger.bulk.iterdir()
    assert erase(live, ["p7"], author="u", at=NOON).attached == 1
    now = live.follow().current("people")
    assert now.filter(pl.col("household").is_null())["person_id"].to_list() == ["p7"]
    assert now.height == many
    assert not old.exists()
    assert len(list(ledger.bulk.iterdir())) == 1
    assert verify(ledger).good


@pytest.mark.parametrize(
    "hold", [{"subject": "p"}, {"held_table": "cases"}, {"zone": "z"}, {"held_table": "cases", "zone": "z"}]
)
def test_a_hold_stands_above_erasure_until_it_is_released(ledger: Ledger, hold: dict[str, str]) -> None:
    ledger.append([case("a", person_id="p", sex="female")], author="u", at=NOON)
    row = {"hold_id": "h", "reason": "court", "person": "head of law", "state": "in_force", **hold}
    ledger.append([NewEntry("holds", row)], author="u", at=NOON)
    live = Live(ledger)
    with pytest.raises(HeldError, match="Nothing was erased"):
        erase(live, ["p"], author="u", at=NOON)
    assert not ledger.entries()[0].redacted
    ledger.append([NewEntry("holds", row | {"state": "released"}, supersedes="h")], author="u", at=NOON)
    assert erase(live, ["p"], author="u", at=NOON).entries == 1


def test_a_hold_of_another_zone_or_of_the_past_keeps_nobody(ledger: Ledger) -> None:
    ledger.append([case("a", person_id="p", sex="female")], author="u", at=NOON)
    base = {"reason": "court", "person": "head of law", "state": "in_force"}
    ledger.append(
        [
            NewEntry("holds", base | {"hold_id": "h1", "zone": "elsewhere"}),
            NewEntry("holds", base | {"hold_id": "h2", "subject": "p", "until": "2026-02-01"}),
        ],
        author="u",
        at=NOON,
    )
    assert erase(Live(ledger), ["p"], author="u", at=NOON).entries == 1


def test_time_to_keep_is_counted_from_the_last_contact(ledger: Ledger) -> None:
    today = date(2026, 3, 31)
    ledger.append(
        [
            contact("a", "old"),
            NewEntry("contacts", {"case_id": "a", "person_id": "both", "last_contact": "2026-02-01"}),
            NewEntry("contacts", {"case_id": "b", "person_id": "both", "last_contact": "2026-03-20"}),
            NewEntry("contacts", {"case_id": "b", "person_id": "sick", "last_contact": "2026-02-01"}),
            case("c", person_id="sick"),
        ],
        author="u",
        at=NOON,
    )
    snapshot = Live(ledger).follow()
    assert due(snapshot, 33, today) == set()
    assert due(snapshot, 32, today) == {"old"}  # last contact on 26 February: 33 days


def test_the_vault_keeps_gives_and_forgets(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, tmp_path / "keys")
    who = vault.new_pseudonym()
    vault.put(who, {"name": " Name Of Theirs ", "phone": "12", "address": None})
    assert vault.get(who) == {"name": "Name Of Theirs", "phone": "12"}
    assert b"Theirs" not in (tmp_path / "vault.sqlite").read_bytes()
    assert open_vault(tmp_path, tmp_path / "keys").get(who) == vault.get(who)
    assert vault.forget([who]) == 1
    assert vault.get(who) is None
    with pytest.raises(UsageError, match="no field colour"):
        vault.put(who, {"colour": "blue"})
    assert ((tmp_path / "keys").stat().st_mode & 0o077, (tmp_path / "keys" / "vault.key").stat().st_mode & 0o077) == (
        0,
        0,
    )


def test_the_vault_on_postgresql(postgresql: str, place: Path | str, tmp_path: Path) -> None:
    vault = open_vault(place if isinstance(place, str) else tmp_path, tmp_path / "keys")
    vault.put("p", {"name": "x"})
    assert vault.get("p") == {"name": "x"}
    vault.close()


def test_names_are_compared_in_the_vault(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, tmp_path / "keys")
    names = {"a": "Zoë Example-Name", "b": "example name zoe", "c": "Somebody Else", "d": "张三", "e": "张 三"}
    for who, name in names.items():
        vault.put(who, {"name": name})
    pairs = vault.alike()
    assert pairs.select("first", "second").rows() == [("a", "b"), ("d", "e")]
    assert pairs.columns == ["first", "second", "likeness"]
    assert vault.alike(["c"]).is_empty()
    assert vault.find("zoe example name")[0] in {"a", "b"}
    vault.put("f", {"phone": "1"})
    vault.merge("f", "a")
    assert vault.get("a") == {"name": "Zoë Example-Name", "phone": "1"}
