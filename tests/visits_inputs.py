"""Visits that engines could trip over, and the questions asked of them."""

import gc
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from itertools import count
from random import Random
from shutil import which
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import strategies as st

from douse.tracing.encounters import HOSTS, Asked
from douse.tracing.index.build import index_in_memory
from douse.tracing.index.rings import IndexEngine
from douse.tracing.visits import SPANS
from douse.tracing.warehouse.connect import DuckDB, Spark
from douse.tracing.warehouse.engine import Warehouse
from douse.tracing.warehouse.layout import compact, land

# Prepared visits: what every engine starts from.
VISITS = {
    "person": pl.String(),
    "place": pl.String(),
    "entered": pl.Datetime("us"),
    "left": pl.Datetime("us"),
    "exact": pl.Boolean(),
    "told_on": pl.Date(),
}

# The first days of the epoch: times on both sides of zero.
START = datetime(1969, 12, 30)
DAYS = 3

# In the order of code points; UTF-16 would put the last before the one before it, a dictionary "Z" after "a".
PEOPLE = ["Z", "a", "b", "é", "人", "\ufffd", "😀"]
PLACES = ["X", "ÿ", "\U0001f3e0"]
HOST_NAMES = ["Case 2", "case 1", "\uffee", "🏥"]

_CLOCK = [time(0), time(8), time(8, 0, 1), time(8, 30), time(20), time(23, 59, 59)]
_SECONDS = [1800, 900, 4 * 3600, 4 * 3600 + 1, 12 * 3600, 0, 0, 1, 24 * 3600, 60 * 3600]


class Question(NamedTuple):
    """Visits, and everything that is asked of them."""

    visits: pl.DataFrame
    hosts: pl.DataFrame
    left_out: pl.Series
    asked: Asked
    min_seconds: int


def frame_of_visits(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=VISITS, orient="row")


def frame_of_hosts(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=HOSTS, orient="row")


def one_visit(choose):
    place, person = choose(PLACES), choose(PEOPLE)
    day = START + timedelta(days=choose(range(DAYS)))
    told_on = day.date() + timedelta(days=choose([0, 0, 0, 0, 1, 3, DAYS + 1]))  # most are told at once
    if choose(range(5)) == 1:  # only the day, or the days, are known
        return (person, place, day, day + timedelta(days=choose([1, 2])), False, told_on)
    entered = datetime.combine(day.date(), choose(_CLOCK))
    return (person, place, entered, entered + timedelta(seconds=choose(_SECONDS)), True, told_on)


def apart(rows):
    """Rows without those that touch an earlier one of the same person at the same place, told on their day or later."""
    kept = []
    for row in rows:
        if all(row[:2] != one[:2] or (row[3] < one[2] or one[3] < row[2]) for one in kept):
            kept.append((*row[:5], max(row[5], row[2].date())))
    return kept


def windows(choose):
    """Rows of hosts: some known by several identifiers, some sharing one, windows also empty or upside down."""
    rows = {}
    for _ in range(choose([*[3, 5] * 4, 1, 0])):
        since = START + choose([timedelta(0), timedelta(days=1, hours=8), timedelta(days=2, seconds=1)])
        until = since + timedelta(seconds=choose([*[9 * 86400] * 8, 2 * 86400, 86400, 7200, 1, 0, -3600]))
        host, person = choose(HOST_NAMES), choose(PEOPLE)
        rows[host, person] = (host, person, since, until)
    return list(rows.values())


def question(choose) -> Question:
    rows = apart([one_visit(choose) for _ in range(choose([50, 50, 50, 50, 20, 4]))])
    as_of = START.date() + timedelta(days=choose([*[DAYS] * 9, DAYS + 1, 1, -1]))
    return Question(
        visits=frame_of_visits(rows),
        hosts=frame_of_hosts(windows(choose)),
        left_out=pl.Series([choose(PEOPLE) for _ in range(choose([1, 0, 2]))], dtype=pl.String),
        asked=Asked(as_of=as_of, crowd=choose([100, 7, 6, 5, 9, 4, 100, 0])),
        min_seconds=choose([900, 0, 1, 1800]),
    )


# Drawn choice by choice, what fails is made small, but few of the draws are full; drawn by a seed, most are.
questions = st.one_of(
    st.integers(0, 2**32).map(lambda seed: question(Random(seed).choice)),
    st.composite(lambda draw: question(lambda of: draw(st.sampled_from(of))))(),
)


