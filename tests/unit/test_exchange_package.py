"""Data packages and folders: what is read of them, and what is not read is said."""

import hashlib
import json

import polars as pl
import pytest

from douse.exchange import receive


def rules(checked) -> list[str]:
    return checked.findings["rule"].to_list()


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "http://example.org/cases.csv", "C:\\cases.csv", "link/cases.csv"]
)
def test_a_package_reads_nothing_outside_its_folder(tmp_path, path):
    (tmp_path / "secret.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    folder = tmp_path / "package"
    folder.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "cases.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    (folder / "link").symlink_to(outside)
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{"name": "cases", "path": path}]}))
    checked = receive([folder])
    assert checked.records.cases.is_empty()
    assert {"package_outside", "package_missing"} & set(rules(checked))
    assert not path.startswith("link") or "package_outside" in rules(checked)


ODD = ["a\0b.csv", "x" * 5000 + ".csv", "", ".", "loop", ["a.csv", None, {}], 7, True, {"a": 1}]


@pytest.mark.parametrize(
    ("path", "separator"), [*((path, ",") for path in ODD), *(("", sign) for sign in ["\n", '"', "\0", "", 7])]
)
def test_no_package_whatever_raises(tmp_path, path, separator):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "cases.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    odd = {"name": "cases", "path": path, "hash": {"a": 1}, "dialect": {"delimiter": separator}}
    good = {"name": "cases", "path": "cases.csv", "dialect": {"delimiter": separator}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [odd, good, None, [], {"name": 7}]}))
    checked = receive([tmp_path])
    assert {"package_outside", "package_missing"} & set(rules(checked))
    assert separator != "," or checked.records.cases.height == 1


def test_a_package_whose_file_was_changed_is_not_read(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    resource = {"name": "cases", "path": "cases.csv", "hash": "sha256:" + "0" * 64}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    checked = receive([tmp_path])
    assert checked.records.cases.is_empty()
    assert "package_changed" in rules(checked)


@pytest.mark.parametrize("kind", ["", "md5:", "sha1:", "sha512:", "crc32:"])
def test_a_hash_of_another_kind_is_looked_at_or_said(tmp_path, kind):
    data = b"case_id,recorded_at\nX,2026-03-01\n"
    (tmp_path / "cases.csv").write_bytes(data)
    good = "" if kind == "crc32:" else hashlib.new(kind.rstrip(":") or "md5", data).hexdigest()
    for digest, changed in ((good, False), ("0" * 32, True)):
        resource = {"name": "cases", "path": "cases.csv", "hash": kind + digest}
        (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
        checked = receive([tmp_path])
        if kind == "crc32:":
            assert "package_hash" in rules(checked)
            assert checked.records.cases.height == 1
        else:
            assert checked.records.cases.height == (0 if changed else 1)
            assert ("package_changed" in rules(checked)) == changed


def test_what_lies_beside_a_package_or_in_it_and_is_not_read_is_said(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    (tmp_path / "contacts.csv").write_text("case_id,person_id\nX,p\n")
    (tmp_path / "left-out.csv").write_text("table\n")
    resources = [{"name": "cases", "path": "cases.csv"}, {"name": "tests", "data": [{"person_id": "SECRET"}]}]
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": resources}))
    checked = receive([tmp_path])
    said = checked.findings.filter(pl.col("rule") == "package_not_named")["file"].to_list()
    assert said == ["contacts.csv"]
    assert "package_inline" in rules(checked)
    assert "SECRET" not in checked.findings.write_csv()


def test_files_of_a_folder_that_no_reader_knows_are_said(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id,recorded_at\nX,2026-03-01\n")
    (tmp_path / "letter.docx").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "more").mkdir()
    checked = receive([tmp_path])
    said = checked.findings.filter(pl.col("rule") == "file_of_no_form")["file"].to_list()
    assert said == ["letter.docx", "more"]
