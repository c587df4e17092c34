"""More of a measure never gives more infections on average; what makes an illness worse does.

Pairs of runs share their luck, so that a small number of them tells the direction.
"""

from functools import cache

import numpy as np
import pytest

from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates
from douse.simulation.response import Response, outside_only
from douse.simulation.scenario import HISTORY, Immunity, Variant
from douse.simulation.seeds import make_seeds
from douse.simulation.zoning import Order, Zoning, no_zoning
from simulation_inputs import a_scenario, a_varied_course, quantiles, small_town, varied_contacts

ZONES = 10
PEOPLE = 6000
SEEDS = 40
DAYS = 80
town = cache(lambda: small_town(PEOPLE, zones=ZONES))
start = cache(lambda: make_seeds(np.arange(20) * 300 + 7))


def closed_stays():
    left = np.ones((5, 8))
    left[1], left[2], left[3], left[4] = outside_only(0.0, 0.7), 0.0, outside_only(0.0, 0.4), 0.0
    return left


def level_lockdown(left=0.05):
    table = np.ones((4, 8))
    table[3] = outside_only(left)
    return table


TESTING = {"seek_share": 0.6, "seek_delay": quantiles([0, 1, 2]), "isolation_days": 10.0, "stay_open": closed_stays()}
TRACING = TESTING | {
    "traces": True, "recall": np.array([1, 0.9, 0.7, 0.2, 0.2, 0.5, 0.4, 0]), "quarantine_days": 10.0,
    "quarantine_stay": 1, "test_days": (1, 4), "reached_share": 0.9, "lookback_ill": 3.0,
}  # fmt: skip


def lockdown_at(cases, *, orders=()):
    unit, threshold = np.full((4, ZONES), -1, np.int32), np.zeros((4, ZONES), np.int32)
    unit[3], threshold[3] = range(ZONES), cases
    rules = np.zeros((4, 6), np.int64)
    rules[3] = [7, 14, 0, 0, 0, 0]
    return Zoning(unit, threshold, rules, 1, orders)


def order(first, last, bits=3):
    plain = no_zoning(ZONES)
    orders = (Order(np.arange(ZONES), bits, first, last),)
    return Zoning(plain.unit_of, plain.threshold, plain.level_rules, 1, orders)


def infections(measures=None, zoning=None, *, seeds=None, count=None, **changes):
    """Infections of each of some runs."""
    rates = Rates(0.35, 0.14, 0.0, varied_contacts(), changes.pop("course", None) or a_varied_course())
    scenario = a_scenario(
        town(), rates, Response(**measures) if measures else None, zoning, **({"days": DAYS, "scale": 3.0} | changes)
    )
    run, found = None, []
    for seed in range(1, SEEDS + 1):
        if run is None:
            run = Outbreak(scenario, seeds or start(), seed=seed)
        else:
            run.begin(seeds or start(), seed)
        run.run()
        found.append(count(run) if count else run.log_end[run.day])
    return np.array(found, float)


def fewer(more, less, errors=2.0):
    """Fewer, clearly: by twice the standard error of the differences of the logarithms within the pairs."""
    difference = np.log(more + 1) - np.log(less + 1)
    assert difference.mean() < -errors * difference.std(ddof=1) / np.sqrt(len(difference))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("common", "less", "more"),
    [
        (TESTING, {"seek_share": 0.2}, {"seek_share": 0.9}),
        (TESTING, {"seek_delay": quantiles([4, 5, 6])}, {"seek_delay": quantiles([0])}),
        (TESTING, {"result_days": 5}, {"result_days": 1}),
        (TESTING, {"laboratory": 4.0}, {"laboratory": 500.0}),
        (TESTING, {"obeys_isolation": 0.2}, {"obeys_isolation": 1.0}),
        (TESTING, {"isolation_days": 2.0}, {"isolation_days": 14.0}),
        (TESTING, {"beds": 0.0, "obeys_isolation": 0.3}, {"beds": np.inf, "obeys_isolation": 0.3}),
        (TESTING, {"ill_at_home": 0.0}, {"ill_at_home": 0.8}),
        (TRACING, {"traces": False}, {"traces": True}),
        (TRACING, {"reached_share": 0.2}, {"reached_share": 1.0}),
        (TRACING, {"tracers": 2.0}, {"tracers": 200.0}),
        (TRACING, {"obeys_quarantine": 0.1}, {"obeys_quarantine": 1.0}),
        (TRACING, {"quarantine_days": 2.0}, {"quarantine_days": 14.0}),
        (TRACING, {"quarantine_stay": 1}, {"quarantine_stay": 2}),
        (TRACING, {"reach_delay": quantiles([6])}, {"reach_delay": quantiles([1])}),
        (TRACING, {"ring_two_days": 0.0}, {"ring_two_days": 10.0}),
        (TRACING | {"backward_days": 0.0}, {}, {"backward_days": 10.0}),
        (TRACING | {"quarantine_days": 0.0}, {}, {"ring_vaccination": True, "vaccine_protects": 0.9}),
    ],
    ids=lambda value: ",".join(value) if len(value) < 4 else "",
)  # fmt: skip
def test_more_of_a_measure_gives_fewer_infections(common, less, more):
    fewer(infections(common | more), infections(common | less))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "less"),
    [(lockdown_at(1), lockdown_at(8)), (order(10, 30), order(30, 50)), (order(10, 50), order(10, 20)),
     (order(10, 60, bits=3), order(10, 60, bits=4)), (order(5, 60, bits=12), order(5, 60, bits=4))],
    ids=["threshold", "earlier", "longer", "stricter", "schools and work"],
)  # fmt: skip
def test_earlier_longer_and_stricter_levels_give_fewer_infections(more, less):
    measures = TESTING | {"level_open": level_lockdown()}
    fewer(infections(measures, more), infections(measures, less))


