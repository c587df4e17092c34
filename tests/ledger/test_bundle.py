"""Bundles: the same records in any order and any number of times; nobody's and changed ones are refused."""

import itertools
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from douse.errors import DataError
from douse.records.ledger import Ledger, Live, NewEntry, open_ledger, verify
from douse.records.ledger.bundle import export_bundle, import_bundle
from douse.records.ledger.erasure import erase
from douse.records.ledger.keys import public_text, signing_key, trusted
from ledger_inputs import NOON, case, contact

KEY = Ed25519PrivateKey.generate()
TRUSTED = [public_text(KEY)]


@pytest.fixture
def other(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path / "other", make=True)


def _bundles(other: Ledger, tmp_path: Path) -> list[Path]:
    """Three bundles that a tablet wrote on its way."""
    made, since = [], 0
    for at, rows in enumerate(
        (
            [case("a", sex="female"), contact("a", "p")],
            [NewEntry("cases", {"case_id": "a", "onset": "2026-02-20", "sex": "female"}, supersedes="a")],
            [
                contact("a", "q"),
                NewEntry("merges", {"merge_id": "m", "person_id": "q", "into": "p", "state": "merged"}),
            ],
        )
    ):
        other.append(rows, author="tablet", at=NOON + timedelta(hours=at))
        path = tmp_path / f"{at}.zip"
        export_bundle(other, path, since=since, key=KEY)
        made.append(path)
        since = other.head
    return made


def _content(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    snapshot = Live(ledger).follow()
    return {name: sorted(map(str, snapshot.current(name).rows())) for name in ("cases", "contacts", "merges")}


def test_any_order_and_twice_gives_the_same_records(ledger: Ledger, other: Ledger, tmp_path: Path) -> None:
    bundles = _bundles(other, tmp_path)
    for at, order in enumerate(itertools.permutations(range(3))):
        mine = ledger if at == 0 else open_ledger(tmp_path / f"mine{at}", make=True)
        for number in (*order, *order):
            import_bundle(mine, bundles[number], trusted=TRUSTED)
        assert _content(mine) == _content(other)
        assert verify(mine).good
        assert mine.head == other.head
        assert {entry.author for entry in mine.entries()} == {"tablet"}
        assert {entry.origin for entry in mine.entries()} == {other.origin}


def test_an_unsigned_bundle_and_one_of_a_stranger_are_refused(ledger: Ledger, other: Ledger, tmp_path: Path) -> None:
    other.append([case("a")], author="u", at=NOON)
    path = tmp_path / "b.zip"
    export_bundle(other, path)
    with pytest.raises(DataError, match="not signed"):
        import_bundle(ledger, path, trusted=TRUSTED)
    export_bundle(other, path, key=Ed25519PrivateKey.generate())
    with pytest.raises(DataError, match="nobody who is trusted"):
        import_bundle(ledger, path, trusted=TRUSTED)
    assert ledger.head == 0
    assert len(import_bundle(ledger, path, unsigned=True).receipt) == 1


@pytest.mark.parametrize("part", ["entry", "manifest", "signature", "personal"])
def test_a_bundle_that_was_changed_is_refused(ledger: Ledger, other: Ledger, tmp_path: Path, part: str) -> None:
    other.append([case("a", sex="female")], author="u", at=NOON)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    export_bundle(other, good, key=KEY)
    with zipfile.ZipFile(good) as bundle:
        manifest, text = json.loads(bundle.read("manifest.json")), bundle.read("entries.ndjson").decode()
    if part == "entry":
        text = text.replace("2026-02-27", "2026-02-26")
    elif part == "personal":
        text = text.replace("female", "male")
    elif part == "manifest":
        manifest["origin"] = "somebody"
    else:
        manifest["signature"] = "AAAA"
    with zipfile.ZipFile(bad, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest))
        bundle.writestr("entries.ndjson", text)
    with pytest.raises(DataError):
        import_bundle(ledger, bad, trusted=TRUSTED)
    assert ledger.head == 0


