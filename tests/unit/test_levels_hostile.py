"""Bundles that are not what they should be: nothing of them is taken, and the message says why."""

import base64
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from douse import partnering
from douse.errors import DouseError
from douse.ledgers import Place
from douse.records.ledger import NewEntry
from douse.records.ledger.bundle import signed_part
from douse.records.ledger.keys import signing_key
from douse.records.ledger.shared import Head, SharedRow, read_shared, write_shared
from partners_inputs import NOW, TRAVELLERS, Pair, now_on, pair

CASES = '[[partner.{way}]]\ntable = "cases"\nzones = ["river-1"]\nwhy = "Both follow the same chains."\n'


@pytest.fixture
def two(tmp_path: Path) -> Pair:
    made = pair(tmp_path)
    zones = [NewEntry("zones", {"zone_id": "river-1", "kind": "district"})]
    made.there.open().append(zones, author="test", at=NOW)
    made.policies(CASES.format(way="give") + TRAVELLERS, CASES.format(way="take") + TRAVELLERS)
    return made


@pytest.fixture
def good(two: Pair, tmp_path: Path) -> Path:
    path = tmp_path / "good.zip"
    partnering.send(two.here, "harbour", path, author="t", at=NOW)
    return path


def refused(two: Pair, path: Path, *said: str) -> str:
    """Take a bundle, which must fail, say so, and leave the ledger as it was."""
    before = two.there.open().head
    with pytest.raises(DouseError) as told:
        partnering.take(two.there, path, author="t", at=NOW)
    assert two.there.open().head == before
    assert not isinstance(told.value, AssertionError)
    for words in said:
        assert words in str(told.value)
    return str(told.value)


def rewritten(path: Path, out: Path, change: Callable[[dict[str, Any], bytes], tuple[dict[str, Any], bytes]]) -> Path:
    with zipfile.ZipFile(path) as bundle:
        manifest, rows = json.loads(bundle.read("manifest.json")), bundle.read("rows.ndjson")
    manifest, rows = change(manifest, rows)
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest))
        bundle.writestr("rows.ndjson", rows)
    return out


def forged(two: Pair, path: Path, *rows: SharedRow, key: Ed25519PrivateKey | None = None, **head: Any) -> Path:
    """A bundle made by hand, signed by the partner's own key unless another is given."""
    made = Head("origin", partnering.own_key(two.there), 1, None, NOW, 1, "")
    write_shared(path, replace(made, **head), rows, key or signing_key(two.here.keys))
    return path


def case_row(**more: Any) -> SharedRow:
    row = SharedRow("cases", "river-1", "C1", None, {"case_id": "C1", "zone": "river-1"})
    return replace(row, **more)


def test_signed_by_nobody(two: Pair, good: Path, tmp_path: Path) -> None:
    def unsigned(manifest: dict[str, Any], rows: bytes) -> tuple[dict[str, Any], bytes]:
        del manifest["signature"]
        return manifest, rows

    refused(two, rewritten(good, tmp_path / "bad.zip", unsigned), "signed by nobody")


@pytest.mark.parametrize("field", ["number", "to", "upto", "made_at", "public_key", "signature", "rows", "previous"])
def test_a_manifest_that_was_changed(two: Pair, good: Path, tmp_path: Path, field: str) -> None:
    def change(manifest: dict[str, Any], rows: bytes) -> tuple[dict[str, Any], bytes]:
        manifest[field] = {"number": 7, "upto": 99, "rows": 9}.get(field, "AAAA")
        return manifest, rows

    refused(two, rewritten(good, tmp_path / "bad.zip", change), "forged, or changed")


def test_rows_that_were_changed(two: Pair, good: Path, tmp_path: Path) -> None:
    bad = rewritten(good, tmp_path / "bad.zip", lambda manifest, rows: (manifest, rows.replace(b"C1", b"C7")))
    refused(two, bad, "not those that were signed")


def test_signed_by_a_stranger(two: Pair, tmp_path: Path) -> None:
    bad = forged(two, tmp_path / "bad.zip", case_row(), key=Ed25519PrivateKey.generate())
    refused(two, bad, "signed by nobody whom the policy of sharing names", "telephone")


def test_cut_for_somebody_else(two: Pair, tmp_path: Path) -> None:
    refused(two, forged(two, tmp_path / "bad.zip", case_row(), to="A" * 43 + "="), "cut for another instance")


