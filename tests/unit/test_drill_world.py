"""A drill's world: records show what is known by then and nothing else; truth is conserved; luck is the same."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from douse.kernels import epidemic_columns as columns
from douse.kernels.epidemic_layout import STAYS
from douse.planning.drill.simulated_world import SimulatedWorld, first_seen, hidden
from douse.records import ZoneTree
from douse.records.tables import TABLES
from douse.simulation.outbreak import Outbreak
from douse.simulation.scenario import HISTORY, MOST_DAYS, Scenario
from douse.situation import describe
from douse.tracing import trace
from drill_inputs import a_setting, level

pytestmark = pytest.mark.slow


def played(seed=3, days=25, measures=()):
    """A world some days after the first case, with what was on record on each day."""
    world = first_seen(a_setting(), seed)
    told = {}
    for day in range(days):
        if day == 5:
            world.apply(measures)  # in the evening: on record as of that day
        told[world.today] = world.records(world.today)
        world.advance()
    told[world.today] = world.records(world.today)
    return world, told


def test_records_never_show_what_is_not_yet_known():
    _, told = played(measures=[level("d1c0001")])
    assert told
    for day, records in told.items():
        end = datetime.combine(day, time.max)
        for name, frame in records.frames.items():
            plans = {column for column in ("review_on", "expires_on", "start") if column in frame.columns}
            for column, kind in frame.schema.items():
                if column in plans:
                    continue
                if kind == pl.Date:
                    assert not (frame[column] > day).any(), (name, column)
                elif kind == pl.Datetime:
                    assert not (frame[column] > end).any(), (name, column)


def test_a_later_look_at_an_earlier_day_is_what_was_known_on_it():
    _, told = played(measures=[level("d1c0001", days=6)])
    last = max(told)
    for day, records in told.items():
        then, now = records.as_of(day), told[last].as_of(day)
        for name in then.frames:
            assert_frame_equal(then.table(name).sort("record_id"), now.table(name).sort("record_id"))


def test_every_row_passes_the_door():
    _, told = played(measures=[level("d1c0001", "control"), level("d1c0001", kind="screening")])
    frames = told[max(told)].frames
    assert {name for name, frame in frames.items() if frame.height} >= {
        "cases",
        "contacts",
        "stays",
        "tests",
        "measures",
    }
    for name, frame in frames.items():
        assert frame["record_id"].is_unique().all(), name
        if name != "cases":  # of which there are corrections
            assert frame.select(pl.struct(TABLES[name].key).is_unique().all()).item(), name
        good, bad = TABLES[name].filter(frame)
        assert len(good) == frame.height, (name, bad.counts())


def test_the_rooms_to_the_right_can_work_with_the_records():
    world, told = played()
    known = told[world.today].as_of(world.today)
    zones, setting = ZoneTree(known), a_setting()
    situation = describe(known, zones, setting.pathogen, setting.protocol)
    assert situation.total == known.cases.height > 5
    assert situation.contacts.reached_48h_share is not None
    assert situation.community_zero.share is not None
    found = trace(known, situation, zones, setting.pathogen, setting.protocol)
    assert found.links["infector"].drop_nulls().len() > 0  # contacts on record who fell ill
    assert found.contacts["reached"].any()


def test_truth_is_what_the_engine_counted():
    world, _ = played()
    truth, run = world.truth(), world.run
    assert len(truth) == run.day - HISTORY
    assert truth.of("infections").sum() == run.log_end[run.day]
    assert (
        truth.of("cases").sum() == run.scalars[columns.LINES] >= world.records(world.today).cases["case_id"].n_unique()
    )
    staying = np.cumsum(run.staying, axis=1)[STAYS.index("quarantine_home"), HISTORY : run.day]
    assert truth.of("in_quarantine_home").tolist() == staying.tolist()
    assert truth.of("nothing of the kind").tolist() == [0.0] * len(truth)


def test_the_stays_on_record_are_the_people_who_stay():
    world, told = played()
    stays = told[world.today].table("stays")
    today, run = world.today, world.run
    there = stays.filter(pl.col("left_on").is_null() & (pl.col("entered_on") <= today))
    count = np.cumsum(run.staying, axis=1)[:, run.day - 1]
    for place, kinds in (("quarantine_site", (2,)), ("hospital", (4,)), ("home", (1, 3))):
        ending = stays.filter(
            (pl.col("place") == place) & (pl.col("left_on") == today) & (pl.col("entered_on") <= today)
        )
        least = there.filter(pl.col("place") == place).height
        assert least <= sum(count[kind] for kind in kinds) <= least + ending.height, place


def test_a_world_is_a_direct_run_where_nobody_decides():
    setting, seed = a_setting(), 3
    world = SimulatedWorld(setting, seed)
    scenario = Scenario(
        setting.city, setting.rates, setting.responding.before, setting.zoning, MOST_DAYS - 1,
        immunity=setting.immunity, weekday=setting.first.weekday(), by_zone=False,
    )  # fmt: skip
    direct = Outbreak(scenario, hidden(setting, seed), seed=seed)
    changed = False
    for _ in range(40):
        world.advance()
        direct.run(days=1)
        if world.known and not changed:
            direct.change(response=setting.responding.after, masks_from=world.day + 1)
            changed = True
    assert changed
    assert direct.series.tolist() == world.run.series.tolist()


def test_before_the_first_case_all_policies_meet_the_same_luck():
    setting = a_setting()
    one, other = SimulatedWorld(setting, 3), SimulatedWorld(setting, 3, ways=setting.passive)
    while not one.known:
        one.advance()
        other.advance()
    until = one.run.day - 1  # what is done about the first case begins with its result
    assert one.run.log[: one.run.log_end[until]].tolist() == other.run.log[: other.run.log_end[until]].tolist()
    assert hidden(setting, 5).rows.tolist() == hidden(setting, 5).rows.tolist() != hidden(setting, 6).rows.tolist()


def test_what_is_approved_holds_from_the_next_day_and_is_on_record():
    world = first_seen(a_setting(), 3)
    zone = world.setting.city.zone_ids[0]
    people = float(np.diff(world.setting.city.zone_start)[0])
    world.apply([level(zone, start=world.today)])
    assert world.records(world.today).as_of(world.today).table("measures")["ended_on"].null_count() == 1
    world.advance()
    world.apply([level(zone, start=world.today - timedelta(days=1))])  # as before: it goes on
    world.advance()
    world.apply([])
    ended = world.today
    world.advance()
    assert world.truth().of("people_lockdown")[-4:].tolist() == [0, people, people, 0]
    measures = world.records(world.today).as_of(world.today).table("measures")
    assert measures.select("zone", "level", "start", "ended_on").rows() == [
        (zone, "lockdown", ended - timedelta(days=1), ended)
    ]


def test_a_measure_that_expires_ends_and_is_renewed_where_it_is_wanted_again():
    world = first_seen(a_setting(), 3)
    zone = world.setting.city.zone_ids[0]
    start = world.today + timedelta(days=1)
    for _ in range(4):
        world.apply([level(zone, start=start, days=1)] if world.today < start + timedelta(days=3) else [])
        world.advance()
    assert world.truth().of("people_lockdown")[-4:].min() > 0
    assert world.records(world.today).table("measures").height >= 2


def test_a_round_takes_place_once_and_is_on_record_when_its_results_are():
    world = first_seen(a_setting(), 3)
    zone = world.setting.city.zone_ids[0]
    one = level(zone, kind="screening", start=world.today)
    for _ in range(5):
        world.apply([one])
        world.advance()
    assert (world.truth().of("people_screened")[-5:] > 0).tolist() == [True, False, False, False, False]
    tests = world.records(world.today).as_of(world.today).table("tests").filter(pl.col("purpose") == "screening")
    waiting = world.truth().of("people_screened").sum() - tests["pool_size"].sum()
    assert 0 <= waiting < 5  # of those whom it found, reports of some are late
    assert tests["sampled_at"].n_unique() == 1
    assert (tests["recorded_at"] > tests["sampled_at"]).all()


def test_no_more_tests_of_a_round_are_on_record_than_people_could_be_sampled():
    world = first_seen(a_setting(), 3)
    world.run.change(response=replace(world.run.scenario.response, sampled_a_day=50))
    one = level(world.setting.city.zone_ids[0], kind="screening", start=world.today)
    for _ in range(5):
        world.apply([one])
        world.advance()
    tests = world.records(world.today).as_of(world.today).table("tests").filter(pl.col("purpose") == "screening")
    assert 0 < tests["pool_size"].sum() <= world.truth().of("people_screened").sum() <= 50


def test_a_level_brings_the_rounds_that_the_protocol_names():
    world = first_seen(a_setting(), 3)
    for _ in range(7):
        world.apply([level(world.setting.city.zone_ids[0], "control", start=world.today)])
        world.advance()
    assert np.flatnonzero(world.truth().of("people_screened")[-7:]).tolist() == [0, 3, 6]


def test_only_today_is_told():
    world = first_seen(a_setting(), 3)
    with pytest.raises(ValueError, match="earlier days"):
        world.records(world.today - timedelta(days=1))


def test_people_who_arrive_infected():
    quiet, busy = hidden(a_setting(), 3), hidden(a_setting(), 3, 7.0)
    assert len(busy.rows) > len(quiet.rows) + 300
    assert busy.rows[:, columns.S_DAY].max() > HISTORY + 300
