"""False discoveries among the zones of a date."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.signals.false_discovery import control, q_values

DAY = date(2026, 3, 1)


def answers(p: list[float | None], days: list[date] | None = None) -> pl.DataFrame:
    return pl.DataFrame({"date": days or [DAY] * len(p), "p": p}, schema={"date": pl.Date, "p": pl.Float64})


def test_the_worked_example_of_1995() -> None:
    # Benjamini and Hochberg 1995, section 4.1: four of fifteen stand at q = 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    p += [0.759, 1.0]
    assert control(answers(list(p)), q=0.05)["alarm_controlled"].sum() == 4


def test_each_date_is_controlled_on_its_own() -> None:
    days = [DAY] * 2 + [date(2026, 3, 2)] * 10
    got = control(answers([0.04, 0.9] + [0.04] + [0.9] * 9, days))
    assert got["alarm_controlled"].to_list() == [True] + [False] * 11


def test_a_zone_that_was_not_judged_is_no_test() -> None:
    got = control(answers([0.04, None, None, None]), q=0.05)
    assert got["q_value"].to_list() == [0.04, None, None, None]
    assert got["alarm_controlled"].to_list() == [True, None, None, None]


def test_any_dependence_costs_the_harmonic_sum() -> None:
    p = np.array([0.001, 0.01, 0.2])
    np.testing.assert_allclose(q_values(p, method="by"), np.minimum(q_values(p) * (1 + 1 / 2 + 1 / 3), 1))


def test_no_rows_no_answer() -> None:
    assert control(answers([])).is_empty()


@pytest.mark.parametrize(
    ("frame", "options"),
    [
        (pl.DataFrame({"p": [0.1]}), {}),
        (pl.DataFrame({"date": [DAY]}), {}),
        (answers([1.2]), {}),
        (answers([0.1]), {"q": 0}),
        (answers([0.1]), {"method": "x"}),
    ],
)
def test_what_cannot_be_is_refused(frame: pl.DataFrame, options: dict) -> None:
    with pytest.raises(UsageError):
        control(frame, **options)


def test_the_share_of_false_ones_is_held() -> None:
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(400):
        p = np.append(rng.uniform(size=90), rng.uniform(size=10) * 1e-4)
        stand = q_values(p) <= 0.1
        shares.append(stand[:90].sum() / max(stand.sum(), 1))
    assert 0.07 < np.mean(shares) < 0.105
