"""scan_clusters equals SaTScan 10.3.2: ratios, members, dates, p, for all clusters that SaTScan reports."""

import json
import math

import numpy as np
import pytest

from douse.signals.scan import scan_clusters
from douse.signals.scan_replicates import Chance
from reference.satscan_files import case, day, simulated

TOLERANCE = 1e-5
FEWEST = 25


def folders(shared):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    ids = [entry["id"] for entry in manifest if entry.get("package") == "SaTScan"]
    found = [shared / "reference" / "scan" / name for name in ids]
    return [folder for folder in found if (folder / "result.json").exists()]


def ratio_of(cluster):
    return float(cluster.get("LLR") or cluster["TEST_STAT"])


def error_of(p, replicates):
    """Monte Carlo standard error of the difference of two estimates of p."""
    return max(math.sqrt(2 * p * (1 - p) / replicates), 1.5 / replicates)


@pytest.mark.slow
def test_clusters_equal_the_reference(shared):
    cases = folders(shared)
    assert len(cases) >= FEWEST
    for folder in cases:
        counts, zones, options, theirs = case(folder)
        ours = scan_clusters(counts, zones, **options).to_dicts()
        assert len(ours) >= len(theirs), folder.name
        for their, our in zip(theirs, ours, strict=False):
            name = f"{folder.name} cluster {their['CLUSTER']}"
            assert our["llr"] == pytest.approx(ratio_of(their), abs=TOLERANCE), name
            assert our["observed"] == int(their["OBSERVED"]), name
            assert our["expected"] == pytest.approx(float(their["EXPECTED"]), abs=0.0051), name
            if "REL_RISK" in their:
                assert our["relative_risk"] == pytest.approx(float(their["REL_RISK"]), abs=0.0051), name
            p = float(their["P_VALUE"])
            assert abs(our["p"] - p) <= 4 * error_of(p, options["replicates"]), name
            if options["kind"] == "temporal":
                assert (our["first"].year, our["last"].year) == (int(their["START_DATE"]), int(their["END_DATE"]))
                continue
            moment = int if isinstance(options["first"], int) else day
            assert our["zones"] == their["members"], name
            assert our["zone"] == their["LOC_ID"], name
            assert our["radius"] == pytest.approx(float(their["RADIUS"]), abs=0.0051), name
            assert (our["first"], our["last"]) == (moment(their["START_DATE"]), moment(their["END_DATE"])), name


def test_gumbel_and_rank_equal_the_reference_on_its_own_replicates(shared):
    compared = 0
    for folder in folders(shared):
        _, _, options, theirs = case(folder)
        chance = Chance(np.array(simulated(folder)))
        for their in theirs:
            assert chance.p(ratio_of(their)) == pytest.approx(float(their["P_VALUE"]), rel=0.051)
            if "GBL_PVALUE" in their and float(their["GBL_PVALUE"]) > 1e-12:
                assert chance.p_gumbel(ratio_of(their)) == pytest.approx(float(their["GBL_PVALUE"]), rel=0.051)
                compared += 1
            if "RECURR_INT" in their:
                days = {"year": 365.25, "day": 1}[options["step"]]
                recurrence = days / chance.p(ratio_of(their))
                assert recurrence == pytest.approx(float(their["RECURR_INT"]), rel=0.01, abs=0.5)
    assert compared > 50


@pytest.mark.slow
def test_replicates_are_as_large_as_the_reference(shared):
    """Mean of the greatest ratios of 999 replicates, one case a model."""
    for name in ("syn_stp_500", "syn_poi_500", "nyc_stp_retro", "nm_retro_st_poisson_cov", "nhumberside_bernoulli"):
        folder = shared / "reference" / "scan" / name
        if not folder.exists():
            continue
        counts, zones, options, _ = case(folder)
        theirs = np.array(simulated(folder))
        ours = scan_clusters(counts, zones, **options)
        spread = theirs.std() * math.sqrt(2 / len(theirs))
        other = ours.filter(ours["llr"] < ours["llr"][0])
        found = _mean_of_gumbel(ours["llr"][0], ours["p_gumbel"][0], other["llr"][0], other["p_gumbel"][0])
        assert abs(found - theirs.mean()) < 5 * spread, name


def _mean_of_gumbel(first, p_first, second, p_second):
    """Mean of the Gumbel distribution that gives two ratios their p."""
    low, high = (-math.log(-math.log1p(-p)) for p in (p_second, p_first))
    scale = (first - second) / (high - low)
    return first - scale * high + 0.5772156649015329 * scale
