"""Visits that engines could trip over, and the questions asked of them."""

import gc
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from itertools import count
from shutil import which
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import strategies as st

from douse.tracing.encounters import HOSTS, Asked
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
DAYS = 5

# In the order of code points; UTF-16 would put the last before the one before it, a dictionary "Z" after "a".
PEOPLE = ["Z", "a", "b", "é", "人", "\ufffd", "😀"]
PLACES = ["X", "x", "ÿ", "\U0001f3e0"]
HOST_NAMES = ["Case 2", "case 1", "\uffee", "🏥"]

_CLOCK = [time(0), time(0, 0, 1), time(4), time(8), time(8, 29, 59), time(8, 30), time(12), time(23, 59, 59)]
_SECONDS = [0, 0, 1, 899, 900, 1800, 4 * 3600, 4 * 3600 + 1, 10 * 3600, 24 * 3600, 60 * 3600]


class Question(NamedTuple):
    """Visits, and everything that is asked of them."""

    visits: pl.DataFrame
    hosts: pl.DataFrame
    left_out: list[str]
    asked: Asked
    min_seconds: int


def frame_of_visits(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=VISITS, orient="row")


def frame_of_hosts(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=HOSTS, orient="row")


_moments = st.builds(
    lambda day, clock: datetime.combine(START.date() + timedelta(days=day), clock),
    st.integers(0, DAYS - 1),
    st.sampled_from(_CLOCK),
)
_days = st.integers(-1, DAYS + 1).map(lambda day: START.date() + timedelta(days=day))


@st.composite
def one_visit(draw):
    person, place, told = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PLACES)), draw(_days)
    if draw(st.integers(0, 4)) == 0:  # only the day, or the days, are known
        entered = datetime.combine(START.date() + timedelta(days=draw(st.integers(0, DAYS - 1))), time.min)
        return (person, place, entered, entered + timedelta(days=draw(st.integers(1, 2))), False, told)
    entered = draw(_moments)
    return (person, place, entered, entered + timedelta(seconds=draw(st.sampled_from(_SECONDS))), True, told)


def apart(rows):
    """Rows without those that overlap an earlier one of the same person at the same place."""
    kept = []
    for row in rows:
        if all(row[:2] != one[:2] or (row[3] <= one[2] or one[3] <= row[2]) for one in kept) and row not in kept:
            kept.append(row)
    return kept


@st.composite
def windows(draw):
    """Rows of hosts: some known by several identifiers, some sharing one, windows also empty or upside down."""
    rows = {}
    for _ in range(draw(st.integers(0, 5))):
        since = draw(_moments)
        until = since + timedelta(seconds=draw(st.sampled_from([-3600, 0, 1, 7200, 86400, 3 * 86400, 9 * 86400])))
        host, person = draw(st.sampled_from(HOST_NAMES)), draw(st.sampled_from(PEOPLE))
        rows[host, person] = (host, person, since, until)
    return list(rows.values())


@st.composite
def questions(draw):
    rows = apart(draw(st.lists(one_visit(), max_size=24)))
    return Question(
        visits=frame_of_visits(rows),
        hosts=frame_of_hosts(draw(windows())),
        left_out=draw(st.lists(st.sampled_from(PEOPLE), max_size=2)),
        asked=Asked(as_of=draw(_days), crowd=draw(st.sampled_from([0, 1, 3, 100]))),
        min_seconds=draw(st.sampled_from([0, 1, 900, 1800])),
    )


def everyday() -> Question:
    """A few days that hold every rule at once, for engines that are slow to start."""

    def at(day: int, clock: str, seconds: int, person: str, place: str, told: int = 0):
        entered = datetime.combine(START.date() + timedelta(days=day), time.fromisoformat(clock))
        told_on = START.date() + timedelta(days=told)
        return (person, place, entered, entered + timedelta(seconds=seconds), True, told_on)

    def whole(day: int, person: str, place: str):
        entered = datetime.combine(START.date() + timedelta(days=day), time.min)
        return (person, place, entered, entered + timedelta(days=1), False, START.date())

    rows = [
        at(0, "20:00", 43_200, "a", "\U0001f3e0"),  # nights at home, across midnight
        at(1, "20:00", 43_200, "a", "\U0001f3e0"),  # ... and across zero
        at(0, "21:00", 36_000, "b", "\U0001f3e0"),
        at(1, "21:00", 36_000, "b", "\U0001f3e0"),
        at(1, "08:00", 1_800, "a", "X"),
        at(1, "08:30", 1_800, "b", "X"),  # touches, does not overlap
        at(1, "08:00", 1_800, "é", "X"),  # equal starts
        at(1, "08:10", 0, "Z", "X"),  # of no length, within
        at(1, "08:00", 0, "人", "X"),  # of no length, at the start
        at(2, "10:00", 900, "a", "x"),
        at(2, "10:05", 900, "\ufffd", "x"),
        at(2, "10:05", 900, "😀", "x"),
        at(2, "10:05", 900, "b", "x", told=9),  # told later
        at(3, "07:00", 100_000, "人", "ÿ"),  # more than a day
        at(4, "07:00", 600, "a", "ÿ"),
        at(4, "07:00", 600, "😀", "ÿ"),
        at(4, "07:00", 600, "\ufffd", "ÿ"),
        at(4, "09:00", 600, "é", "ÿ"),
        whole(2, "Z", "x"),
        whole(1, "é", "\U0001f3e0"),
    ]
    hosts = [
        ("case 1", "a", START, START + timedelta(days=4, hours=12)),
        ("case 1", "b", START, START + timedelta(days=2)),
        ("🏥", "é", START + timedelta(days=1, hours=8, minutes=10), START + timedelta(days=9)),
        ("\uffee", "😀", START, START + timedelta(days=9)),
        ("Case 2", "\ufffd", START, START + timedelta(days=9)),
    ]
    asked = Asked(as_of=START.date() + timedelta(days=5), crowd=4)
    return Question(frame_of_visits(rows), frame_of_hosts(hosts), ["Z"], asked, 0)


def crowded_market() -> Question:
    """A market with more visits on its first day than are expanded, and a night that begins in the crowd."""
    noon = START + timedelta(hours=12)
    rows = [(person, "X", noon, noon + timedelta(hours=20), True, START.date()) for person in PEOPLE]
    next_day = noon + timedelta(hours=14)
    rows += [("late", "X", next_day, next_day + timedelta(hours=1), True, START.date())]
    rows += [("later", "X", next_day, next_day + timedelta(hours=2), True, START.date())]
    hosts = [(f"host of {person}", person, START, START + timedelta(days=3)) for person in ("a", "b", "late")]
    return Question(
        frame_of_visits(rows), frame_of_hosts(hosts), [], Asked(as_of=date(1970, 1, 5), crowd=len(PEOPLE) - 1), 60
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
