"""The nowcast beside its peers on the reference dates: as good as they are, or better."""

import json
from datetime import date

import polars as pl

from douse.situation.nowcast import nowcast
from douse.situation.scores import coverage, intervals, wis


def cases_of(shared, prefix):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    found = [case for case in manifest if case["id"].startswith(prefix)]
    return [case for case in found if (shared / "reference" / case["output"]).exists()]


def answer_of(shared, case):
    return pl.read_csv(shared / "reference" / case["output"], try_parse_dates=True)


def read(shared, name):
    return pl.read_csv(shared / "data" / "nowcast" / name, try_parse_dates=True, infer_schema_length=10_000)


def test_dengue_is_closer_than_nobbs(shared):
    reports = read(shared, "nobbs_denguedat_PR.csv").select(onset="onset_week", reported="report_week")
    joined = []
    for case in cases_of(shared, "nobbs_dengue_"):
        ours = nowcast(reports, as_of=date.fromisoformat(case["id"][-10:]), max_delay=26)
        joined.append(answer_of(shared, case).join(ours, left_on="onset_week", right_on="date"))
    joined = [frame.with_columns(pl.col(pl.Int64).cast(pl.Float64)) for frame in joined]
    assert len(joined) >= 6
    both = pl.concat(joined)
    assert both.height == 12 * len(joined)
    assert (both["n_reported"] == both["reported"]).all()
    ours = (both["median"] - both["truth"]).abs().mean()
    peer = (both["estimate"] - both["truth"]).abs().mean()
    assert ours <= 0.95 * peer
    assert both["truth"].is_between(both["lower_95"], both["upper_95"]).mean() >= 0.9


def test_german_hospitalisations_score_better_than_baselinenowcast(shared):
    reports = read(shared, "germany_covid19_hosp_triangle.csv").rename(
        {"reference_date": "date", "report_date": "reported"}
    )
    ran = 0
    for case in cases_of(shared, "bnc_DE_"):
        age = case["id"].split("_")[2].replace("plus", "+")
        ours = nowcast(
            reports.filter(pl.col("age_group") == age), as_of=date.fromisoformat(case["id"][-10:]), max_delay=30
        )
        peer = answer_of(shared, case)
        truth = peer.select(date="reference_date", truth="truth")
        mine = intervals(ours.join(truth, on="date"))
        theirs = intervals(
            peer.select("truth", median="med", lower_50="q25", upper_50="q75", lower_95="q025", upper_95="q975")
        )
        assert wis(mine)["wis"].item() <= wis(theirs)["wis"].item(), case["id"]
        assert coverage(mine).filter(pl.col("level") == 0.95)["covered"].item() >= 0.9
        ran += 1
    assert ran >= 3


def test_ehec_2011_is_closer_than_the_naive_count_and_every_peer(shared):
    reports = read(shared, "surv_husO104Hosp.csv").select(onset="dHosp", reported="dReport")
    cases = cases_of(shared, "husO104_2011-06-02")
    assert len(cases) >= 3
    for case in cases:
        peer = answer_of(shared, case)
        ours = nowcast(reports, as_of=date(2011, 6, 2), max_delay=15).join(peer, on="date")
        assert ours.height == 10
        error = (ours["median"] - ours["truth"]).abs().mean()
        assert error < (ours["pred"] - ours["truth"]).abs().mean()
        assert error < (ours["observed"] - ours["truth"]).abs().mean() / 2