def test_sharing_that_has_ended(two: Pair, good: Path) -> None:
    with pytest.raises(DouseError, match="ended"):
        partnering.take(two.there, good, author="t", at=NOW.replace(year=2200))


def test_replayed(two: Pair, good: Path) -> None:
    partnering.take(two.there, good, author="t", at=NOW)
    refused(two, good, "was taken before")


def test_reordered(two: Pair, good: Path, tmp_path: Path) -> None:
    second = tmp_path / "2.zip"
    partnering.send(two.here, "harbour", second, author="t", at=NOW + timedelta(hours=1))
    refused(two, second, "This is bundle 2", "Allowed: 1")
    for path in (good, second):
        partnering.take(two.there, path, author="t", at=NOW)


def test_a_second_first(two: Pair, good: Path, tmp_path: Path) -> None:
    partnering.take(two.there, good, author="t", at=NOW)
    refused(two, forged(two, tmp_path / "bad.zip", case_row()), "Another bundle 1")


def test_a_chain_that_does_not_follow(two: Pair, good: Path, tmp_path: Path) -> None:
    partnering.take(two.there, good, author="t", at=NOW)
    refused(two, forged(two, tmp_path / "bad.zip", case_row(), number=2, previous="0" * 64), "does not follow")


@pytest.mark.parametrize("table", ["contacts", "audit", "decisions", "bundles", "holds", "zones", "no_such_table"])
def test_a_table_that_this_partner_may_not_send(two: Pair, tmp_path: Path, table: str) -> None:
    bad = forged(two, tmp_path / "bad.zip", case_row(), case_row(table=table))
    said = refused(two, bad, "does not take")
    assert "no_such_table" not in said


@pytest.mark.parametrize("zone", ["harbour-1", "harbour", "nowhere", None])
def test_a_zone_that_this_partner_may_not_send(two: Pair, tmp_path: Path, zone: str | None) -> None:
    row = {"case_id": "C1", "zone": zone}
    refused(
        two, forged(two, tmp_path / "a.zip", case_row(zone=zone, row=row)), "of zones that the policy does not take"
    )
    refused(two, forged(two, tmp_path / "b.zip", case_row(zone=zone or "nowhere")), "of zones that the policy")


def test_personal_columns_without_a_last_day(two: Pair, tmp_path: Path) -> None:
    row = {"case_id": "C1", "zone": "river-1", "sex": "male"}
    refused(two, forged(two, tmp_path / "bad.zip", case_row(row=row)), "no last day")


@pytest.mark.parametrize(
    "row", [{"case_id": "C1", "zone": "river-1", "age": "many"}, {"case_id": "C1", "zone": "river-1", "name": "x"},
            {"zone": "river-1"}, {"case_id": {"$ne": 1}, "zone": "river-1", "age": 900},
            {"case_id": "C1", "zone": ["river-1"]}, {"case_id": "C1", "zone": {"river-1": 1}}],
)  # fmt: skip
def test_rows_that_are_not_what_their_table_asks_for(two: Pair, tmp_path: Path, row: dict[str, Any]) -> None:
    refused(two, forged(two, tmp_path / "bad.zip", case_row(row=row)))


def test_nothing_of_ours_is_corrected_or_erased_by_a_partner(two: Pair, tmp_path: Path) -> None:
    rows = (
        case_row(supersedes="C1", row={"case_id": "C1", "zone": "river-1", "classification": "discarded"}),
        SharedRow("erasures", None, None, None, {"subject": "P-C1"}),
    )  # fmt: skip
    partnering.take(two.there, forged(two, tmp_path / "b.zip", *rows), author="t", at=NOW)
    ours = now_on(two.there).current("cases").filter(case_id="C1")
    assert ours.select("classification", "sex").rows() == [("confirmed", "female")]


def offer_row(**more: Any) -> SharedRow:
    row = {
        "offer_id": "o", "state": "offered", "purpose": "p", "destination": None, "offered_at": NOW.isoformat(),
        "expires_on": "2026-04-05", "case": {"case_id": "C5", "age": 3},
    }  # fmt: skip
    return SharedRow("offers", None, None, None, row | more)


