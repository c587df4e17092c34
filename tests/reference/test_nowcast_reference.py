"""The nowcast beside its peers on the reference dates: as good as they are, or better."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

from douse.situation.nowcast import nowcast, nowcast_draws
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


@pytest.mark.slow
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


def ehec(shared, now):
    """Mean absolute error of ours, of each peer and of the naive count on the ten dates before `now`."""
    reports = read(shared, "surv_husO104Hosp.csv").select(onset="dHosp", reported="dReport")
    truth = reports.group_by(date="onset").agg(truth=pl.len().cast(pl.Float64))
    ours = nowcast(reports, as_of=now, max_delay=15).tail(11).head(10).join(truth, on="date", how="left")
    ours = ours.with_columns(pl.col("truth").fill_null(0))
    peers = [answer_of(shared, case) for case in cases_of(shared, f"husO104_{now}")]
    assert all(peer["truth"].to_list() == ours["truth"].to_list() for peer in peers)
    return (
        (ours["median"] - ours["truth"]).abs().mean(),
        [(peer["pred"] - peer["truth"]).abs().mean() for peer in peers],
        (ours["reported"] - ours["truth"]).abs().mean(),
    )


def test_ehec_2011_is_closer_than_the_naive_count_and_every_peer(shared):
    error, peers, naive = ehec(shared, date(2011, 6, 2))
    assert len(peers) >= 3
    assert error < 0.8 * min(peers)
    assert error < naive / 3


def test_ehec_2011_before_the_peak_is_closer_than_the_naive_count_and_within_the_peers(shared):
    error, peers, naive = ehec(shared, date(2011, 5, 25))
    assert len(peers) >= 2
    assert error < 0.8 * naive
    assert error < max(peers)


def test_ehec_2011_where_reports_stop_the_day_after_loses_to_the_naive_count(shared):
    error, _, naive = ehec(shared, date(2011, 6, 9))
    assert naive < 2.5
    assert error < 8


def test_mers_2015_is_nearer_while_contact_tracing_speeds_reports_up(shared):
    reports = pl.read_csv(shared / "data" / "mers-korea-2015" / "linelist.csv", try_parse_dates=True, null_values="NA")
    reports = reports.select(onset="dt_onset", reported="dt_report").drop_nulls()
    away = {}
    for now in (date(2015, 6, 3), date(2015, 6, 8), date(2015, 6, 13)):
        week = pl.col("date") > now - timedelta(days=7)
        week_sums = nowcast_draws(reports, as_of=now).filter(week).group_by("draw").agg(pl.col("count").sum())["count"]
        truth = reports.filter(pl.col("onset").is_between(now - timedelta(days=6), now)).height
        away[now] = (week_sums.median() / truth, week_sums.quantile(0.025) <= truth <= week_sums.quantile(0.975))
    # still too high: the delays fall faster than few reports can tell
    assert max(ratio for ratio, _ in away.values()) < 2.6
    assert away[date(2015, 6, 3)][1]
    assert away[date(2015, 6, 8)][1]
