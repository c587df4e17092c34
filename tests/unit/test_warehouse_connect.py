"""What is said when an engine cannot be had, and answers that are known beforehand."""

import importlib
import importlib.util
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from douse.errors import UsageError
from douse.tracing import warehouse
from douse.tracing.encounters import Asked
from douse.tracing.warehouse import connect
from visits_inputs import crowded_market, frame_of_hosts, frame_of_visits, on_duckdb

NOON = datetime(2026, 3, 2, 12)


@pytest.fixture(scope="module")
def duckdb(request, tmp_path_factory):
    return on_duckdb(tmp_path_factory.mktemp("warehouses"), request)


def absent(monkeypatch, package):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None if name == package else there(name))


def test_without_its_packages_the_engine_says_what_to_install(monkeypatch):
    absent(monkeypatch, "duckdb")
    with pytest.raises(UsageError, match=r"pip install 'douse\[warehouse\]'"):
        importlib.reload(warehouse)


def test_without_pyspark_spark_says_what_to_install(monkeypatch):
    monkeypatch.setattr(connect, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'douse\[spark\]'"):
        connect.Spark()


def test_without_java_spark_says_what_to_install(monkeypatch):
    monkeypatch.setattr(connect, "find_spec", lambda _: object())
    monkeypatch.setattr(connect, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="Java 17"):
        connect.Spark()


@pytest.mark.parametrize("wrong", [{"memory": "much"}, {"threads": 0}])
def test_settings_that_duckdb_refuses_are_said_to_be(wrong):
    with pytest.raises(UsageError, match="does not accept"):
        connect.DuckDB(**wrong)


def test_an_hour_together_is_3600_seconds(duckdb):
    rows = [
        (who, "café", NOON, NOON + timedelta(hours=hours), True, NOON.date()) for who, hours in (("a", 1), ("b", 3))
    ]
    hosts = frame_of_hosts([("case", "a", NOON - timedelta(days=1), NOON + timedelta(days=1))])
    asked = Asked(as_of=date(2026, 3, 9), crowd=10)
    answers = duckdb(frame_of_visits(rows))
    assert answers.encounters(hosts, asked).encounters.rows() == [
        ("case", "b", "café", NOON.date(), 3600, 1, 0, NOON, NOON + timedelta(hours=1))
    ]
    assert answers.further(hosts, pl.Series(dtype=pl.String), asked, 3600).rows() == [
        ("b", "case", "café", 3600, NOON, NOON + timedelta(hours=1))
    ]
    assert answers.further(hosts, pl.Series(dtype=pl.String), asked, 3601).is_empty()
    assert answers.further(hosts, pl.Series(["b"]), asked, 0).is_empty()


def test_fractions_of_windows_are_cut_off(duckdb):
    rows = [(who, "café", NOON, NOON + timedelta(hours=1), True, NOON.date()) for who in "ab"]
    hosts = frame_of_hosts([("case", "a", NOON, NOON + timedelta(seconds=9, microseconds=999_999))])
    met = duckdb(frame_of_visits(rows)).encounters(hosts, Asked(as_of=NOON.date(), crowd=10))
    assert met.encounters["seconds"].to_list() == [9]


@pytest.mark.slow
def test_a_larger_crowd_limit_never_finds_fewer_people(duckdb):
    visits, hosts, left_out, asked, min_seconds = crowded_market()
    answers = duckdb(visits)
    ring1, ring2 = [], []
    for crowd in range(visits.height + 1):
        limit = Asked(asked.as_of, crowd)
        ring1.append(answers.encounters(hosts, limit).encounters.height)
        ring2.append(answers.further(hosts, left_out, limit, min_seconds).height)
    assert ring1 == sorted(ring1)
    assert ring2 == sorted(ring2)
    assert ring1[0] == 0 < ring1[-1]
