"""Scans: known limits with known answers, direction, odd tables, false alarms."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import UsageError
from douse.kernels.scan_sets import connected, mid_p
from douse.signals.scan import scan_clusters, space_time_scan
from douse.signals.scan_expected import person_time
from douse.signals.scan_replicates import Chance, run, seeds
from douse.signals.scan_shapes import gabriel

START = date(2026, 3, 1)
DAYS = 20


def line_of(zones):
    """Zones on a line, one apart."""
    return pl.DataFrame({"zone": [f"z{i}" for i in range(zones)], "x": [float(i) for i in range(zones)], "y": 0.0})


def table_of(matrix):
    rows = [(f"z{z}", START + timedelta(days=d), int(n)) for z, line in enumerate(matrix) for d, n in enumerate(line)]
    return pl.DataFrame(rows, schema={"zone": pl.String, "date": pl.Date, "count": pl.Int64}, orient="row")


def steady(zones=6, cases=2):
    return np.full((zones, DAYS), cases)


def outbreak(extra=12, zones=6):
    counts = steady(zones)
    counts[2:4, -3:] += extra
    return counts


def test_an_outbreak_is_found_where_and_when_it_is():
    found = scan_clusters(table_of(outbreak()), line_of(6)).row(0, named=True)
    assert set(found["zones"]) == {"z2", "z3"}
    assert (found["first"], found["last"]) == (date(2026, 3, 18), date(2026, 3, 20))
    assert found["observed"] == 2 * 3 * 14
    assert found["p"] == 1 / 1000
    assert found["recurrence_days"] == pytest.approx(1000)


def test_more_cases_inside_make_a_larger_ratio():
    ratios = [scan_clusters(table_of(outbreak(n, 12)), line_of(12), replicates=0)["llr"][0] for n in (2, 4, 8, 16)]
    assert ratios == sorted(ratios)
    assert ratios[0] > 0


def test_the_ratio_is_that_of_the_formula():
    population = pl.DataFrame({"zone": [f"z{i}" for i in range(4)], "population": 100.0})
    counts = np.zeros((4, 10), int)
    counts[0, -1], counts[3, 0] = 6, 6
    found = scan_clusters(table_of(counts), line_of(4), population=population, replicates=0).row(0, named=True)
    expected = 12 / 40
    ratio = 6 * np.log(6 / expected) + 6 * np.log(6 / (12 - expected))
    assert found["llr"] == pytest.approx(ratio, abs=1e-12)
    assert found["relative_risk"] == pytest.approx((6 / expected) / (6 / (12 - expected)))


def test_no_cases_or_a_uniform_table_give_no_cluster():
    assert scan_clusters(table_of(steady(cases=0)), line_of(6)).is_empty()
    assert scan_clusters(table_of(steady()), line_of(6), replicates=9).is_empty()


def test_all_cases_in_one_zone_or_on_one_day_stand_out_from_nothing_without_a_population():
    here = np.zeros((6, DAYS), int)
    here[2, -5:] = 9
    today = np.zeros((6, DAYS), int)
    today[:, -1] = 9
    for counts in (here, today):
        assert scan_clusters(table_of(counts), line_of(6), replicates=9).is_empty()


def test_all_cases_in_one_zone_stand_out_from_its_population():
    counts = np.zeros((6, DAYS), int)
    counts[2, -1] = 9
    people = line_of(6).with_columns(population=pl.lit(1000.0))
    found = scan_clusters(table_of(counts), people).row(0, named=True)
    assert found["zones"] == ["z2"]
    assert found["first"] == found["last"]
    assert found["relative_risk"] is None  # nobody is ill outside
    assert found["p"] == 1 / 1000


def test_one_zone_alone_has_no_map():
    counts = table_of(steady(zones=1))
    assert scan_clusters(counts, line_of(1), replicates=9).is_empty()
    assert space_time_scan(counts, zones=line_of(1), replicates=9)["alarm"].drop_nulls().to_list() == [False]


def test_a_zone_without_neighbours_within_the_radius_is_its_own_circle():
    zones = line_of(6).with_columns(x=pl.when(pl.col("zone") == "z5").then(1e6).otherwise("x"))
    counts = steady()
    counts[5, -2:] += 20
    found = scan_clusters(table_of(counts), zones, max_radius=2.0, replicates=99).row(0, named=True)
    assert (found["zones"], found["radius"]) == (["z5"], 0.0)


def test_zones_at_one_place_are_one_candidate():
    zones = line_of(6).with_columns(x=pl.when(pl.col("zone") == "z3").then(2.0).otherwise("x"))
    counts = steady()
    counts[2, -3:] += 20
    assert set(scan_clusters(table_of(counts), zones, replicates=9)["zones"][0]) == {"z2", "z3"}


def test_ties_go_to_the_smaller_cluster_then_to_the_first_name():
    counts = np.zeros((8, DAYS), int)
    counts[:, :10] = 1
    counts[[1, 6], -1] = 5
    found = scan_clusters(table_of(counts), line_of(8), replicates=9)
    assert found["llr"][0] == found["llr"][1]
    assert found["zones"].to_list()[:2] == [["z1"], ["z6"]]


def test_too_few_cases_are_found_where_low_rates_are_sought():
    counts = steady(cases=5)
    counts[4, -6:] = 0
    people = line_of(6).with_columns(population=pl.lit(1000.0))
    high = scan_clusters(table_of(counts), people, replicates=99)
    low = scan_clusters(table_of(counts), people, rates="low", replicates=99).row(0, named=True)
    assert (low["zones"], low["observed"], low["p"]) == (["z4"], 0, 0.01)
    assert high.is_empty() or high["llr"][0] < low["llr"]


def test_a_flexible_cluster_takes_a_shape_that_no_circle_has():
    places = [(x, y) for x in range(5) for y in range(5)]
    zones = pl.DataFrame(
        {"zone": [f"z{i}" for i in range(25)], "x": [p[0] for p in places], "y": [p[1] for p in places]}
    )
    bent = {0, 1, 2, 7, 12}  # a corner: up, then right
    counts = np.full((25, DAYS), 2)
    counts[list(bent), -4:] += 9
    options = {"replicates": 99, "max_zones": 9}
    found = scan_clusters(table_of(counts), zones, shape="flexible", **options).row(0, named=True)
    circle = scan_clusters(table_of(counts), zones, replicates=99).row(0, named=True)
    assert set(found["zones"]) == {f"z{i}" for i in bent}
    assert found["llr"] > circle["llr"]
    strict = scan_clusters(table_of(counts), zones, shape="flexible", restrict=0.2, **options).row(0, named=True)
    assert set(strict["zones"]) == set(found["zones"])


def test_a_tree_without_coordinates_finds_the_district():
    zones = pl.DataFrame(
        {
            "zone_id": [f"z{i}" for i in range(9)] + ["a", "b"],
            "parent_zone": ["a"] * 3 + ["b"] * 3 + ["a"] * 3 + [None] * 2,
        }
    )
    counts = steady(9)
    counts[3:6, -3:] += 9
    found = scan_clusters(table_of(counts), zones, replicates=99).row(0, named=True)
    assert found["zone"] == "b"
    assert set(found["zones"]) == {"b", "z3", "z4", "z5"}
    assert found["radius"] is None


def test_the_detector_alarms_in_the_cluster_and_nowhere_else():
    answer = space_time_scan(table_of(outbreak()), zones=line_of(6))
    judged = answer.filter(pl.col("bound").is_not_null())
    assert judged["date"].unique().to_list() == [date(2026, 3, 20)]
    assert set(judged.filter("alarm")["zone"]) == {"z2", "z3"}
    assert (
        answer.select(pl.col(pl.Float64).is_nan().any() | pl.col(pl.Float64).is_infinite().any()).row(0) == (False,) * 5
    )


def test_the_detector_judges_a_past_day_as_it_was_known():
    counts = table_of(outbreak())
    both = space_time_scan(counts, zones=line_of(6), last=2, exact=True)
    before = counts.filter(pl.col("date") < date(2026, 3, 20))
    alone = space_time_scan(before, zones=line_of(6), exact=True)
    day = pl.col("date") == date(2026, 3, 19)
    assert both.filter(day).equals(alone.filter(day))


def test_the_same_seed_gives_the_same_answer_and_another_seed_another_p():
    counts = table_of(outbreak(2))
    first, again, other = (scan_clusters(counts, line_of(6), seed=seed)["p_gumbel"][0] for seed in (1, 1, 2))
    assert first == again != other


def test_early_stopping_ends_where_the_answer_is_clear():
    draws = np.random.default_rng(1).random(999)
    clear = run(lambda begin, end: draws[begin:end], 999, 0.5, enough=50)
    assert (clear.maxima >= 0.5).sum() == 50
    assert len(clear.maxima) < 150
    assert clear.p(0.5) == pytest.approx(0.5, abs=0.2)
    assert len(run(lambda begin, end: draws[begin:end], 999, 0.999, enough=50).maxima) == 999


def test_p_counts_the_data_as_one_and_the_bound_is_its_inverse():
    chance = Chance(np.arange(99.0))
    assert chance.p(1000.0) == 0.01
    assert chance.p(0.0) == 1.0
    assert chance.p(chance.bound(0.05)) <= 0.05 < chance.p(chance.bound(0.05) - 1e-6)
    assert Chance(np.zeros(0)).p_gumbel(3.0) is None


def test_replicates_do_not_depend_on_their_batch():
    assert (seeds(3, 0, 10)[4:] == seeds(3, 4, 10)).all()


def test_population_changes_in_straight_lines():
    lived = person_time(np.array([10.0, 20.0]), np.array([100.0, 200.0]), np.array([0.0, 10.0, 15.0, 20.0, 25.0]))
    assert lived.tolist() == pytest.approx([1000, 625, 875, 1000])


def test_connected_sets_of_a_path_are_its_stretches():
    # 0 is in the middle of 1 - 0 - 2
    adjacent = np.array([0b110, 0b001, 0b001], np.uint64)
    parent, added = np.empty(4, np.int32), np.empty(4, np.int32)
    assert connected(adjacent, parent, added) == 4  # 0; 0 1; 0 2; 0 1 2


def test_gabriel_neighbours_on_a_line_are_next_to_each_other():
    touch = gabriel(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]))
    assert touch.tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_mid_p_of_a_poisson_count():
    assert mid_p(1, 1.0) == pytest.approx(1 - np.exp(-1) - np.exp(-1) / 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": "poisson"}, "population"),
        ({"kind": "sometimes"}, "not known"),
        ({"max_share": 0.0}, "out of range"),
        ({"replicates": -1}, "out of range"),
        ({"first": START + timedelta(days=5)}, "outside the study"),
        ({"restrict": 0.2}, "Circles"),
        ({"covariates": ["age"]}, "Covariates"),
    ],
)
def test_a_wrong_option_is_said(change, says):
    with pytest.raises(UsageError, match=says):
        scan_clusters(table_of(steady()), line_of(6), **change)


def test_a_zone_that_is_not_on_the_map_is_said():
    with pytest.raises(UsageError, match="not among the zones"):
        scan_clusters(table_of(steady()), line_of(5))


@pytest.mark.slow
def test_p_is_uniform_where_nothing_happens():
    rng = np.random.default_rng(5)
    found = []
    for i in range(200):
        answer = scan_clusters(table_of(rng.poisson(1.0, (6, DAYS))), line_of(6), replicates=99, seed=i)
        found.append(answer["p"][0] if answer.height else 1.0)
    for alpha in (0.05, 0.2, 0.5):
        error = (alpha * (1 - alpha) / len(found)) ** 0.5
        # ties make p a little too large, never too small
        assert np.mean(np.array(found) <= alpha) < alpha + 3 * error
        assert np.mean(np.array(found) <= alpha) > alpha - 4 * error


def test_a_detector_option_that_is_not_known_is_refused() -> None:
    counts = pl.DataFrame({"zone": ["a", "b"], "date": [date(2026, 1, 1)] * 2, "count": [1, 2]})
    for option in ({"nonsense": 1}, {"kind": "spatial"}):
        with pytest.raises(UsageError, match="no option of that name"):
            space_time_scan(counts, **option)


def test_one_series_needs_no_zone() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(20)]
    counts = pl.DataFrame({"date": days, "count": [1] * 20})
    answer = space_time_scan(counts, replicates=99)
    assert answer.height == 20
    assert answer["p"].null_count() == 19
    assert not answer["alarm"].any()
