"""Who infected whom in real outbreaks: Korea 2020, and MERS 2015 by recorded contacts without declared infectors."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from attribution_inputs import links
from douse.library import Pathogen, load
from douse.main import check
from douse.records import Records
from douse.tracing.infectors import Known, infectors
from tracing_inputs import known_on, protocol

EXAMPLES = Path(__file__).parents[2] / "examples"


def attributed(records: Records, day: str, pathogen: str):
    known, situation, zones = known_on(records, day, protocol())
    return infectors(Known(known, situation.cases, zones), None, load(Pathogen, pathogen), links())


def top1(found, truth: dict[str, str]) -> float:
    """Share of cases whose likeliest infector is the one that is hidden."""
    direct = found.links.filter(kind="direct").sort("case_id", "rank").unique("case_id", keep="first")
    best = dict(direct.select("case_id", "infector").iter_rows())
    return float(np.mean([best.get(case) == infector for case, infector in truth.items()]))


def hidden(records: Records, which: pl.Expr) -> Records:
    cases = records.cases.with_columns(infector=pl.when(which).then(None).otherwise("infector"))
    return replace(records, frames={**records.frames, "cases": cases})


@pytest.mark.slow
def test_korea_with_the_infectors_of_chungcheongnam_hidden(shared):
    records = check(shared / "data" / "korea-2020", EXAMPLES / "korea-2020.toml").records
    there = pl.col("zone").str.starts_with("Chungcheongnam-do").fill_null(value=False)
    cases = records.cases
    truth = dict(cases.filter(there, pl.col("infector").is_in(cases["case_id"].implode()))
                 .select("case_id", "infector").iter_rows())  # fmt: skip
    assert len(truth) > 100
    found = attributed(hidden(records, there), "2020-04-30", "sars-cov-2-wild")
    assert found.belief.posterior.direct.sum() > 1000
    # Weights have seen these links through the library: this holds the figure, docs/validation/chains.md judges it.
    assert top1(found, truth) > 0.28
    declared = dict(cases.filter(~there, pl.col("infector").is_in(cases["case_id"].implode()))
                    .select("case_id", "infector").iter_rows())  # fmt: skip
    assert top1(found, declared) > 0.97
    flagged = found.spreaders.filter("superspreading")["case_id"].drop_nulls().to_list()
    assert "2000000205" in flagged


@pytest.mark.slow
def test_mers_by_contacts(shared):
    records = check(shared / "data" / "mers-korea-2015", EXAMPLES / "mers-korea-2015.toml").records
    truth = dict(records.cases.select("case_id", "infector").drop_nulls().iter_rows())
    day = date(2015, 7, 15).isoformat()
    found = attributed(hidden(records, pl.lit(value=True)), day, "mers")
    assert top1(found, truth) > 0.85
    without = replace(records, frames={name: f for name, f in records.frames.items() if name != "contacts"})
    dates_alone = top1(attributed(hidden(without, pl.lit(value=True)), day, "mers"), truth)
    assert 0.15 < dates_alone < top1(found, truth)
    first = found.sources.filter(case_id="SK_1", rank=1)
    assert first.select("source", "origin_place").row(0) == ("imported", "Middle East")
