"""The benchmark's scoring equals the peers' table, and our detector beats every peer."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from bench_detect import JUDGED, Simulated, at_rate, ours, reference, scored, simulated


@pytest.fixture(scope="module")
def given(shared: Path) -> Simulated:
    if not (shared / "reference/bench_detect").is_dir():
        pytest.skip("../shared/reference/bench_detect is absent")
    found = reference()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def judged(given: Simulated) -> tuple[np.ndarray, np.ndarray]:
    return ours(given)


def test_the_scoring_gives_the_peers_table(shared: Path, given: Simulated) -> None:
    folder = shared / "reference/bench_detect"
    flags = pl.read_csv(folder / "flags.csv.gz", null_values="NA").sort("method", "id", "t")
    seen = 0
    for row in pl.read_csv(folder / "summary.csv").iter_rows(named=True):
        own = flags.filter(pl.col("method") == row["method"])["alarm"].fill_null(0).to_numpy().reshape(-1, JUDGED) == 1
        for name, value in scored(own, given).items():
            assert value == pytest.approx(row[name], rel=1e-12), (row["method"], name)
        seen += 1
    assert seen == 8


@pytest.mark.slow
def test_no_peer_finds_as_many_at_its_false_alarm_rate(shared: Path, given: Simulated, judged: tuple) -> None:
    rows = pl.read_csv(shared / "reference/bench_detect/summary.csv").rows(named=True)
    for row in rows:
        assert at_rate(judged[1], given, row["FPR"]) > row["POD"], row["method"]


@pytest.mark.slow
def test_as_many_as_wanted_are_found(given: Simulated, judged: tuple) -> None:
    figures = scored(judged[0], given)
    assert figures["FPR"] <= 0.0115
    assert figures["POD"] >= 0.65


@pytest.mark.slow
def test_fresh_series_are_judged_alike() -> None:
    found = [scored(ours(sets)[0], sets) for sets in map(simulated, range(1, 4))]
    assert np.mean([one["FPR"] for one in found]) <= 0.0115
    assert np.mean([one["POD"] for one in found]) >= 0.63
