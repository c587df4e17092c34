"""A made city keeps the layout that every run relies on."""

from collections import Counter

import numpy as np
import pytest

from city_inputs import apart, check_whole, made, zones
from douse.city.made import build_city, make_city, totals_of
from douse.kernels.person_word import (
    CARE,
    HOSPITAL,
    SCHOOL,
    WORK,
    age_of,
    group_of,
    home_of,
    kind_of,
    pack,
    place_of,
    size_of,
    zone_of,
)


@pytest.mark.parametrize("people", [100, 101, 997, 30_000])
def test_every_part_points_where_it_should(people):
    check_whole(made(people).city)


def test_unpacking_gives_what_was_packed():
    random = np.random.default_rng(1)
    parts = [random.integers(0, 1 << bits, 1000) for bits in (22, 10, 16, 4, 3, 4, 4)]
    parts = [np.r_[0, (1 << bits) - 1, part] for part, bits in zip(parts, (22, 10, 16, 4, 3, 4, 4), strict=True)]
    words = pack(*parts)
    for read, part in zip((group_of, place_of, zone_of, age_of, kind_of, home_of, size_of), parts, strict=True):
        assert [read(word) for word in words] == part.tolist()


def test_the_same_seed_gives_the_same_city_and_another_seed_another():
    totals = totals_of(5_000, 1)
    one, two, other = make_city(totals, seed=1), make_city(totals, seed=1), make_city(totals, seed=2)
    for name in ("word", "members", "group_start", "institution", "institution_start", "zone_start"):
        assert (getattr(one, name) == getattr(two, name)).all()
    assert not np.array_equal(one.word, other.word)
    assert np.array_equal(one.zone_start, other.zone_start)


def test_a_city_does_not_change_from_one_version_to_the_next():
    # Change this number only with a line in the changelog: plans made before are no longer the same.
    word = made(997).city.word
    assert int((word * np.arange(1, len(word) + 1, dtype=np.uint64)).sum() % 1_000_003) == 992_745


def test_groups_are_what_they_are_called():
    whole = made().city
    parts = apart(whole)
    size = np.diff(whole.group_start.astype(np.int64))
    kind = np.zeros(len(size), np.int64)
    kind[parts.group] = parts.kind
    assert set(parts.kind.tolist()) == {0, SCHOOL, WORK, CARE, HOSPITAL}
    assert size[kind == SCHOOL].max() <= 69
    assert size[kind == WORK].max() <= 61
    assert size[kind == WORK].min() >= 2
    # Everybody from 5 to 14 is a pupil; a class has one teacher, of working age.
    assert (parts.kind[(parts.age >= 1) & (parts.age <= 2)] == SCHOOL).all()
    teachers = Counter(parts.group[(parts.kind == SCHOOL) & (parts.age > 3)].tolist())
    assert max(teachers.values()) == 1
    assert len(teachers) > 0.9 * (kind == SCHOOL).sum()
    # Health workers by the numbers file; residents of care homes are old and live alone.
    assert (parts.kind == HOSPITAL).sum() == round(30_000 * 9 / 1000)
    residents = (parts.kind == CARE) & (parts.age == 15)
    assert 0.02 < residents.sum() / (parts.age == 15).sum() < 0.06
    assert (parts.size[residents] == 1).all()
    units = np.unique(parts.group[residents])
    assert np.isin(units, parts.group[(parts.kind == CARE) & (parts.age < 13)]).all()


def test_pupils_of_a_class_are_of_neighbouring_ages_and_zones():
    whole = made(200_000).city
    parts = apart(whole)
    pupils = (parts.kind == SCHOOL) & (parts.age <= 2)
    for values, most in ((parts.age, 1), (parts.zone, 15)):
        low, high = np.full(parts.group.max() + 1, 1 << 30), np.full(parts.group.max() + 1, -1)
        np.minimum.at(low, parts.group[pupils], values[pupils])
        np.maximum.at(high, parts.group[pupils], values[pupils])
        assert (high - low)[high >= 0].max() <= most


def test_firms_have_a_heavy_tail():
    whole = made(200_000).city
    start, last = whole.institution_start.astype(np.int64), whole.group_start[1:-1].astype(np.int64)
    parts = apart(whole)
    kind = parts.kind[whole.members[last]]
    firms = np.unique(whole.institution[1:][kind == WORK])
    size = np.diff(start)[firms]
    assert np.median(size) <= 4
    assert size.max() > 300
    # P(size >= s) falls by about 10 ** 1.059 from 4 to 40.
    assert 5 < (size >= 4).sum() / (size >= 40).sum() < 25


def test_positions_in_a_group_are_in_random_order():
    whole = made(200_000).city
    start = whole.group_start.astype(np.int64)
    size = np.diff(start)
    full = np.flatnonzero(size >= 20)
    rising = [np.mean(np.diff(whole.members[start[g] : start[g + 1]].astype(np.int64)) > 0) for g in full]
    assert abs(np.mean(rising) - 0.5) < 0.02


def test_nobody_lives_without_an_adult_where_there_are_adults_enough():
    parts = apart(made().city)
    assert (parts.age[parts.home == 0] >= 3).all()
    children = parts.age <= 2
    head = np.flatnonzero(children) - parts.home[children]
    gap = parts.age[head] - parts.age[children]
    assert np.quantile(gap, 0.05) >= 4  # bands of five years
    assert np.quantile(gap, 0.95) <= 8


def test_a_zone_of_children_only_has_households():
    whole = make_city(zones(population=[40], age_0_9=[40], **{"age_10": [0]}))
    check_whole(whole)
    assert (apart(whole).age <= 1).all()


def test_zones_follow_a_curve_that_keeps_neighbours_near():
    side = 16
    random = np.random.default_rng(3)
    cell = random.permutation(side * side)
    totals = zones(population=[10] * side**2, latitude=(cell // side) / 100, longitude=(cell % side) / 100)
    whole = make_city(totals)
    place = dict(zip(totals["zone_id"], zip(cell // side, cell % side, strict=True), strict=True))
    path = np.array([place[zone] for zone in whole.zone_ids])
    steps = np.abs(np.diff(path, axis=0)).sum(axis=1)
    assert steps.max() <= 2
    assert np.mean(steps == 1) > 0.9


def test_without_coordinates_zones_keep_the_order_of_the_file():
    totals = zones(population=[30, 20, 10])
    assert make_city(totals).zone_ids == ("z00", "z01", "z02")


@pytest.mark.slow
def test_a_million_people():
    totals = totals_of(1_000_000, 4)
    whole = build_city(totals, seed=4)
    check_whole(whole.city)
    assert whole.city.bytes_a_person < 12
