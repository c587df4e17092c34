"""Odd series: every detector of counts has a stated behaviour and never a crash, NaN or infinity."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.signals.count_signals import DETECTORS

WEEKS = 340
FIRST = date(2018, 1, 1)
NAMES = list(DETECTORS)


def weekly(*series: list[float | None], zones: str = "abcdef") -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {"zone": zone, "date": [FIRST + timedelta(weeks=at) for at in range(len(one))], "count": one},
            schema={"zone": pl.String, "date": pl.Date, "count": pl.Float64},
        )
        for zone, one in zip(zones, series, strict=False)
    )


def steady(mean: float, weeks: int = WEEKS, seed: int = 1) -> list[float]:
    return np.random.default_rng(seed).poisson(mean, weeks).astype(float).tolist()


def judged(name: str, counts: pl.DataFrame, last: int = 12) -> pl.DataFrame:
    """The answer, checked: one row a row given, in order, every figure a number, an alarm where there is a bound."""
    got = DETECTORS[name](counts, last=last)
    assert got.select("zone", "date").equals(counts.select("zone", "date").sort("zone", "date"))
    for column in ("expected", "bound", "score", "p"):
        figures = got[column].drop_nulls().cast(pl.Float64)
        assert figures.is_finite().all(), column
    p = got["p"].cast(pl.Float64)
    assert ((p >= 0) & (p <= 1)).fill_null(value=True).all()
    assert got.filter(pl.col("alarm") & pl.col("bound").is_null()).is_empty()
    return got.filter(pl.col("date") > counts["date"].max() - timedelta(weeks=last))


@pytest.mark.parametrize("name", NAMES)
class TestEveryDetector:
    def test_gaps(self, name: str) -> None:
        full = weekly(steady(5), steady(5, seed=2))
        holes = full.filter(pl.int_range(pl.len()) % 7 != 3).with_columns(
            count=pl.when(pl.int_range(pl.len()) % 11 != 0).then("count")
        )
        got = judged(name, holes)
        assert got.filter(pl.col("count").is_null())["alarm"].null_count() == got["count"].null_count()

    def test_all_zero(self, name: str) -> None:
        got = judged(name, weekly([0.0] * WEEKS))
        assert not got["alarm"].fill_null(value=False).any()

    def test_one_case(self, name: str) -> None:
        judged(name, weekly([0.0] * (WEEKS - 3) + [1.0, 0.0, 0.0]))

    def test_one_row(self, name: str) -> None:
        assert not judged(name, weekly([4.0]))["alarm"].fill_null(value=False).any()

    def test_no_row(self, name: str) -> None:
        assert judged_empty(name).is_empty()

    def test_huge_counts(self, name: str) -> None:
        got = judged(name, weekly((np.array(steady(50)) * 1e6).tolist(), [1e9] * WEEKS))
        assert got.height == 24

    def test_rows_in_any_order(self, name: str) -> None:
        counts = weekly(steady(3), steady(8, seed=4))
        assert judged(name, counts.sample(fraction=1, shuffle=True, seed=1)).equals(judged(name, counts))

    def test_a_zone_split_in_two(self, name: str) -> None:
        half = WEEKS - 20
        whole = steady(20, half)
        stopped, absent = whole + [0.0] * 20, whole + [None] * 20
        begun = [None] * half + steady(10, 20, seed=6)
        got = judged(name, weekly(stopped, absent, begun))
        assert not got.filter(zone="a")["alarm"].fill_null(value=False).any()
        assert got.filter(zone="b")["alarm"].null_count() == 12

    def test_one_large_week_after_steady_ones(self, name: str) -> None:
        got = judged(name, weekly([*steady(5, WEEKS - 1), 60.0]), last=1)
        # C3 sums what the two steps before were above their usual: the step itself only has to be above 0.
        assert got["alarm"].to_list() == [name != "ears_c3"]


def judged_empty(name: str) -> pl.DataFrame:
    return DETECTORS[name](weekly([]), last=1)


# Steps after which a detector has taken a doubled level (a changed case definition) for usual.
MEMORY = {"ears_c1": 10, "ears_c2": 12, "ears_c3": 14, "rki": 8, "bayes": 8, "shiryaev_roberts": 40}


@pytest.mark.parametrize(("name", "memory"), MEMORY.items())
def test_a_doubled_level_is_taken_for_usual_within_the_memory(name: str, memory: int) -> None:
    series = [steady(20, 260, seed) + steady(40, 80, seed + 50) for seed in range(6)]
    counts = weekly(*series)
    got = DETECTORS[name](counts, last=80)
    since = (pl.col("date") - FIRST).dt.total_days() // 7 - 260
    later = got.filter(since >= memory)["alarm"].mean()
    first = got.filter(since.is_between(0, 3))["alarm"].mean()
    assert first >= 0.25
    assert later <= 0.1
