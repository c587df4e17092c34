"""Several detectors' p-values as one."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr

from douse.errors import UsageError
from douse.signals.combine import combine

DAY = date(2026, 3, 1)


def answer(p: list[float | None], first: date = date(1900, 1, 1)) -> pl.DataFrame:
    days = [first + timedelta(days=at) for at in range(len(p))]
    return pl.DataFrame({"zone": "a", "date": days, "count": 5, "expected": 1.0, "bound": 3.0, "p": p}).cast(
        {"p": pl.Float64}
    )


def test_one_detector_is_itself() -> None:
    got = combine([answer([0.004, 0.3, None])])
    np.testing.assert_allclose(got["p"].to_list()[:2], [0.004, 0.3])
    assert got["alarm"].to_list() == [True, False, None]
    assert got["detectors"].to_list() == [1, 1, 0]


def test_those_that_agree_give_their_common_p() -> None:
    assert combine([answer([0.01])] * 3)["p"].item() == pytest.approx(0.01)


def test_one_that_stands_out_costs_their_number() -> None:
    assert combine([answer([1e-5]), answer([0.6]), answer([0.5])])["p"].item() == pytest.approx(3e-5, rel=0.01)


def test_a_detector_that_did_not_judge_does_not_count() -> None:
    got = combine([answer([0.02, 0.02]), answer([None])])
    np.testing.assert_allclose(got["p"], [0.02, 0.02])


def test_the_level_is_that_of_the_least_p() -> None:
    got = combine([answer([0.5]), answer([0.001]).with_columns(expected=pl.lit(2.0), bound=pl.lit(4.0))])
    assert got.row(0, named=True)["expected"] == 2.0
    assert got.row(0, named=True)["bound"] == 4.0


@pytest.mark.parametrize("tie", [0.0, 0.5, 0.95])
def test_false_alarms_are_held_whatever_the_dependence(tie: float) -> None:
    rng = np.random.default_rng(7)
    n = 20_000
    common = rng.normal(size=n)
    parts = [answer((1 - ndtr(tie**0.5 * common + (1 - tie) ** 0.5 * rng.normal(size=n))).tolist()) for _ in range(3)]
    assert 0.008 < combine(parts, alpha=0.01)["alarm"].mean() < 0.012


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError):
        combine([])
    with pytest.raises(UsageError):
        combine([answer([0.1]).drop("p")])
    with pytest.raises(UsageError):
        combine([answer([0.1])], alpha=1)
