"""Futures drawn from records, strategies enacted in them, and what a choice makes of it, in a small made city."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from douse.errors import UsageError
from douse.library import Costs, Strategy, Stresses, load
from douse.planning.choice.choose import Asked, choose, days_ahead
from douse.planning.choice.enact import enact
from douse.planning.choice.floor import Floor, floor_of
from douse.planning.choice.futures import USUAL, futures_of
from douse.planning.choice.rules import NOTHING
from douse.planning.choice.tally import together
from douse.planning.levels import Ordered
from douse.records.measure import Because
from douse.simulation.scenario import HISTORY
from douse.simulation.simulate import Outlook, Today, today
from start_inputs import FIRST, PATHOGEN, PROTOCOL, outbreak, peopled, records_of, seen

pytestmark = pytest.mark.slow
WORD = Because("Because.")


@pytest.fixture(scope="module")
def known():
    return seen(records_of(outbreak(5, days=24, infected=30)), FIRST + timedelta(days=23))


@pytest.fixture(scope="module")
def runs(known) -> Today:
    floor = floor_of(PROTOCOL, PATHOGEN)
    outlook = Outlook(days_ahead(PATHOGEN, floor), runs=36, peopled=peopled())
    return today(known.scene, known.estimates, outlook, workers=1)


def asked(*names: str, floor: Floor | None = None, scenarios: int = 24) -> Asked:
    tried = tuple(load(Strategy, name) for name in names)
    stresses = load(Stresses, "generic")
    return Asked(
        PATHOGEN, PROTOCOL, load(Costs, "generic"), stresses, tried, floor or floor_of(PROTOCOL, PATHOGEN), scenarios
    )


def put(name: str, runs: Today, ordered=None):
    return enact(
        load(Strategy, name), runs.scenario, PATHOGEN, PROTOCOL, back=runs.past.back, days=runs.days,
        ordered=ordered or {},
    )  # fmt: skip


def tally_of(name: str, runs: Today, many: int = 12, ordered=None):
    futures = futures_of(runs, load(Stresses, "generic"), 24, 1)[:many]
    enacted = put(name, runs, ordered)
    return together([enacted.row(future) for future in futures])


def test_weights_of_futures_are_the_probabilities_of_what_goes_wrong(runs):
    stresses = load(Stresses, "generic")
    futures = futures_of(runs, stresses, 100, 1)
    assert sum(future.weight for future in futures) == pytest.approx(1)
    for stress in stresses.stress:
        share = sum(future.weight for future in futures if future.name == stress.id)
        assert share == pytest.approx(stress.probability.value)
    names = [future.name for future in futures[:25]]
    assert 15 <= names.count(USUAL) <= 24  # a beginning is a fair sample


def test_the_same_seed_gives_the_same_futures(runs):
    one, two = (futures_of(runs, load(Stresses, "generic"), 24, 3) for _ in range(2))
    assert [future.name for future in one] == [future.name for future in two]
    assert all((a.here == b.here).all() for a, b in zip(one, two, strict=True))


def test_too_few_scenarios_are_refused(runs):
    with pytest.raises(UsageError, match="is not possible"):
        futures_of(runs, load(Stresses, "generic"), 5, 1)


def test_who_came_in_unseen_begins_a_chain_that_counts(runs):
    futures = futures_of(runs, load(Stresses, "generic"), 60, 1)
    imported = next(future for future in futures if future.name == "hidden-import")
    rows = imported.variation.draw.seeds.rows
    came = rows[np.isin(rows[:, 1], imported.here)]
    assert len(imported.here) == 2
    assert (came[:, 0] >= HISTORY + runs.past.back).all()


def test_half_the_tests_and_late_results_change_the_response_only(runs):
    futures = futures_of(runs, load(Stresses, "generic"), 60, 1)
    base = replace(runs.scenario.response, laboratory=100.0)
    half = next(future for future in futures if future.name == "half-the-tests").respond(base)
    late = next(future for future in futures if future.name == "late-reports").respond(base)
    assert (half.laboratory, half.screened_share) == (50, base.screened_share / 2)
    assert late.result_days == base.result_days + 1
    assert (late.reach_delay >= base.reach_delay).all()


def test_known_days_are_the_same_whatever_the_strategy(runs):
    future = futures_of(runs, load(Stresses, "generic"), 24, 1)[0]
    last = HISTORY + runs.past.back
    one, other = (put(name, runs).run(future) for name in ("people", "stay-home-all"))
    assert (one.series[:, HISTORY:last] == other.series[:, HISTORY:last]).all()
    assert one.series[:, last:].sum() != other.series[:, last:].sum()


def test_more_restriction_never_infects_more_in_the_mean(runs):
    means = [
        tally_of(name, runs).of("infections").mean() for name in (NOTHING, "people", "stay-home-areas", "stay-home-all")
    ]
    assert means == sorted(means, reverse=True)


def test_only_what_is_restricted_is_counted(runs):
    free, shut = tally_of("people", runs), tally_of("stay-home-all", runs)
    assert free.of("people_lockdown").sum() == 0
    assert (shut.of("people_lockdown") > 0).all()


def test_an_area_that_is_ordered_has_its_level_for_so_many_days(runs):
    zone = runs.peopled.city.zone_ids[0]
    people = int(runs.peopled.city.zone_start[1])
    ordered = {zone: Ordered("lockdown", WORD, WORD, days=7)}
    days = tally_of("people", runs, 4, ordered).of("people_lockdown")
    assert days.tolist() == [7 * people] * 4


def test_a_zone_that_the_city_does_not_have_is_left_out(runs):
    ordered = {"elsewhere": Ordered("lockdown", WORD, WORD, days=7)}
    assert tally_of("people", runs, 2, ordered).of("people_lockdown").sum() == 0


def test_a_run_that_is_given_up_has_not_ended(runs):
    future = futures_of(runs, load(Stresses, "generic"), 24, 1)[0]
    given_up = replace(put(NOTHING, runs), give_up_at=1)
    row = together([given_up.row(future)])
    assert row.of("last_infection")[0] == runs.days


def test_a_choice_says_why_and_keeps_what_it_tried(runs, known):
    made = choose(runs, known.known, asked("people", "stay-home-areas", "stay-home-all"), workers=1)
    assert {plan.strategy for plan in made.plans} == {"people", "stay-home-areas", "stay-home-all"}
    assert [plan.restricted.mean for plan in made.plans] == sorted(plan.restricted.mean for plan in made.plans)
    assert made.nothing.strategy == NOTHING
    assert made.plan(made.chosen).scenarios == 24
    for plan in made.plans:
        total = sum(line.amount or 0 for line in plan.lines)
        assert plan.burden.mean == pytest.approx(total)
        assert plan.measures.mean + plan.epidemic.mean == pytest.approx(plan.burden.mean)
        assert sum(book.mean for book in plan.books.values()) == pytest.approx(plan.measures.mean)
        assert plan.burden_low <= plan.burden.mean <= plan.burden_high


def test_a_floor_that_nothing_can_miss_leaves_the_least_burden(runs, known):
    made = choose(
        runs, known.known, asked("people", "stay-home-all", floor=Floor(0.0, 28, {})), workers=1, figures_too=False
    )
    assert made.holds
    assert made.plan(made.chosen).burden.mean == min(plan.burden.mean for plan in made.plans)


def test_threads_give_the_same_choice(runs, known):
    tried = asked("people", "stay-home-areas")
    assert choose(runs, known.known, tried, workers=1) == choose(runs, known.known, tried, workers=3)
