"""Totals that are given hold in the city, and totals of no city are refused with a sentence."""

import numpy as np
import polars as pl
import pytest

from city_inputs import apart, check_whole, zones
from douse.city.made import build_city, made_numbers, make_city, margins, totals_of
from douse.errors import DataError, UsageError

FIVES = [f"age_{a}_{a + 4}" for a in range(0, 75, 5)] + ["age_75"]


def told(population=(6_000, 9_000, 500), seed=1) -> pl.DataFrame:
    """Zones with ages, households by size, and jobs, that fit each other."""
    random = np.random.default_rng(seed)
    ages = np.stack([random.multinomial(n, random.dirichlet(np.full(16, 5.0))) for n in population])
    homes = np.stack([np.array([0.25, 0.3, 0.2, 0.13, 0.07, 0.05]) * n / 2.62 for n in population]).round().astype(int)
    homes = np.maximum(homes, 1)
    columns = {name: ages[:, i] for i, name in enumerate(FIVES)}
    columns |= {f"households_{s + 1}": homes[:, s] for s in range(6)}
    return zones(population=list(population), jobs=[n // 2 for n in population], **columns)


def test_margins_hold():
    totals = told()
    whole = build_city(totals)
    check_whole(whole.city)
    found = margins(whole.city, totals, whole.jobs)
    assert set(found["zone"]) == {"z00", "z01", "z02"}
    exact = found.filter(pl.col("margin").str.contains("population|age"))
    assert exact.height == 3 * 17
    assert (exact["difference"] == 0).all()
    homes = found.filter(pl.col("margin").str.contains("households"))
    assert homes.height == 3 * 6
    assert (homes["difference"].abs() <= np.maximum(2, 0.01 * homes["wanted"].to_numpy())).all()
    jobs = found.filter(pl.col("margin") == "jobs")
    assert jobs["got"].sum() > 0


def test_jobs_hold_to_their_share_of_the_workers():
    totals = zones(
        population=[20_000] * 9,
        jobs=[1000 * n for n in (4, 8, 12, 4, 30, 4, 8, 12, 4)],
        latitude=[y / 50 for y in (0, 0, 0, 1, 1, 1, 2, 2, 2)],
        longitude=[x / 50 for x in (0, 1, 2) * 3],
    )
    whole = build_city(totals)
    order = [int(zone[1:]) for zone in whole.city.zone_ids]
    wanted = totals["jobs"].to_numpy()[order] / totals["jobs"].sum() * whole.jobs.sum()
    assert np.abs(whole.jobs - wanted).max() < 30


def test_number_of_households_holds():
    totals = zones(population=[1_000, 1_000, 999], households=[250, 500, None])
    found = margins(make_city(totals), totals)
    assert (found["difference"] == 0).all()
    assert found.filter(pl.col("margin") == "households").height == 2


def test_a_zone_without_ages_has_those_of_the_numbers():
    whole = make_city(zones(population=[50_000]))
    band = np.bincount(apart(whole).age, minlength=16) / 50_000
    shares = [row.share.value for row in made_numbers().base.ages]
    expected = np.r_[shares[:15], sum(shares[15:])] / sum(shares)
    assert np.abs(band - expected).max() < 0.001


def test_ages_a_little_off_are_scaled():
    totals = zones(population=[1_000], age_0_17=[201], **{"age_18_64": [600], "age_65_plus": [200]})
    whole = make_city(totals)
    assert len(whole) == 1_000
    assert np.bincount(apart(whole).age, minlength=16)[13:].sum() in (199, 200)


def test_dormitories_shift_the_sizes_of_households():
    totals = zones(population=[2_700], households_1=[300], households_2=[600], households_3=[350])
    found = margins(make_city(totals), totals)
    assert abs(found.filter(pl.col("margin") == "population")["difference"][0]) == 0


def test_near_zones_exchange_more_people_than_far_ones():
    # A row of ten zones of the same size, 5 km apart.
    totals = zones(population=[20_000] * 10, latitude=[0.0] * 10, longitude=[n * 5 / 111.32 for n in range(10)])
    whole = build_city(totals)
    parts = apart(whole.city)
    workers = parts.kind == 2
    flow = np.zeros((10, 10))
    np.add.at(flow, (parts.zone[workers], whole.group_zone[parts.group[workers]]), 1)
    by_distance = [np.diagonal(flow, d).mean() + np.diagonal(flow, -d).mean() for d in range(10)]
    by_distance[0] /= 2
    assert by_distance[0] > by_distance[1] > by_distance[2] > by_distance[3] > by_distance[9]


def test_a_commuting_table_is_followed():
    totals = pl.concat(
        [
            pl.DataFrame(
                {"zone_id": ["a", "b"], "parent_zone": [None, None]}, schema_overrides={"parent_zone": pl.String}
            ),
            pl.DataFrame({"zone_id": ["a1", "a2", "b1"], "parent_zone": ["a", "a", "b"], "population": [9_000] * 3}),
        ],
        how="diagonal",
    )
    table = pl.DataFrame({"from_zone": ["a", "a", "b"], "to_zone": ["a", "b", "b"], "people": [30, 10, 5]})
    whole = build_city(totals, commuting=table)
    parts = apart(whole.city)
    ids = np.array(whole.city.zone_ids)
    firm = parts.kind == 2
    home, work = ids[parts.zone[firm]], ids[whole.group_zone[parts.group[firm]]]
    assert not np.isin(work[home == "b1"], ["a1", "a2"]).any()
    from_a = np.isin(home, ["a1", "a2"])
    assert np.mean(work[from_a] == "b1") == pytest.approx(0.25, abs=0.02)


def test_invented_totals_have_the_people_asked_for():
    for people in (100, 5_000, 123_457):
        totals = totals_of(people, 3)
        assert totals["population"].sum() == people
        assert totals["zone_id"].n_unique() == totals.height
        assert totals.filter(pl.col("population").is_not_null())["population"].min() >= 1


def test_invented_centres_have_more_jobs():
    totals = totals_of(1_000_000, 1).drop_nulls("population")
    away = np.hypot(totals["latitude"] - totals["latitude"].mean(), totals["longitude"] - totals["longitude"].mean())
    ratio = (totals["jobs"] / totals["population"]).to_numpy()
    middle = away < np.quantile(away, 0.1)
    assert ratio[middle].mean() > 1.5 * ratio[~middle].mean()


def test_every_number_has_a_source_and_a_unit():
    numbers = made_numbers().made
    text = numbers.model_dump()
    for section in ("ages", "homes", "care", "hospitals", "work", "commuting", "invented"):
        for number in text[section].values():
            assert number["source"] in text["sources"]
            assert number["unit"]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (pl.DataFrame({"zone_id": ["a"]}), "no column population"),
        (pl.DataFrame({"population": [1]}), "no column zone_id"),
        (pl.DataFrame({"zone_id": [], "population": []}), "no row"),
        (pl.DataFrame({"zone_id": ["a", None], "population": [1, 1]}), "a row has none"),
        (pl.DataFrame({"zone_id": ["a", "a"], "population": [1, 1]}), "more than one row"),
        (pl.DataFrame({"zone_id": ["a", "b"], "parent_zone": ["b", "a"], "population": [1, 1]}), "in a circle"),
        (zones(population=[5, 0]), "have no people, z01 first"),
        (zones(population=[5, None]), "have no people"),
        (zones(population=[5, -3]), "are no count"),
        (zones(population=["5", "many"]), "are no count"),
        (zones(population=[5.5]), "are no count"),
        (zones(population=[100], age_0_17=[20], **{"age_18": [60]}), "sum to 80"),
        (zones(population=[100], age_0_17=[20], **{"age_20": [80]}), "do not cover all ages"),
        (zones(population=[100], age_0_17=[20], **{"age_17": [80]}), "do not cover all ages"),
        (zones(population=[100], age_1_17=[20], **{"age_18": [80]}), "do not cover all ages"),
        (zones(population=[100], age_0_17=[20], age_18_64=[80]), "do not cover all ages"),
        (zones(population=[100, 10], age_0_17=[20, None], **{"age_18": [80, 10]}), "lacks others"),
        (zones(population=[100], households=[0]), "has 0 households"),
        (zones(population=[100], households=[101]), "no more households than people"),
        (zones(population=[100], households=[6]), "at most 15 people a household"),
        (zones(population=[100], households_0=[3], households_1=[10]), "leave one out"),
        (zones(population=[100], households_1=[3], households_3=[10]), "leave one out"),
        (zones(population=[1000], households_1=[100], households_2=[100]), "hold about"),
        (zones(population=[100, 100], jobs=[5, None]), "1 zones say nothing"),
        (zones(population=[100], latitude=[95.0], longitude=[0.0]), "out of range"),
        (zones(population=[1] * 65_537), "65,537 zones of residence"),
    ],
)
def test_totals_of_no_city_are_refused(totals, said):
    with pytest.raises(DataError) as caught:
        make_city(totals)
    assert said in str(caught.value)
    assert "Next:" in str(caught.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pl.DataFrame({"from_zone": ["z00"], "people": [3]}), "no column to_zone"),
        (pl.DataFrame({"from_zone": ["z00"], "to_zone": ["q"], "people": [3]}), "q first"),
        (pl.DataFrame({"from_zone": ["z00"], "to_zone": ["z00"], "people": [-3]}), "are no count"),
    ],
)
def test_a_commuting_table_that_does_not_fit_is_refused(table, said):
    with pytest.raises(DataError, match=said):
        make_city(zones(population=[500]), commuting=table)


@pytest.mark.parametrize("people", [0, 99, 50_000_001])
def test_a_city_of_an_impossible_size_is_refused(people):
    with pytest.raises(UsageError, match="cannot be made"):
        totals_of(people, 1)