def test_changed_fields_are_found_although_the_bundle_is_written_anew(
    ledger: Ledger, other: Ledger, tmp_path: Path
) -> None:
    other.append([case("a", sex="female")], author="u", at=NOON)
    path, forged = tmp_path / "a.zip", tmp_path / "b.zip"
    export_bundle(other, path)
    with zipfile.ZipFile(path) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        text = bundle.read("entries.ndjson").replace(b"2026-02-27", b"2026-02-26")
    manifest["sha256"] = sha256(text).hexdigest()
    with zipfile.ZipFile(forged, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest))
        bundle.writestr("entries.ndjson", text)
    with pytest.raises(DataError, match="Entry 1 of the bundle"):
        import_bundle(ledger, forged, unsigned=True)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bundle_is_told(ledger: Ledger, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(DataError):
        import_bundle(ledger, path, unsigned=True)


def test_conflicts_are_shown_and_nothing_is_lost(ledger: Ledger, other: Ledger, tmp_path: Path) -> None:
    ledger.append([case("same"), case("twice", age=1), case("fixed")], author="here", at=NOON)
    other.append([case("same"), case("twice", age=2), case("fixed")], author="there", at=NOON)
    ledger.append([NewEntry("cases", {"case_id": "fixed", "age": 5}, supersedes="fixed")], author="here", at=NOON)
    later = NOON + timedelta(hours=1)
    other.append([NewEntry("cases", {"case_id": "fixed", "age": 6}, supersedes="fixed")], author="there", at=later)
    path = tmp_path / "b.zip"
    export_bundle(other, path, key=KEY)
    found = import_bundle(ledger, path, trusted=TRUSTED)
    assert {(one.record_id, one.why) for one in found.conflicts} == {
        ("twice", "same_record"), ("fixed", "both_correct"),
    }  # fmt: skip
    assert ledger.head == 8
    cases = Live(ledger).follow().current("cases").sort("case_id")
    assert cases.select("case_id", "age").rows() == [("fixed", 6), ("same", None), ("twice", 1)]


def test_an_erasure_travels(ledger: Ledger, other: Ledger, tmp_path: Path) -> None:
    other.append([case("a", person_id="p", sex="female")], author="u", at=NOON)
    first, second, late = tmp_path / "1.zip", tmp_path / "2.zip", tmp_path / "3.zip"
    export_bundle(other, first, key=KEY)
    erase(Live(other), ["p"], author="u", at=NOON)
    export_bundle(other, second, since=1, key=KEY)
    export_bundle(other, late, key=KEY)
    import_bundle(ledger, first, trusted=TRUSTED)
    assert ledger.entries()[0].row["sex"] == "female"
    assert import_bundle(ledger, second, trusted=TRUSTED).redacted == 1
    assert ledger.entries()[0].redacted
    assert verify(ledger).good
    # What was written before the erasure and comes after it does not bring the fields back.
    fresh = open_ledger(tmp_path / "fresh", make=True)
    import_bundle(fresh, second, trusted=TRUSTED)
    import_bundle(fresh, first, trusted=TRUSTED)
    assert all(entry.personal is None for entry in fresh.entries())
    assert verify(fresh).good
    assert import_bundle(fresh, late, trusted=TRUSTED).known == 2


def test_keys_are_made_once_and_others_are_listed(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert public_text(signing_key(tmp_path)) == public_text(key)
    assert trusted(tmp_path) == ()
    (tmp_path / "trusted.txt").write_text("# others\nAAAA the neighbouring county\n\nBBBB\n")
    assert trusted(tmp_path) == ("AAAA", "BBBB")


@pytest.mark.parametrize(
    "parts",
    [
        {"manifest.json": b" " * (17 << 20), "entries.ndjson": b""},  # unpacks to more than any should be
        {"manifest.json": b"[" * 100_000, "entries.ndjson": b""},
        {"manifest.json": b'{"bulk": 7}', "entries.ndjson": b""},
        {"manifest.json": b"\xff", "entries.ndjson": b""},
        {"entries.ndjson": b""},
    ],
)
def test_a_bundle_of_a_stranger_is_refused_in_words(other: Ledger, tmp_path: Path, parts: dict[str, bytes]) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    with pytest.raises(DataError):
        import_bundle(other, path, trusted=TRUSTED, unsigned=True)
    assert other.head == 0


def test_a_bundle_without_the_file_that_it_names_is_refused_in_words(other: Ledger, tmp_path: Path) -> None:
    path, named = tmp_path / "x.zip", sha256(b"x").hexdigest()
    manifest = {"format": 1, "origin": "o", "since": 0, "upto": 0, "entries": 0, "sha256": sha256(b"").hexdigest()}
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest | {"bulk": [named]}))
        bundle.writestr("entries.ndjson", b"")
    with pytest.raises(DataError, match="attached file"):
        import_bundle(other, path, unsigned=True)
