"""Every engine gives the rows that loops over visits give."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings

from douse.tracing.encounters import CROWDED, ENCOUNTERS, FURTHER
from douse.tracing.warehouse.connect import DuckDB
from douse.tracing.warehouse.engine import Warehouse
from douse.tracing.warehouse.layout import compact, land
from reference.slow_encounters import slow_crowded, slow_encounters, slow_further
from visits_inputs import Question, crowded_market, everyday, questions

FOLDERS = TemporaryDirectory(prefix="douse-engines-")


def warehouse(visits: pl.DataFrame) -> Path:
    """A warehouse of visits that were landed on two days."""
    folder = Path(FOLDERS.name) / str(len(list(Path(FOLDERS.name).iterdir())))
    half = visits.height // 2
    land(folder, date(2026, 3, 1), visits.head(half))
    land(folder, date(2026, 3, 2), iter([visits.slice(half, 3), visits.slice(half + 3)]))
    compact(folder, DuckDB(memory="1GB", threads=1), group_rows=2_048)
    return folder


def duckdb(visits: pl.DataFrame) -> Warehouse:
    return Warehouse(warehouse(visits), DuckDB(memory="1GB", threads=1))


# An engine is made of prepared visits and answers `encounters` and `further`.
ENGINES = {"duckdb": duckdb}


def check(engine, asked_for: Question) -> None:
    visits, hosts, left_out, asked, min_seconds = asked_for
    plain, windows = visits.rows(), hosts.rows()
    told = (asked.as_of, asked.crowd)

    answers = ENGINES[engine](visits) if isinstance(engine, str) else engine(visits)
    met = answers.encounters(hosts, asked)
    further = answers.further(hosts, left_out, asked, min_seconds)

    assert met.encounters.rows() == slow_encounters(plain, windows, *told)
    assert met.crowded.rows() == slow_crowded(plain, windows, *told)
    assert further.rows() == slow_further(plain, windows, left_out, *told, min_seconds)
    assert dict(met.encounters.schema) == ENCOUNTERS
    assert dict(met.crowded.schema) == CROWDED
    assert dict(further.schema) == FURTHER


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=60, deadline=None)
@given(asked_for=questions())
def test_engines_agree_with_loops(engine, asked_for):
    check(engine, asked_for)


@pytest.mark.parametrize("fixed", [everyday, crowded_market], ids=lambda made: made.__name__)
@pytest.mark.parametrize("engine", ENGINES)
def test_engines_agree_on_days_that_hold_every_rule(engine, fixed):
    check(engine, fixed())
