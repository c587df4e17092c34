"""douse import, export and ledger; and commands that are given a ledger in place of a folder."""

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from douse.__main__ import main
from douse.records.ledger import open_ledger

CASES = """case_id,person_id,pathogen,onset,reported_at,zone,sex
a,p,sars-cov-2-wild,2026-02-20,2026-02-21 10:30,z,female
b,q,sars-cov-2-wild,2026-02-21,2026-02-22 09:00,z,male
c,r,sars-cov-2-wild,2026-02-22,2026-02-23 09:00,y,male
"""
ZONES = "zone_id,name,kind,population\ny,North,community,900\nz,South,community,1100\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "cases.csv").write_text(CASES)
    (folder / "zones.csv").write_text(ZONES)
    return folder


@pytest.fixture
def instance(data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    assert main(["import", str(data), "--folder", str(folder)]) == 0
    return folder


def test_importing_twice_adds_nothing(data: Path, instance: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(data), "--folder", str(instance)]) == 0
    assert "0 entries appended, up to number 5" in capsys.readouterr().out


def test_findings_are_shown_and_bad_rows_stay_out(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "cases.csv").write_text(CASES + ",,,2026-02-22,2026-02-23,z,blue\n")
    out = tmp_path / "findings"
    assert main(["import", str(data), "--folder", str(tmp_path / "i"), "--out", str(out)]) == 1
    assert "row set aside" in capsys.readouterr().out
    assert (out / "rejected" / "cases.csv").is_file()
    assert open_ledger(tmp_path / "i").head == 5


@pytest.mark.slow
def test_a_plan_from_the_ledger_is_the_plan_from_the_files(data: Path, instance: Path, tmp_path: Path) -> None:
    asked = ["--as-of", "2026-02-24", "--scenarios", "0", "--quiet"]
    one, other = tmp_path / "one", tmp_path / "other"
    assert main(["plan", str(data), "--out", str(one), *asked]) == 0
    assert main(["plan", str(instance), "--out", str(other), *asked]) == 0
    assert (one / "plan.json").read_bytes() == (other / "plan.json").read_bytes()
    inputs = json.loads((other / "manifest.json").read_text())["inputs"]
    assert inputs == {"ledger, entry 5": open_ledger(instance).entries()[-1].hash.hex()}


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson"])
def test_tables_come_out_as_they_went_in(data: Path, instance: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    assert main(["export", "--folder", str(instance), "--format", form, "--out", str(out)]) == 0
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "ndjson": pl.read_ndjson}[form]
    assert read(out / f"cases.{form}")["case_id"].to_list() == ["a", "b", "c"]
    if form == "csv":
        again = tmp_path / "again"
        assert main(["import", str(out), "--folder", str(again)]) == 0
        assert open_ledger(again).head == 5


def test_an_as_of_export_knows_no_later_case(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["export", "--folder", str(instance), "--as-of", "2026-02-22", "--out", str(out)]) == 0
    assert pl.read_csv(out / "cases.csv")["case_id"].to_list() == ["a", "b"]


def test_a_bundle_goes_to_another_instance(instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, other = tmp_path / "b.zip", tmp_path / "other"
    assert main(["export", "--folder", str(instance), "--format", "bundle", "--signed", "--out", str(bundle)]) == 0
    key = capsys.readouterr().out.split("public key is ")[1].split()[0]
    assert json.loads(zipfile.ZipFile(bundle).read("manifest.json"))["public_key"] == key
    assert main(["import", str(bundle), "--folder", str(other)]) == 4
    assert "nobody who is trusted" in capsys.readouterr().err
    (other / "keys").mkdir(parents=True)
    (other / "keys" / "trusted.txt").write_text(f"{key} the county beside\n")
    assert main(["import", str(bundle), "--folder", str(other)]) == 0
    assert "5 entries are new here" in capsys.readouterr().out


def test_verify_names_the_broken_entry(instance: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", "--folder", str(instance)]) == 0
    ledger = open_ledger(instance)
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER entries_do_not_change"))
        connection.execute(sa.text("UPDATE entries SET author = 'x' WHERE sequence = 3"))
    ledger.close()
    capsys.readouterr()
    assert main(["ledger", "verify", "--folder", str(instance)]) == 1
    assert "breaks at entry 3" in capsys.readouterr().out


def test_records_past_their_time_go_only_when_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "contacts.csv").write_text("case_id,person_id,zone,household,last_contact\na,s,z,h,2026-02-20\n")
    folder = tmp_path / "i"
    main(["import", str(data), "--folder", str(folder)])
    forget = ["ledger", "forget", "--folder", str(folder), "--pathogen", "sars-cov-2-wild"]
    assert main(forget) == 0
    assert "Nothing was erased" in capsys.readouterr().out
    assert main([*forget, "--yes"]) == 0
    assert "1 person:" in capsys.readouterr().out
    (contact,) = [entry for entry in open_ledger(folder).entries() if entry.table == "contacts"]
    assert contact.redacted
    assert main(["ledger", "verify", "--folder", str(folder)]) == 0


def test_a_folder_without_a_ledger_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", "--folder", str(tmp_path)]) == 2
    assert "no ledger in this folder" in capsys.readouterr().err