def everyday() -> Question:
    """A few days that hold every rule at once, for engines that are slow to start."""

    def at(day: int, clock: str, seconds: int, person: str, place: str, told_after: int = 0):
        entered = datetime.combine(START.date() + timedelta(days=day), time.fromisoformat(clock))
        told_on = entered.date() + timedelta(days=told_after)
        return (person, place, entered, entered + timedelta(seconds=seconds), True, told_on)

    def whole(day: int, person: str, place: str):
        entered = datetime.combine(START.date() + timedelta(days=day), time.min)
        return (person, place, entered, entered + timedelta(days=1), False, entered.date())

    rows = [
        at(0, "20:00", 43_200, "a", "\U0001f3e0"),  # nights at home, across midnight
        at(1, "20:00", 43_200, "a", "\U0001f3e0"),  # ... and across zero
        at(1, "22:00", 30_000, "人", "\U0001f3e0"),
        at(0, "21:00", 36_000, "b", "\U0001f3e0"),
        at(1, "21:00", 36_000, "b", "\U0001f3e0"),
        at(0, "07:45", 3_600, "a", "X"),
        at(0, "08:00", 0, "人", "X"),  # of no length, where slots touch; nobody met this person before
        at(1, "08:00", 1_800, "a", "X"),
        at(1, "08:30", 1_800, "b", "X"),  # touches, does not overlap
        at(1, "08:00", 1_800, "é", "X"),  # equal starts
        at(1, "08:10", 0, "Z", "X"),  # of no length, within; as a host when the window ends
        at(2, "08:00", 1_800, "a", "X"),
        at(2, "08:00", 0, "人", "X"),  # of no length, at the start
        at(2, "08:10", 0, "é", "X"),  # of no length, within
        at(2, "10:00", 900, "a", "x"),
        at(2, "10:05", 900, "\ufffd", "x"),
        at(2, "10:05", 900, "😀", "x"),
        at(2, "10:05", 900, "b", "x", told_after=9),  # told later
        at(3, "07:00", 100_000, "人", "ÿ"),  # more than a day
        at(4, "07:00", 600, "a", "ÿ"),
        at(4, "07:00", 600, "😀", "ÿ"),
        at(4, "07:00", 600, "\ufffd", "ÿ"),
        at(4, "09:00", 600, "é", "ÿ"),
        whole(2, "Z", "x"),
        whole(3, "é", "\U0001f3e0"),
        at(2, "19:00", 40_000, "人", "\U0001f3e0"),
        at(3, "08:00", 0, "😀", "X"),
        *(at(3, "12:00", 60, person, "X") for person in ("a", "é", "人", "Z")),  # with the one before it a crowd
    ]
    hosts = [
        ("case 1", "a", START, START + timedelta(days=4, hours=12)),
        ("case 1", "b", START, START + timedelta(days=2)),
        ("🏥", "é", START + timedelta(days=1, hours=8, minutes=10), START + timedelta(days=9)),
        ("\uffee", "😀", START, START + timedelta(days=9)),
        ("case Z", "Z", START, START + timedelta(days=1, hours=8, minutes=10)),
        ("case z", "Z", START + timedelta(days=1, hours=8, minutes=10), START + timedelta(days=9)),
        ("Case 2", "\ufffd", START, START + timedelta(days=9)),
    ]
    asked = Asked(as_of=START.date() + timedelta(days=5), crowd=4)
    return Question(frame_of_visits(rows), frame_of_hosts(hosts), pl.Series(["Z"]), asked, 0)


def crowded_market() -> Question:
    """A market with more visits on its first day than are expanded, and a night that begins in the crowd."""
    noon = START + timedelta(hours=12)
    rows = [(person, "X", noon, noon + timedelta(hours=20), True, noon.date()) for person in PEOPLE]
    next_day = noon + timedelta(hours=14)
    rows += [("late", "X", next_day, next_day + timedelta(hours=1), True, next_day.date())]
    rows += [("later", "X", next_day, next_day + timedelta(hours=2), True, next_day.date())]
    hosts = [(f"host of {person}", person, START, START + timedelta(days=3)) for person in ("a", "b", "late")]
    return Question(
        frame_of_visits(rows),
        frame_of_hosts(hosts),
        pl.Series(dtype=pl.String),
        Asked(as_of=date(1970, 1, 5), crowd=len(PEOPLE) - 1),
        60,
    )


# A Spark of this process alone: small tables, no pages, no noise.
SPARK_SETTINGS = {
    "spark.master": "local[1]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def on_index(folder, request):
    """The index, in memory."""

    def made(visits: pl.DataFrame) -> IndexEngine:
        unknown = {name: pl.lit(None, dtype=kind) for name, kind in SPANS.items() if name not in visits.columns}
        return IndexEngine(index_in_memory(visits.with_columns(**unknown).select(*SPANS)))

    return made


def on_duckdb(folder, request):
    duck = DuckDB(memory="1GB", threads=1, temp=folder / "temp")
    return _warehouses(folder, duck, duck)


def on_spark(folder, request):
    """Spark's session, one for all tests; says why where it cannot be had."""
    if find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed (make test-spark installs it): the engine spark is not tested")
    if which("java") is None:
        pytest.skip("Java 17 is not installed: the engine spark is not tested")
    spark = Spark(settings=SPARK_SETTINGS)
    request.addfinalizer(gc.collect)  # py4j leaves sockets to the garbage
    request.addfinalizer(spark.session.stop)
    return _warehouses(folder, spark, DuckDB(memory="1GB", threads=1, temp=folder / "temp"))


def _warehouses(folder, connection, duck):
    """What makes a warehouse of visits, landed as two days and in pieces."""
    numbers = count()

    def made(visits: pl.DataFrame) -> Warehouse:
        at, half = folder / str(next(numbers)), visits.height // 2
        land(at, date(2026, 3, 1), visits.head(half))
        land(at, date(2026, 3, 2), iter([visits.slice(half, 3), visits.slice(half + 3)]))
        compact(at, duck, group_rows=2_048)
        return Warehouse(at, connection)

    return made
