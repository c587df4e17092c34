"""MERS in the Republic of Korea, 2015: the recorded sources make one great chain from the first case."""

import polars as pl

from conftest import frame
from douse.records import Records
from tracing_inputs import signals_on, trace_on


def outbreak(shared) -> Records:
    folder = shared / "data" / "mers-korea-2015"
    lines = pl.read_csv(folder / "linelist.csv", infer_schema=False, null_values=["", "NA"])
    sources = pl.read_csv(folder / "contacts.csv", infer_schema=False, null_values=["", "NA"])
    infector = dict(sources.select("to", "from").iter_rows())
    told = pl.coalesce("dt_report", "dt_diag", "dt_onset")
    cases = [
        {
            "case_id": row["id"],
            "infector": infector.get(row["id"]),
            "origin": "imported" if row["place_infect"] == "Middle East" else None,
            "origin_place": row["place_infect"],
            "onset": row["dt_onset"] if row["dt_onset"] and row["dt_onset"] <= row["told"] else None,
            "confirmed_at": row["dt_diag"],
            "recorded_at": row["told"],
        }
        for row in lines.with_columns(told=told).iter_rows(named=True)
    ]
    return Records({"cases": frame("cases", cases)}, frozenset({"cases"}))


def test_one_superspreading_chain_with_the_imported_case_as_its_root(shared):
    trace = trace_on(outbreak(shared), "2015-07-15")
    assert trace.links.height == 162
    largest = trace.chains[0]
    assert (largest.id, largest.source, largest.source_name) == ("SK_1", "arrival", "Middle East")
    assert largest.cases > 80
    assert largest.generations == 3
    offspring = trace.links["infector"].drop_nulls().value_counts().sort("count", descending=True)
    # the case that infected most is one of the second generation
    assert offspring.row(0) == ("SK_14", 37)
    assert trace.chains[1].cases < 5


def test_the_cluster_signals_on_the_third_day(shared):
    signals = signals_on(outbreak(shared), "2015-05-21")
    assert [(s.detector, s.observed) for s in signals if s.detector == "cluster"] == [("cluster", 3)]
