"""The loop of a drill, its baselines and scores; a second world of a few lines shows that the interface suffices."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
import pytest

from douse.errors import DataError, UsageError
from douse.library import Costs, Pathogen, Protocol, load
from douse.planning.drill import decider as deciders
from douse.planning.drill.baselines import BASELINES, Citywide
from douse.planning.drill.board import against, daily, scoreboard
from douse.planning.drill.decider import Brief, Policy
from douse.planning.drill.kept import line_of, read_lines
from douse.planning.drill.loop import MOST_HIDDEN, Drilled, run_drill
from douse.planning.drill.many import Task, play, play_all, tasks_of
from douse.planning.drill.registry import named
from douse.planning.drill.score import community_zero, quantities_of, score_of
from douse.planning.drill.setting import whole_rows
from douse.planning.drill.simulated_world import first_seen
from douse.planning.drill.world import Truth, World
from douse.planning.make import make_plan
from douse.records import ZoneTree
from douse.records.records import Records
from douse.situation import describe
from douse.tracing import trace
from drill_inputs import a_setting, level

pytestmark = pytest.mark.slow

FIRST = date(2026, 3, 2)


class ToyWorld:
    """Two villages of 100; each infected person infects some others on the next day, fewer where there is a level."""

    def __init__(self, seed=1, cases=True):
        self.luck, self.cases, self.day = random.Random(seed), cases, -1
        self.infected = [[2, 0]]
        self.told, self.counts, self.levels = [], {"infections": [], "cases": [], "people_lockdown": []}, {}

    @property
    def today(self):
        return FIRST + timedelta(days=self.day)

    def advance(self):
        self.day += 1
        now = self.infected[-1]
        level = [village in self.levels for village in "ab"]
        self.counts["infections"].append(sum(now))
        self.counts["people_lockdown"].append(100 * sum(level))
        found = (
            [village for village, number in zip("ab", now, strict=True) for _ in range(number)] if self.cases else []
        )
        self.told += [(village, self.day) for village in found]
        self.counts["cases"].append(len(found))
        self.infected.append([self._infects(number, closed) for number, closed in zip(now, level, strict=True)])
        self.infected[-1][1] += sum(now) > 6

    def _infects(self, number, closed):
        return min(100, sum(self.luck.choice([0, 1, 1, 3]) for _ in range(number))) if not closed else number // 2

    def records(self, day):
        zones = whole_rows("zones", pl.DataFrame({
            "record_id": ["all", "a", "b"], "zone_id": ["all", "a", "b"], "parent_zone": [None, "all", "all"],
            "kind": ["city", "estate", "estate"], "population": [None, 100, 100],
        }))  # fmt: skip
        ids = [f"k{n}" for n in range(len(self.told))]
        told = [datetime.combine(FIRST + timedelta(days=day), time(12)) for _, day in self.told]
        cases = whole_rows("cases", pl.DataFrame(
            {"record_id": ids, "case_id": ids, "zone": [zone for zone, _ in self.told], "recorded_at": told},
            schema={"record_id": pl.String, "case_id": pl.String, "zone": pl.String, "recorded_at": pl.Datetime("us")},
        ))  # fmt: skip
        return Records({"zones": zones, "cases": cases}, frozenset({"zones", "cases"}))

    def apply(self, measures):
        within = {"all": ("a", "b"), "a": ("a",), "b": ("b",)}
        self.levels = {village for one in measures if one.level == "lockdown" for village in within[one.zone]}

    def truth(self):
        over = sum(self.infected[-1]) == 0
        return Truth(FIRST, {name: np.array(days, np.float64) for name, days in self.counts.items()}, over)


def brief(pathogen="sars-cov-2-wild", protocol="who-generic"):
    return Brief(load(Pathogen, pathogen), load(Protocol, protocol), load(Costs, "generic"))


def test_another_world_can_be_played_against():
    world: World = ToyWorld()
    closed = run_drill(world, BASELINES["citywide"](brief()), 30, quiet_from=20)
    open_ = run_drill(ToyWorld(), BASELINES["trace-only"](brief()), 30)
    assert closed.truth.of("infections").sum() < open_.truth.of("infections").sum()
    assert closed.after.over
    assert closed.start == open_.start == 0
    score = score_of(closed, a_setting())
    assert score.over_days is not None
    assert score.in_time
    assert score.quantities.restricted == closed.truth.of("people_lockdown").sum() > 0


def test_rules_can_be_played_against_it_too():
    drilled = run_drill(ToyWorld(2), BASELINES["rules"](brief()), 20)
    assert len(drilled.truth) == drilled.start + 21


def test_a_person_may_approve_less_than_is_proposed():
    seen = []

    def nothing(measures, day):
        seen.append((day, len(measures)))
        return ()

    drilled = run_drill(ToyWorld(), BASELINES["citywide"](brief()), 10, approve=nothing)
    assert drilled.truth.of("people_lockdown").sum() == 0
    assert [day for day, _ in seen] == [FIRST + timedelta(days=n) for n in range(10)]
    assert max(n for _, n in seen) == 1


def test_a_world_in_which_nobody_finds_anything_is_refused():
    with pytest.raises(UsageError, match=f"{MOST_HIDDEN} days"):
        run_drill(ToyWorld(cases=False), BASELINES["none"](brief()), 10)


def test_trace_only_is_the_world_left_to_its_department():
    world, direct = first_seen(a_setting(), 3), first_seen(a_setting(), 3)
    drilled = run_drill(world, BASELINES["trace-only"](brief()), 30)
    direct.run.run(days=30)
    assert drilled.truth.of("infections").tolist() == direct.truth().of("infections").tolist()
    assert drilled.truth.of("cases").tolist() == direct.truth().of("cases").tolist()


def test_who_decides_nothing_leaves_the_world_as_it_is():
    class Nothing:
        def decide(self, known, day):
            return ()

    drilled = run_drill(first_seen(a_setting(), 3), Policy("nothing", Nothing()), 30)
    left = run_drill(first_seen(a_setting(), 3), BASELINES["trace-only"](brief()), 30)
    assert drilled.truth.of("infections").tolist() == left.truth.of("infections").tolist()


def test_nobody_decides_on_more_than_is_known():
    days = []

    class Looks:
        def decide(self, known, day):
            days.append(day)
            assert known.known_at.date() == day
            assert all(
                frame.filter(pl.col("recorded_at").dt.date() > day).is_empty() for frame in known.frames.values()
            )
            return (level("city", start=day),)

    world = first_seen(a_setting(), 3)
    run_drill(world, Policy("looks", Looks()), 12)
    assert days == [days[0] + timedelta(days=n) for n in range(12)]
    assert (world.truth().of("people_lockdown")[-12:] == len(a_setting().city)).all()


def known_with(*told):
    zones = ToyWorld().records(FIRST).table("zones")
    cases = whole_rows("cases", pl.DataFrame(
        {"record_id": [f"k{n}" for n in range(len(told))], "case_id": [f"k{n}" for n in range(len(told))],
         "recorded_at": [datetime.combine(FIRST + timedelta(days=day), time(12)) for day in told]},
    ))  # fmt: skip
    return Records({"zones": zones, "cases": cases}, frozenset({"zones", "cases"}))


def test_the_city_is_locked_down_until_the_days_without_a_case_have_passed():
    city = Citywide(brief())
    held = []
    for day in range(30):
        today = FIRST + timedelta(days=day)
        held.append(len(city.decide(known_with(0, 4, 20).as_of(today), today)))
    assert held == [1] * 11 + [0] * 9 + [1] * 7 + [0] * 3  # seven days after the case of day 4, and of day 20


def test_where_a_protocol_knows_no_lockdown_it_lasts_an_incubation_period():
    city = Citywide(brief("ebola", "ebola"))
    held = [
        len(city.decide(known_with(0).as_of(FIRST + timedelta(days=d)), FIRST + timedelta(days=d))) for d in range(25)
    ]
    assert sum(held) == 21


def test_the_rules_of_the_protocol_put_levels_on_the_smallest_zones():
    world = first_seen(a_setting(), 3)
    policy = BASELINES["rules"](brief())
    drilled = run_drill(world, policy, 30)
    measures = world.records(world.today).as_of(world.today).table("measures")
    assert set(measures["kind"]) == {"level"}
    people = drilled.truth
    assert 0 < (people.of("people_control") + people.of("people_lockdown")).max() <= len(a_setting().city)


@pytest.mark.parametrize("more", ["trace-only", "citywide"])
def test_a_stronger_response_never_infects_more_people_over_some_worlds(more):
    infections = {
        name: sum(play(a_setting(), Task(name, n, 1, 30)).score.quantities.infections for n in range(6))
        for name in ("none", more)
    }
    assert infections[more] < infections["none"]


def test_results_are_the_same_whoever_plays():
    tasks = tasks_of(["trace-only", "rules"], 2, seed=4, days=12)
    told = []
    one = play_all(a_setting(), tasks, done=told.append)
    again = [play(a_setting(), task) for task in reversed(tasks)][::-1]
    assert [result.task for result in told] == tasks
    for mine, other in zip(one, again, strict=True):
        assert mine.score == other.score
        assert {name: days.tolist() for name, days in mine.daily.items()} == {
            name: days.tolist() for name, days in other.daily.items()
        }
    assert one[0].score.start == one[1].score.start  # the same world


def test_an_unknown_policy_is_refused_with_what_there_is():
    with pytest.raises(UsageError, match="no policy magic") as refused:
        named("magic", brief())
    assert "citywide" in str(refused.value.allowed)
    read = deciders.policy_named("p.toml", brief(), {}, from_file=lambda path, _: Policy(path.name, None))
    assert read.name == "p.toml"


def test_no_drills_are_refused():
    with pytest.raises(UsageError, match="0 drills"):
        tasks_of(["none"], 0, seed=1, days=3)


@pytest.mark.parametrize(
    ("found", "zero"),
    [([1, 0, 0, 0], 1), ([1, 0, 0], None), ([0, 0, 0], 0), ([1, 0, 0, 0, 1], None), ([3, 0, 0, 0, 1, 0, 0, 0, 0], 5)],
)
def test_community_zero_is_the_first_day_after_which_nobody_is_found_outside(found, zero):
    assert community_zero(np.array(found, np.float64), brief().protocol) == zero  # of 3 days


def test_what_a_drill_took_is_counted_from_the_first_case_on_record():
    truth = Truth(FIRST, {
        "infections": np.array([2.0, 1, 4, 0]), "people_lockdown": np.array([10.0, 10, 20, 0]),
        "people_control": np.array([0.0, 0, 0, 100]), "tests": np.array([9.0, 3, 2, 1]),
        "tubes": np.array([9.0, 8, 2, 1]),
        "in_hospital": np.array([0.0, 1, 3, 1]), "in_quarantine_home": np.array([5.0, 5, 6, 7]),
    }, over=True)  # fmt: skip
    took = quantities_of(truth, 1, brief().protocol)
    assert took.infections == 7
    assert took.restricted == pytest.approx(30 + 100 * 0.3)
    assert (took.single_tests, took.pooled_tubes, took.quarantine_home) == (6, 5, 18)
    setting = a_setting()
    beds = setting.beds("beds")
    score = score_of(Drilled("x", 1, 2, truth, truth), setting)
    assert score.beds_short == sum(max(0.0, n - beds) for n in (1, 3, 1))
    assert (score.over_days, score.in_time, score.apart) == (2, True, 18)
    assert score.spent.measures > score.spent.economic > 0


def test_the_scoreboard_takes_middles_and_pairs_drills_of_one_world():
    results = play_all(a_setting(), tasks_of(["none", "citywide"], 4, seed=2, days=25))
    board = scoreboard(results)
    shares = {row["policy"]: row["median"] for row in board.filter(what="in_time").iter_rows(named=True)}
    assert all(share in {0, 0.25, 0.5, 0.75, 1} for share in shares.values())
    assert board.filter(what="restricted", policy="none").select("median", "q95").row(0) == (0, 0)
    pairs = against(results, "none").filter(what="infections").row(0, named=True)
    mine = [
        one.score.quantities.infections - other.score.quantities.infections
        for one, other in zip(results[1::2], results[::2], strict=True)
    ]
    assert (pairs["policy"], pairs["n"], pairs["median"]) == ("citywide", 4, np.median(mine))
    assert daily(results).height == 8 * 26


def test_an_outbreak_that_does_not_end_is_later_than_all_that_do():
    one = play(a_setting(), Task("none", 0, 2, 5))
    ends = [replace(one, score=replace(one.score, over_days=days)) for days in (3, 9, None, None)]
    row = scoreboard(ends).filter(what="over_days").row(0, named=True)
    assert (row["n"], row["median"], row["q05"], row["q95"]) == (2, 9, 3, None)


def test_results_are_kept_line_by_line_and_read_again(tmp_path):
    results = play_all(a_setting(), tasks_of(["rules"], 2, seed=2, days=10))
    path = tmp_path / "kept.jsonl"
    path.write_text("".join(line_of(result) + "\n" for result in results) + '{"task": {"pol', encoding="utf-8")
    again = read_lines(path)
    assert [result.task for result in again] == [result.task for result in results]
    assert [result.score for result in again] == [result.score for result in results]
    assert again[0].daily["cases"].tolist() == results[0].daily["cases"].tolist()
    assert read_lines(tmp_path / "none.jsonl") == []
    path.write_text("no drill\n" + line_of(results[0]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 1"):
        read_lines(path)


def test_the_rules_at_a_glance_are_those_of_the_plan():
    world, setting = first_seen(a_setting(), 3), a_setting()
    glanced = BASELINES["rules"](brief()).decider
    levels = 0
    for _ in range(12):
        known = world.records(world.today).as_of(world.today)
        zones = ZoneTree(known)
        situation = describe(known, zones, setting.pathogen, setting.protocol)
        traced = trace(known, situation, zones, setting.pathogen, setting.protocol)
        plan = make_plan(known, situation, (), traced, zones, setting.pathogen, setting.protocol, setting.costs)
        mine = glanced.decide(known, world.today)
        assert {one.zone: one.level for one in mine} == plan.levels
        levels += len(mine)
        world.apply(mine)
        world.advance()
    assert levels > 5
