"""OutbreakP, RKI and Bayes rules equal R's surveillance 1.20.3 on every reference series."""

import json
import re

import polars as pl
import pytest

from douse.signals.bayes import bayes
from douse.signals.outbreak_p import outbreak_p
from douse.signals.rki import rki
from reference.slow_outbreak_p import slow_outbreak_p

TOLERANCE = 1e-6


def reference_cases(shared, prefix):
    manifest = json.loads((shared / "reference" / "manifest.json").read_text())
    cases = [case for case in manifest if case["id"].startswith(prefix) and case["area"] == "aberration"]
    return [case for case in cases if (shared / "reference" / case["output"]).exists()]


def both(shared, case):
    given = pl.read_csv(shared / "reference" / case["input"])
    day = pl.date(1990, 1, 1) + pl.duration(weeks=pl.col("t"))
    return given.select("count", date=day), pl.read_csv(shared / "reference" / case["output"])


def baseline_of(call):
    b, w, recent = re.search(r"b=(\d+),w=(\d+),actY=(\w+)", call).groups()
    return {"b": int(b), "w": int(w), "act_y": recent == "TRUE"}


@pytest.mark.parametrize("rule", [rki, bayes])
def test_bounds_and_alarms_of_the_rules(shared, rule):
    cases = reference_cases(shared, f"{rule.__name__}_")
    assert len(cases) >= 1
    for case in cases:
        counts, answer = both(shared, case)
        settings = baseline_of(case["call"])
        if rule is bayes:
            settings["alpha"] = float(re.search(r"alpha=([\d.]+)", case["call"])[1])
        ours = rule(counts, **settings)
        last = ours.tail(answer.height)
        assert (last["bound"] - answer["upperbound"]).abs().max() < TOLERANCE, case["id"]
        assert last["alarm"].cast(pl.Int64).to_list() == answer["alarm"].to_list(), case["id"]
        assert rule(counts, **settings, last=answer.height).drop_nulls("bound").equals(last), case["id"]


def test_scores_and_alarms_of_outbreak_p(shared):
    cases = reference_cases(shared, "outbreakP_")
    assert len(cases) >= 1
    for case in cases:
        counts, answer = both(shared, case)
        assert re.search(r"k=100,ret='value'", case["call"])
        ours = outbreak_p(counts)
        assert (ours["score"] / answer["upperbound"] - 1).abs().max() < TOLERANCE, case["id"]
        assert ours["alarm"].fill_null(value=False).cast(pl.Int64).to_list() == answer["alarm"].to_list(), case["id"]
        slow = slow_outbreak_p(counts["count"].to_list()[:60])
        assert slow == pytest.approx(answer["upperbound"].to_list()[:60], rel=TOLERANCE)