@pytest.mark.slow
def test_screening_rounds_find_cases_earlier():
    measures = TESTING | {"seek_share": 0.2}
    orders = tuple(Order(np.arange(ZONES), 0, day, day, screening=True) for day in range(6, 60, 3))
    none = no_zoning(ZONES)
    rounds = Zoning(none.unit_of, none.threshold, none.level_rules, 1, orders)
    fewer(infections(measures, rounds), infections(measures))


@pytest.mark.slow
def test_entry_quarantine_keeps_arrivals_from_infecting():
    closed = {"stay_open": closed_stays()}
    day = np.repeat([0, 4, 8], 7)
    free = make_seeds(np.arange(21) * 280, infected=day, day=day)
    kept = make_seeds(np.arange(21) * 280, infected=day, day=day, stay=2, until=day + 14)
    fewer(infections(closed, seeds=kept), infections(closed, seeds=free))
    assert (infections(closed, seeds=kept) == 21).all()  # 14 days outlast the illness of this course in all


@pytest.mark.slow
def test_a_level_that_follows_another_ends():
    rules = np.zeros((4, 6), np.int64)
    rules[2], rules[3] = [7, 5, 0, 0, 0, 0], [7, 5, 2, 6, 0, 0]
    unit, threshold = np.full((4, ZONES), -1, np.int32), np.zeros((4, ZONES), np.int32)
    unit[2], unit[3] = 0, 0
    threshold[3, 0] = 1
    found = make_seeds([5], infected=-5)
    measures = TESTING | {"seek_share": 1.0, "level_open": level_lockdown(0.0), "seek_delay": quantiles([2])}
    rates = Rates(0.0, 0.0, 0.0, varied_contacts(), a_varied_course(symptomatic=np.ones(16)))
    scenario = a_scenario(town(), rates, Response(**measures), Zoning(unit, threshold, rules, 1, ()), days=60)
    for seed in range(1, 40):
        run = Outbreak(scenario, found, seed=seed)
        levels = [int(run.run(days=1).levels.day_people[:, HISTORY + day].argmax()) for day in range(60)]
        if 3 in levels:  # found: lockdown for 5 days without a case, control for 6
            assert levels[levels.index(3) :][:5] == [3] * 5
            assert levels.count(2) == 6
            assert levels[-1] == 0
            break
    else:
        pytest.fail("no run found its case")


@pytest.mark.slow
def test_a_more_transmissible_variant_grows():
    def share_of_second(run):
        days = np.diff(run.log_end[HISTORY : run.day + 1])
        variant = (run.log[: run.log_end[run.day], 2] >> 3) & 1
        late = np.repeat(np.arange(len(days)), days) >= 25
        return variant[late].mean() if late.any() else np.nan

    seeds = make_seeds(np.arange(40) * 150, variant=np.arange(40) % 2)
    worse = infections(seeds=seeds, count=share_of_second, variant=Variant(1.6))
    alike = infections(seeds=seeds, count=share_of_second, variant=Variant(1.0))
    milder = infections(seeds=seeds, count=share_of_second, variant=Variant(0.6))
    assert np.nanmean(milder) < np.nanmean(alike) - 0.1
    assert np.nanmean(alike) < np.nanmean(worse) - 0.1
    assert np.nanmean(alike) == pytest.approx(0.5, abs=0.1)


@pytest.mark.slow
def test_transmission_masks_and_seasons():
    usual = infections(scale=1.5)
    fewer(usual, infections(scale=2.0))
    masks = {"masks": np.array([1, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 1])}
    worn, early = infections(masks, scale=2.0, masks_from=20), infections(masks, scale=2.0, masks_from=0)
    fewer(early, worn)
    fewer(worn, infections(masks, scale=2.0))
    fewer(infections(scale=2.0, season=np.full(DAYS, 0.7)), infections(scale=2.0))


@pytest.mark.slow
def test_immunity_and_its_waning():
    def cover(half_life, protects=0.8, kept=1.0):
        return {"immunity": Immunity(np.full((2, 16), 0.5), (protects, protects), (half_life, half_life))}

    full, waning = infections(**cover(np.inf)), infections(**cover(20.0))
    fewer(full, waning)
    fewer(waning, infections())
    strain = make_seeds(np.arange(20) * 300, variant=1)
    escapes = infections(seeds=strain, variant=Variant(1.0, 0.3), **cover(np.inf))
    fewer(infections(seeds=strain, **cover(np.inf)), escapes)


@pytest.mark.slow
def test_people_whose_protection_wanes_are_infected_again():
    day = np.r_[np.zeros(20, int), np.arange(90, 150)]  # the illness is brought back when the first wave is over
    settings = {"days": 240, "scale": 5.0, "seeds": make_seeds(np.arange(80) * 73 + 7, infected=day, day=day)}
    never, later, soon = (infections(again=again, **settings) for again in ((1.0, np.inf), (0.8, 200.0), (0.3, 60.0)))
    fewer(never, later)
    fewer(later, soon)
    assert never.max() <= PEOPLE


def test_vaccines_spare_hospitals():
    def severe(run):
        return run.by_age[0, 2:].sum()

    covered = {"cover": np.array([np.zeros(16), np.full(16, 0.8)])}
    fewer(
        infections(count=severe, immunity=Immunity(**covered, against_severe=0.9)),
        infections(count=severe, immunity=Immunity(**covered, against_severe=0.0)),
    )