@pytest.mark.parametrize(
    "more",
    [
        {"case": {"case_id": "C5", "name": "x"}}, {"case": "x"}, {"case": {"age": 3}}, {"case": {"case_id": ["x"]}},
        {"case": {"case_id": "C5", "origin_place": "x" * 30_000}}, {"expires_on": "soon"}, {"expires_on": None},
        {"purpose": ""}, {"purpose": None}, {"state": "sold"}, {"offer_id": "x" * 900}, {"offered_at": 3},
        {"state": "accepted"}, {"case": {"case_id": "C5", "record_id": "C1"}},
        {"case": {"case_id": "C5", "supersedes": "C1"}}, {"case": {"case_id": "C5", "recorded_at": "2020-01-01T00:00"}},
        {"case": {"case_id": "C5", "infector": "C1"}}, {"case": {"case_id": "C5", "same_as": "C1"}},
    ],
)  # fmt: skip
def test_offers_that_are_not_understood(two: Pair, tmp_path: Path, more: dict[str, Any]) -> None:
    refused(two, forged(two, tmp_path / "bad.zip", offer_row(**more)))


def test_an_offer_cannot_last_longer_than_our_policy_says(two: Pair, tmp_path: Path) -> None:
    path = forged(two, tmp_path / "b.zip", offer_row(expires_on="2099-01-01"))
    partnering.take(two.there, path, author="t", at=NOW)
    assert now_on(two.there).current("offers")["expires_on"].to_list() == [date(2026, 5, 1)]


def test_offers_from_where_none_are_taken(two: Pair, tmp_path: Path) -> None:
    two.policies(CASES.format(way="give"), CASES.format(way="take"))
    refused(two, forged(two, tmp_path / "bad.zip", offer_row()), "does not take")


def test_an_answer_to_an_offer_that_was_made_to_nobody(two: Pair, tmp_path: Path) -> None:
    refused(two, forged(two, tmp_path / "bad.zip", offer_row(state="declined")), "not made to them")


def test_script_in_every_field_stays_text(two: Pair, tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    rows = [offer_row(purpose=script, destination=script, case={"case_id": script, "origin_place": script})]
    partnering.take(two.there, forged(two, tmp_path / "b.zip", *rows), author="t", at=NOW)
    assert now_on(two.there).current("offers")["purpose"].to_list() == [script]


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + b"\xff" * 60],
)  # fmt: skip
def test_what_is_no_bundle(two: Pair, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    refused(two, path, "is not a bundle")


@pytest.mark.parametrize(
    "parts",
    [
        {"manifest.json": b"{", "rows.ndjson": b""}, {"manifest.json": b"[" * 100_000, "rows.ndjson": b""},
        {"manifest.json": b"[]", "rows.ndjson": b""}, {"manifest.json": b"{}"},
        {"manifest.json": b"{}", "rows.ndjson": b"", "../../evil": b"x"},
        {"manifest.json": b"{}", "rows.ndjson": b"\n"}, {"manifest.json": b" " * (2 << 20), "rows.ndjson": b""},
    ],
)  # fmt: skip
def test_parts_that_are_not_those_of_a_bundle(two: Pair, tmp_path: Path, parts: dict[str, bytes]) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    refused(two, path)
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.slow
def test_a_zip_bomb_is_let_lie(two: Pair, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("manifest.json", b"{}")
        with bundle.open("rows.ndjson", "w") as part:
            for _ in range(320):
                part.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    refused(two, path, "larger than any")


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b'{"table":1}\n', b"\xff\n", b"nonsense\n", b"[" * 5000 + b"\n"])
def test_rows_that_are_no_rows_though_they_are_signed(two: Pair, tmp_path: Path, line: bytes) -> None:
    path = forged(two, tmp_path / "a.zip")

    def change(manifest: dict[str, Any], rows: bytes) -> tuple[dict[str, Any], bytes]:
        manifest["sha256"] = sha256(line).hexdigest()
        manifest["signature"] = base64.b64encode(signing_key(two.here.keys).sign(signed_part(manifest))).decode()
        return manifest, line

    refused(two, rewritten(path, tmp_path / "bad.zip", change), "Row 1")


def test_the_reader_gives_back_what_was_written(two: Pair, tmp_path: Path) -> None:
    path = forged(two, tmp_path / "a.zip", case_row())
    found = read_shared(path)
    assert found.rows == (case_row(),)
    assert found.head.made_at == NOW
    assert isinstance(two.here, Place)
