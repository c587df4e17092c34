"""A run is a function of its scenario, its infections and its seed, and of nothing else."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from douse.errors import DataError
from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import INFECTED_MASK, PERSONAL_MASK
from douse.simulation.outbreak import Outbreak
from douse.simulation.rates import Rates
from douse.simulation.response import Response, outside_only
from douse.simulation.saved_run import open_run, save_run
from douse.simulation.scenario import HISTORY, Variant
from douse.simulation.seeds import make_seeds
from douse.simulation.zoning import Order, Zoning, no_zoning
from simulation_inputs import a_scenario, a_varied_course, quantiles, small_town, varied_contacts

ZONES = 8
PEOPLE = 8000
town = cache(lambda: small_town(PEOPLE, zones=ZONES))


def rates(water=0.0):
    course = a_varied_course(environment=(0.3, 2.0) if water else None)
    return Rates(0.4, 0.13, water, varied_contacts(), course)


def measures(**changes):
    closed = np.ones((5, 8))
    closed[1], closed[2], closed[3], closed[4] = outside_only(0.1), 0.0, outside_only(0.1, 0.5), 0.0
    left = np.ones((4, 8))
    left[3] = outside_only(0.2)
    settings = {
        "seek_share": 0.5, "seek_delay": quantiles([0, 1, 2, 3]), "laboratory": 40.0, "specificity": 0.98,
        "traces": True, "recall": np.array([1, 0.8, 0.4, 0.1, 0.1, 0.3, 0.2, 0]), "backward_days": 4.0,
        "tracers": 60.0, "quarantine_days": 7.0, "test_days": (3,), "ring_two_days": 4.0, "isolation_days": 8.0,
        "beds": 30.0, "ring_vaccination": True, "doses": 20.0, "vaccine_protects": 0.7, "screening_specificity": 0.999,
        "stay_open": closed, "level_open": left,
    }  # fmt: skip
    return Response(**(settings | changes))


def zoning():
    unit = np.full((4, ZONES), -1, np.int32)
    unit[3] = range(ZONES)
    threshold, rules = np.zeros((4, ZONES), np.int32), np.zeros((4, 6), np.int64)
    threshold[3], rules[3] = 12, [7, 6, 0, 0, 0, 3]
    return Zoning(unit, threshold, rules, 1, (Order(np.array([0]), 4, 5, 9),))


def scenario(*, controls, **changes):
    settings = {"days": 60, "scale": 6.0, "variant": Variant(1.3)} | changes
    if not controls:
        return a_scenario(town(), rates(water=0.5), **settings)
    return a_scenario(town(), rates(), measures(), zoning(), **settings)


def seeds():
    return make_seeds(
        np.r_[np.arange(40) * 200, 77, 4321], infected=np.r_[np.zeros(40, int) - 3, 12, 20],
        day=np.r_[np.zeros(40, int), 12, 20], variant=np.r_[np.arange(40) % 2, 0, 1],
    )  # fmt: skip


def everything(run):
    """All that a run tells, as bytes; rows of the side table are by the order of the run."""
    log, lines = run.log[: run.log_end[run.day]], run.lines[: run.scalars[columns.LINES]]
    told = (
        log, lines, run.log_end, run.state & PERSONAL_MASK, run.by_age.sum(axis=0), run.by_zone.sum(axis=0),
        run.beds.sum(axis=0), run.staying, run.series, run.levels.regime, run.levels.day_people,
    )  # fmt: skip
    return [part.tobytes() for part in told]


both = pytest.mark.parametrize("controls", [False, pytest.param(True, marks=pytest.mark.slow)])


@pytest.mark.slow
@both
def test_shards_and_threads_do_not_matter(controls):
    one = Outbreak(scenario(controls=controls), seeds(), seed=3).run()
    assert one.log_end[one.day] > 1000
    assert np.diff(one.log_end).max() > 100  # so that many people are infected twice on a day
    expected = everything(one)
    for shards, threads in ((2, 1), (2, 2), (4, 1), (4, 2), (3, 3)):
        run = Outbreak(scenario(controls=controls), seeds(), seed=3, shards=shards).run(threads=threads)
        assert everything(run) == expected, (shards, threads)


@both
def test_to_begin_again_is_to_begin_anew(controls):
    plan = scenario(controls=controls)
    other = make_seeds([5, 6, 700], infected=[-2, 0, 0], stay=[0, 2, 0], until=[0, 9, 0], variant=1)
    again = Outbreak(plan, seeds(), seed=1, shards=2).run()
    for seed, begun, days in ((2, other, 60), (3, seeds(), 21), (4, seeds(), 60), (4, other, 60)):
        again.begin(begun, seed)
        fresh = Outbreak(plan, begun, seed=seed, shards=2)
        assert everything(again.run(days)) == everything(fresh.run(days)), seed


@both
def test_to_stop_and_go_on_is_to_run_through(controls):
    plan = scenario(controls=controls)
    through = Outbreak(plan, seeds(), seed=5, shards=2).run()
    stopped = Outbreak(plan, seeds(), seed=5, shards=2)
    for days in (1, 13, 0, 7, 500):
        stopped.run(days=days)
    assert stopped.day == through.day == HISTORY + 60
    assert everything(stopped) == everything(through)


@both
@pytest.mark.parametrize("days", [1, 20, 60])
def test_to_save_and_go_on_is_to_run_through(controls, days, tmp_path):
    plan = scenario(controls=controls)
    through = Outbreak(plan, seeds(), seed=5, shards=2).run()
    save_run(Outbreak(plan, seeds(), seed=5, shards=2).run(days=days), tmp_path / "run.npz")
    opened = open_run(tmp_path / "run.npz", plan)
    assert opened.day == HISTORY + days
    assert everything(opened.run()) == everything(through)
    opened.begin(seeds(), 6)  # and what it wrote can be taken back
    assert everything(opened.run(30)) == everything(Outbreak(plan, seeds(), seed=6, shards=2).run(30))


@pytest.mark.parametrize(
    "changed",
    [
        {"response": {"recall": np.full(8, 0.1)}}, {"response": {"reach_delay": quantiles([3])}},
        {"response": {"test_days": (2,)}}, {"course": {"strength": np.ones(4096)}},
        {"course": {"sensitivity": np.full(64, 0.5)}}, {"course": {"susceptibility": np.full(16, 0.5)}},
        {"course": {"severe": np.full(16, 0.5)}}, {"course": {"symptomatic": np.full(16, 0.1)}},
        {"again": (0.5, 30.0)}, {"variant": Variant(1.1)}, {"variant": Variant(1.3, 0.5)},
        {"days": 59}, {"weekday": 2}, {"masks_from": 3, "response": {"masks": np.full(8, 0.5)}},
    ],
    ids=lambda changed: "-".join(
        f"{key} {','.join(value)}" if isinstance(value, dict) else key for key, value in changed.items()
    ),
)  # fmt: skip
def test_a_saved_run_is_of_one_scenario(changed, tmp_path):
    def plan(response=None, course=None, **changes):
        made = replace(rates(), course=replace(rates().course, **(course or {})))
        settings = {"days": 60, "scale": 6.0, "variant": Variant(1.3)} | changes
        return a_scenario(town(), made, measures(**(response or {})), zoning(), **settings)

    save_run(Outbreak(plan(), make_seeds([])), tmp_path / "run.npz")
    open_run(tmp_path / "run.npz", plan())
    with pytest.raises(DataError, match="another city, disease or plan"):
        open_run(tmp_path / "run.npz", plan(**changed))


def test_who_is_infected_is_the_same_with_and_without_the_log():
    plan = scenario(controls=False)
    kept, not_kept = Outbreak(plan, seeds(), seed=5), Outbreak(plan, seeds(), seed=5, keep=False)
    assert (kept.run().state == not_kept.run().state).all()
    assert (kept.by_age == not_kept.by_age).all()
    not_kept.begin(seeds(), 6)
    assert (not_kept.run().state == Outbreak(plan, seeds(), seed=6).run().state).all()


@pytest.mark.slow
def test_two_policies_meet_the_same_luck_until_they_differ():
    city = town()
    late = Order(np.arange(ZONES), 3, 25, 50)
    orders = [
        Zoning(*(getattr(no_zoning(ZONES), name) for name in ("unit_of", "threshold", "level_rules")), 1, some)
        for some in ((late,), (late, Order(np.arange(2), 3, 18, 24)))
    ]
    nothing = Outbreak(a_scenario(city, rates(), days=60, scale=4.0), seeds(), seed=8).run()
    plain = measures(seek_share=0.0, traces=False)
    first, second = (
        Outbreak(a_scenario(city, rates(), plain, one, days=60, scale=4.0), seeds(), seed=8).run() for one in orders
    )
    upto = [int(nothing.log_end[HISTORY + day]) for day in (18, 25)]
    assert (nothing.log[: upto[1]] == first.log[: upto[1]]).all()  # nothing differs before day 25
    assert (first.log[: upto[0]] == second.log[: upto[0]]).all()  # nor before day 18
    assert first.log_end[first.day] < nothing.log_end[nothing.day]
    same = (first.log_end != second.log_end).argmax()
    assert same >= HISTORY + 19
    # infections outside the two zones go on as they were for days: one luck, address by address
    elsewhere = [run.log[upto[0] : run.log_end[HISTORY + 22]] for run in (first, second)]
    met = [{tuple(row) for row in log if row[0] >= city.zone_start[2]} for log in elsewhere]
    assert len(met[0] & met[1]) > 0.9 * len(met[0])


def test_seeds_of_luck_differ():
    plan = scenario(controls=False)
    ends = {int(Outbreak(plan, seeds(), seed=seed).run(40).state.astype(np.int64).sum()) for seed in range(5)}
    assert len(ends) == 5
    assert (Outbreak(plan, seeds(), seed=1).run(3).state & INFECTED_MASK).astype(bool).sum() >= 40


def test_a_run_that_was_changed_is_gone_on_with_as_it_was(tmp_path):
    begun = a_scenario(small_town(), rates(), measures(), days=40)
    orders = (Order(np.array([0, 1]), 3, 12, 20), Order(np.array([2]), 0, 15, 15, screening=True))
    runs = [Outbreak(begun, make_seeds([3, 60, 111]), seed=4, names=True).run(days=10) for _ in range(2)]
    for run in runs:
        run.change(orders=orders)
        run.run(days=12)
        run.change(orders=())
        run.run(days=3)
    save_run(runs[0], tmp_path / "run.npz")
    again = open_run(tmp_path / "run.npz", runs[0].scenario)
    again.run(days=15)
    runs[1].run(days=15)
    assert again.series.tolist() == runs[1].series.tolist()
    assert again.levels.regime.tolist() == runs[1].levels.regime.tolist()
    assert (
        again.names[: again.scalars[columns.NAMES]].tolist() == runs[1].names[: runs[1].scalars[columns.NAMES]].tolist()
    )
    assert again.levels.day_people[3].max() > 0
