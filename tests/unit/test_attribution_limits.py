"""Limits with a known answer, and directions, of who probably infected whom."""

import numpy as np
import polars as pl
import pytest

from attribution_inputs import belief_on, flat, told
from conftest import records
from douse.errors import UsageError
from douse.kernels import conditional_logit
from douse.library import Links, Pathogen, load, names
from douse.tracing.infectors.delays import incubation, infectiousness, serial_interval, widened
from douse.tracing.infectors.evidence import weights_of
from douse.tracing.infectors.hidden import unseen_alive
from douse.tracing.infectors.learn import Choices, columns_of, fit
from douse.tracing.infectors.levels import GROUPS
from douse.tracing.infectors.make import method_named
from tracing_inputs import pathogen

LAGS = (2, 4, 5, 6, 8, 11)


def test_without_evidence_it_is_wallinga_and_teunis():
    days = [20 - lag for lag in LAGS]
    rows = "\n".join(f"lag{lag} | 2026-03-{day:02} | 2026-03-19" for lag, day in zip(LAGS, days, strict=True))
    drawing = f"case_id | onset | recorded_at\n{rows}\ncase | 2026-03-20 | 2026-03-20"
    nothing = {
        "interval_spread": 0.0,
        "recall": 0.0,
        "wrong_dates": 0.0,
        "background": 0.0,
        "missed": 0.0,
        "through": 0.0,
    }
    answers = told(belief_on(records(cases=drawing), "2026-03-21", weights=flat(), **nothing), "case")
    serial = serial_interval(pathogen())
    share = dict(zip(serial.days.tolist(), serial.share.tolist(), strict=True))
    # All of them were told, so none was isolated; what is left is proportional to the serial interval.
    found = np.array([answers[f"lag{lag}"] for lag in LAGS])
    expected = np.array([share[lag] for lag in LAGS])
    np.testing.assert_allclose(found / found.sum(), expected / expected.sum(), atol=0.02)


@pytest.mark.parametrize("name", names(Pathogen))
def test_infectiousness_and_incubation_make_the_serial_interval(name):
    of = load(Pathogen, name)
    spread, incubating, serial = infectiousness(of), incubation(of), serial_interval(of)
    made = dict.fromkeys(range(-50, 400), 0.0)
    for n, share in enumerate(np.convolve(spread.share, incubating.share)):
        made[spread.first + incubating.first + n] += share
    expected = dict(zip(serial.days.tolist(), serial.share.tolist(), strict=True))
    assert sum(abs(share - expected.get(day, 0.0)) for day, share in made.items()) / 2 < 0.06


def test_an_interval_measured_elsewhere_is_wider_with_the_same_mean():
    serial, wide = serial_interval(pathogen()), serial_interval(widened(pathogen(), 0.3))
    mean, wide_mean = serial.days @ serial.share, wide.days @ wide.share
    assert wide_mean == pytest.approx(mean, abs=0.1)
    assert (wide.days - mean) ** 2 @ wide.share > 1.2 * ((serial.days - mean) ** 2 @ serial.share)


def test_weights_are_learned_back_from_links_that_follow_them():
    draws = np.random.default_rng(3)
    weights = np.zeros(columns_of().shape)
    zone = list(GROUPS).index("zone")
    weights[zone, 4] = 2.0
    cases, each = 600, 30
    codes = np.zeros((cases * each, len(GROUPS)), dtype=np.int8)
    codes[:, zone] = np.where(draws.random(cases * each) < 0.3, 4, 1)
    chance = np.exp(weights[zone, codes[:, zone]]).reshape(cases, each)
    true = [draws.choice(each, p=row / row.sum()) for row in chance]
    start = np.arange(cases + 1) * each
    choices = Choices(
        np.arange(cases),
        start,
        np.tile(np.arange(each), cases),
        start[:-1] + np.array(true),
        np.ones(len(codes)),
        codes,
    )
    found = fit(choices, np.zeros(columns_of().shape), 0.1)
    assert found[zone, 4] - found[zone, 1] == pytest.approx(2.0, abs=0.25)


def test_gradient_and_information_are_those_of_the_likelihood():
    draws = np.random.default_rng(5)
    columns = columns_of()
    codes = draws.integers(0, 4, (40, len(GROUPS))).astype(np.int8)
    start, true, offset = np.array([0, 15, 40]), np.array([3, 20]), draws.normal(size=40)
    at = draws.normal(size=columns.max() + 1)

    def climb(point: np.ndarray):
        return conditional_logit.climb(start, true, offset, codes, point, columns)

    _, gradient, information = climb(at)
    for k in range(0, len(at), 5):
        step = np.zeros(len(at))
        step[k] = 1e-5
        up, down = climb(at + step), climb(at - step)
        assert gradient[k] == pytest.approx((up[0] - down[0]) / 2e-5, abs=1e-6)
        np.testing.assert_allclose(information[k], -(up[1] - down[1]) / 2e-5, atol=1e-6)


def test_more_missed_infectors_leave_less_for_those_on_record():
    drawing = "case_id | onset | recorded_at\na | 2026-03-01 | 2026-03-03\nb | 2026-03-06 | 2026-03-08"
    found = [told(belief_on(records(cases=drawing), "2026-03-10", missed=share), "b") for share in (0.05, 0.2, 0.6)]
    assert found[0]["a"] > found[1]["a"] > found[2]["a"]
    assert found[0]["unknown"] < found[1]["unknown"] < found[2]["unknown"]


def test_an_unseen_line_dies_out_faster_where_more_is_seen_and_less_is_passed_on():
    alive = {seen: unseen_alive(6, 4, r=1.0, k=0.3, seen=seen) for seen in (0.1, 0.5, 0.9)}
    assert alive[0.1] > alive[0.5] > alive[0.9] > 0
    assert unseen_alive(6, 4, r=2.0, k=0.3, seen=0.5) > alive[0.5]
    assert unseen_alive(3, 1, r=1.0, k=0.3, seen=0.5) > alive[0.5]
    assert unseen_alive(0, 0, r=1.0, k=0.3, seen=0.5) == 1.0


def test_an_unseen_line_against_simulation():
    draws, r, k, seen, generations, known = np.random.default_rng(1), 1.5, 0.5, 0.4, 4, 2
    alive = silent = 0
    for _ in range(60_000):
        unseen, found = 1, False
        for step in range(1, generations + 1):
            infected = draws.negative_binomial(k * unseen, k / (k + r)) if unseen else 0
            if step <= known and draws.random() > (1 - seen) ** infected:
                found = True
                break
            unseen = infected
        silent += not found
        alive += not found and unseen > 0
    assert unseen_alive(generations, known, r=r, k=k, seen=seen) == pytest.approx(alive / silent, abs=0.01)


def test_a_way_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="joint"):
        method_named("guess", pathogen(), pl.Series(["a"]), None)


def test_every_level_has_a_weight_in_the_library():
    generic = load(Links, "generic")
    assert set(generic.evidence) == set(GROUPS)
    for group, levels in GROUPS.items():
        assert set(generic.evidence[group].weight) == set(levels[1:])
    assert weights_of(generic).shape == (len(GROUPS), 10)
