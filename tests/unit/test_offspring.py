"""Offspring distribution: known answers, limits, and nothing from later rows."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.kernels import offspring as kernel
from douse.situation.largest_cluster import largest_cluster
from douse.situation.offspring import fit_counts, offspring, offspring_from_sizes

D = date(2026, 3, 1)


def cases(caused, onset=D, later=True):
    """Cases of one day who infected so many each, four days later."""
    first = [{"case_id": f"c{at}", "infector": None, "onset": onset} for at in range(len(caused))]
    next_day = onset + timedelta(days=4)
    second = [
        {"case_id": f"c{at}.{n}", "infector": f"c{at}", "onset": next_day}
        for at, many in enumerate(caused)
        for n in range(many)
    ]
    return pl.DataFrame(
        first + (second if later else []), schema={"case_id": pl.String, "infector": pl.String, "onset": pl.Date}
    )


def values(frame, *names):
    rows = {row["parameter"]: row for row in frame.iter_rows(named=True)}
    return [rows[name] for name in names]


def direct(counts):
    """R and k of the highest likelihood on a plain grid: R is the mean, as all infections are seen."""
    r = float(np.mean(counts))
    grid = np.geomspace(0.01, 100, 40_001)
    p = grid / (grid + r)
    total = np.zeros_like(grid)
    for count in counts:
        steps = np.log(np.arange(count)[:, None] + grid).sum(axis=0) if count else 0.0
        total += steps + grid * np.log(p) + count * np.log1p(-p)
    within = grid[2 * (total.max() - total) <= 3.841459]
    return r, grid[total.argmax()], within[0], within[-1]


def test_estimate_and_interval_equal_a_direct_grid():
    counts = np.random.default_rng(4).negative_binomial(0.4, 0.4 / 1.4, 80)
    r, k, low, high = direct(counts)
    fit = fit_counts(counts.astype(float), np.ones(80))
    found = offspring(cases(counts[counts > 0], later=True), as_of=D + timedelta(days=30))  # runs on a frame as well
    assert found["why_not"].to_list() == [""] * 4
    best = np.unravel_index(fit.log_likelihood.argmax(), fit.log_likelihood.shape)
    assert fit.r[best[0]] == pytest.approx(r, rel=0.03)
    from douse.situation.offspring import estimates  # noqa: PLC0415  the rows from the same fit

    (of_r, of_k) = values(estimates(fit, 0.95, 80, 0, "links"), "R", "k")
    assert of_r["estimate"] == pytest.approx(r, rel=2e-3)
    assert of_k["estimate"] == pytest.approx(k, rel=2e-3)
    assert of_k["lower"] == pytest.approx(low, rel=5e-3)
    assert of_k["upper"] == pytest.approx(high, rel=5e-3)


def test_recent_cases_count_by_what_can_have_shown():
    caused = [0, 0, 3, 0, 1, 0, 0, 5, 0, 0]
    all_seen = values(offspring(cases(caused), as_of=D + timedelta(days=6)), "R")[0]
    part_seen = values(offspring(cases(caused), as_of=D + timedelta(days=6), si=(6.0, 3.0)), "R")[0]
    assert part_seen["estimate"] > 1.2 * all_seen["estimate"]
    assert part_seen["censored"] > 0
    long_after = values(offspring(cases(caused), as_of=D + timedelta(days=100), si=(6.0, 3.0)), "R")[0]
    assert long_after["estimate"] == pytest.approx(9 / 19, rel=2e-3)


def test_rows_of_later_days_change_nothing():
    known = cases([0, 2, 0, 4, 0, 0])
    as_of = D + timedelta(days=10)
    later = cases([3, 9], onset=as_of + timedelta(days=1)).with_columns(
        case_id=pl.concat_str(pl.lit("z"), "case_id"), infector=pl.lit("c0")
    )
    both = pl.concat([known, later])
    assert offspring(both, as_of=as_of, si=(6.0, 3.0)).equals(offspring(known, as_of=as_of, si=(6.0, 3.0)))
    assert largest_cluster(both, as_of=as_of).equals(largest_cluster(known, as_of=as_of))


@pytest.mark.parametrize("caused", [[], [0], [0, 0, 0]])
def test_without_infections_the_reason_is_given(caused):
    found = offspring(cases(caused), as_of=D + timedelta(days=30))
    assert found["estimate"].null_count() == 4
    assert all(found["why_not"].to_list())
    assert largest_cluster(cases(caused), as_of=D)["size"].null_count() == 4


def test_even_spread_has_no_k_and_no_upper_bound():
    of_k = values(offspring_from_sizes([2, 3, 2, 4, 3, 2, 1, 3]), "k")[0]
    assert of_k["estimate"] is None or of_k["upper"] is None
    (of_k,) = values(offspring(cases([1] * 40), as_of=D + timedelta(days=3)), "k")  # their infections are yet to come
    assert of_k["estimate"] is None


def test_sizes_of_finished_chains_give_r():
    sizes = [1] * 70 + [2] * 15 + [3] * 8 + [5] * 4 + [9] * 3
    (of_r,) = values(offspring_from_sizes(sizes), "R")
    assert of_r["estimate"] == pytest.approx(1 - 1 / np.mean(sizes), rel=5e-3)  # known: mean size is 1 / (1 - R)
    growing = values(offspring_from_sizes(sizes, unfinished=[False] * 97 + [True] * 3), "R")[0]
    assert growing["estimate"] > of_r["estimate"]


def test_known_limits_of_extinction_share_and_largest():
    assert kernel.extinction_chance(np.array(0.9), np.array(0.1)) == 1
    # Geometric offspring (k = 1): 1 / R. Poisson (k large), R = 2: 0.2032.
    assert float(kernel.extinction_chance(np.array(2.0), np.array(1.0))) == pytest.approx(0.5, abs=1e-9)
    assert float(kernel.extinction_chance(np.array(2.0), np.array(1e6))) == pytest.approx(0.2032, abs=1e-4)
    # Endo 2020: R 2.5 and k 0.1, about a tenth of cases cause 80%.
    assert kernel.spreader_share(2.5, 0.1, 0.8) == pytest.approx(0.09, abs=0.02)
    assert kernel.spreader_share(2.5, 0.1, 0.8) < kernel.spreader_share(2.5, 1.0, 0.8)
    upto = kernel.largest_of(1.5, 0.3, 1, 400)
    assert upto[0] == pytest.approx((1 + 1.5 / 0.3) ** -0.3)
    assert (kernel.largest_of(1.5, 0.3, 50, 400) <= upto).all()


def test_more_cases_to_come_bring_a_larger_largest_cluster():
    known = cases([0, 2, 0, 14, 0, 0, 1, 0, 0, 0, 3])
    few, many = (largest_cluster(known, as_of=D + timedelta(days=40), next_cases=n)["size"] for n in (10, 500))
    assert (many > few).all()
    assert few.is_sorted()


def test_wrong_arguments_are_told():
    with pytest.raises(UsageError, match="no column infector"):
        offspring(pl.DataFrame({"case_id": ["a"], "onset": [D]}), as_of=D)
    for sizes in ([0, 1], [1, 2, float("nan")], [1, float("inf")]):
        with pytest.raises(UsageError, match="sizes"):
            offspring_from_sizes(sizes)
    with pytest.raises(UsageError, match="level"):
        offspring_from_sizes([1, 1], level=1.5)
    with pytest.raises(UsageError, match="level"):
        offspring(cases([0]), as_of=D, level=0.0)
    with pytest.raises(UsageError, match="kind of cluster"):
        largest_cluster(cases([1]), as_of=D, kind="family")
