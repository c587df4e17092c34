"""R over time as a tidy table, and why it is sometimes missing."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from conftest import records
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import ZoneTree
from douse.situation import cori, describe, reproduction
from douse.situation.reproduction import r_now, serial_interval_weights

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")
START = date(2020, 3, 1)


def daily(local, imported=None, **series):
    days = [START + timedelta(days=n) for n in range(len(local))]
    frame = pl.DataFrame(
        {"date": days, "local": local, "imported": imported or [0] * len(local)},
        schema={"date": pl.Date, "local": pl.Int64, "imported": pl.Int64},
    )
    return frame.with_columns(pl.lit(value).alias(name) for name, value in series.items())


def now(local, imported=None, pathogen=PATHOGEN):
    counts = daily(local, imported)
    return r_now(counts, reproduction(counts, pathogen), pathogen)


LOCAL, IMPORTED = [1, 0, 2, 1, 3, 2, 4, 5, 3, 6, 7, 5, 9, 8, 11], [1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]


def test_the_table_holds_what_cori_gives():
    found = reproduction(daily(LOCAL, IMPORTED), PATHOGEN)
    interval = PATHOGEN.serial_interval
    si = serial_interval_weights(interval.mean.value, interval.sd.value, len(LOCAL))
    wanted = cori(LOCAL, IMPORTED, si=si)
    assert found["date"].to_list() == [START + timedelta(days=int(n)) for n in wanted.last_day]
    assert found["cases"].to_list() == [
        sum(LOCAL[n - 6 : n + 1]) + sum(IMPORTED[n - 6 : n + 1]) for n in wanted.last_day
    ]
    np.testing.assert_allclose(found["mean"], wanted.mean[0], rtol=1e-12)
    np.testing.assert_allclose(found["lower"], wanted.quantile(0.025)[0], rtol=1e-12)
    np.testing.assert_allclose(found["upper"], wanted.quantile(0.975)[0], rtol=1e-12)


def test_series_side_by_side_give_what_each_gives_alone():
    other = [n + 3 for n in LOCAL]
    both = pl.concat([daily(other, zone="south"), daily(LOCAL, IMPORTED, zone="north")])
    found = reproduction(both, PATHOGEN, by="zone")
    for zone, alone in (("north", daily(LOCAL, IMPORTED)), ("south", daily(other))):
        assert found.filter(zone=zone).drop("zone").equals(reproduction(alone, PATHOGEN))
    assert found["zone"].is_sorted()


def test_r_now_is_that_of_the_last_window():
    latest = reproduction(daily(LOCAL), PATHOGEN).row(-1, named=True)
    found = now(LOCAL)
    assert (found.estimate, found.lower, found.upper) == (latest["mean"], latest["lower"], latest["upper"])


def test_few_cases_keep_a_wide_interval():
    found = now([2, 1, *[0] * 9, 1])
    assert found.lower < found.estimate < found.upper
    assert found.upper > 5 * found.lower


@pytest.mark.parametrize(
    ("local", "why"),
    [
        ([], "There are no cases yet."),
        ([3, 4, 5], "There are too few days since the first case."),
        ([5, 4, *[0] * 8], "There is no case on the latest complete days."),
        ([1, *[0] * 200, 1], "No earlier case is recent enough to have infected the latest cases."),
    ],
)
def test_r_says_why_it_cannot_be_estimated(local, why):
    found = now(local)
    assert (found.estimate, found.lower, found.upper, found.why_not) == (None, None, None, why)


def test_a_serial_interval_of_a_day_gives_no_r():
    interval = PATHOGEN.serial_interval
    mean = interval.mean.model_copy(update={"value": 1.0})
    quick = PATHOGEN.model_copy(update={"serial_interval": interval.model_copy(update={"mean": mean})})
    assert now(LOCAL, pathogen=quick).why_not == "The serial interval is too short for daily counts."
    assert reproduction(daily(LOCAL), quick).is_empty()


def test_describe_keeps_imports_apart_from_spread_here():
    def found(origin):
        rows = [
            {"case_id": f"c{day}-{n}", "origin": origin if n else "local", "recorded_at": START + timedelta(days=day)}
            for day in range(20)
            for n in range(4)
        ]
        known = records(cases=rows).as_of(START + timedelta(days=19))
        return describe(known, ZoneTree(known), PATHOGEN, PROTOCOL)

    assert found("local").r_now.estimate == pytest.approx(1, abs=0.15)
    assert found("imported").r_now.estimate < 0.5
    assert found("imported").trend_basis == "reported"
    assert found("imported").reproduction["date"].max() == START + timedelta(days=19)
