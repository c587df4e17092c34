"""The closed form of who infected whom against a double loop in plain Python."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution_inputs import belief_on, day_number, links
from conftest import frame
from douse.kernels import attribution as kernel
from douse.kernels import poisson_binomial
from douse.records import Records
from douse.tracing.infectors.closed import imported_odds, missed_odds
from douse.tracing.infectors.delays import incubation, infectiousness, serial_interval, widened
from douse.tracing.infectors.levels import GROUPS
from reference import slow_attribution as slow
from tracing_inputs import pathogen

START = date(2026, 3, 1)
AS_OF = "2026-04-20"
# Country, province and two cities; what the twin calls a zone is the way up from it.
WAY_UP = {
    "a": (("a", "city"), ("p", "province"), ("land", "country")),
    "b": (("b", "city"), ("p", "province"), ("land", "country")),
    "p": (("p", "province"), ("land", "country")),
    "alone": (("alone", "city"),),
    None: None,
}
ZONES = [
    {"zone_id": "land", "kind": "country"},
    {"zone_id": "p", "kind": "province", "parent_zone": "land"},
    {"zone_id": "a", "kind": "city", "parent_zone": "p"},
    {"zone_id": "b", "kind": "district", "parent_zone": "p"},
]

days = st.integers(0, 30)
maybe_day = st.one_of(st.none(), days)
one_case = st.fixed_dictionaries(
    {
        "told": days, "onset_before": st.one_of(st.none(), st.integers(0, 9)), "isolated": maybe_day,
        "quarantined": maybe_day, "exposed": maybe_day, "for_days": st.one_of(st.none(), st.integers(0, 5)),
        "age": st.one_of(st.none(), st.integers(0, 90)), "sex": st.sampled_from(["female", "male", None]),
        "cluster": st.sampled_from([None, "church", "gym"]), "zone": st.sampled_from(list(WAY_UP)),
        "origin": st.sampled_from([None, "imported", "local"]), "traced": st.booleans(),
    }
)  # fmt: skip


def iso(day: int | None) -> str | None:
    return None if day is None else (START + timedelta(days=day)).isoformat()


def moment(day: int | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(iso(day))


def as_records(drawn: list[dict]) -> Records:
    rows = []
    for n, case in enumerate(drawn):
        onset = None if case["onset_before"] is None else case["told"] - case["onset_before"]
        exposed = case["exposed"] if onset is None or case["exposed"] is None else min(case["exposed"], onset)
        until = None if exposed is None or case["for_days"] is None else exposed + case["for_days"]
        case |= {"onset": onset, "exposed_from": exposed, "exposed_to": until}
        rows.append(
            {
                "case_id": f"case{chr(97 + n)}", "recorded_at": moment(case["told"]),
                "onset": iso(onset), "isolated_at": moment(case["isolated"]),
                "quarantined_on": iso(case["quarantined"]), "exposed_from": iso(exposed), "exposed_to": iso(until),
                "age": case["age"], "sex": case["sex"], "cluster": case["cluster"], "zone": case["zone"],
                "origin": case["origin"], "found_by": "contact_tracing" if case["traced"] else None,
            }
        )  # fmt: skip
    return Records({"cases": frame("cases", rows), "zones": frame("zones", ZONES)}, frozenset({"cases", "zones"}))


def as_twin(drawn: list[dict]) -> list[dict]:
    def day(value):
        return None if value is None else value + day_number(START.isoformat())

    keys = ("onset", "quarantined", "exposed_from", "exposed_to", "told")
    return [
        case
        | {key: day(case[key]) for key in keys}
        | {"away": day(case["isolated"]), "away_told": case["isolated"] is not None, "found": day(case["told"])}
        | {"zone": WAY_UP[case["zone"]]}
        for case in drawn
    ]


def some_weights(seed: int) -> np.ndarray:
    weights = np.random.default_rng(seed).normal(size=(len(GROUPS), max(len(v) for v in GROUPS.values())))
    # Those that the twin does not know.
    for group in ("distance", "number", "contacts_found", "visited", "before", "after", "place"):
        weights[list(GROUPS).index(group)] = 0.0
    return weights


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(one_case, min_size=2, max_size=7), st.integers(0, 99))
def test_the_closed_form_is_that_of_a_double_loop(drawn, seed):
    records, weights = as_records(drawn), some_weights(seed)
    belief = belief_on(records, AS_OF, weights=weights)
    names = belief.ids.to_list()
    cases = as_twin([drawn[ord(name[-1]) - 97] for name in names])
    dates = belief.evidence.dates
    of = widened(pathogen(), 0.2)
    as_dict = [dict(zip(w.days.tolist(), w.share.tolist(), strict=True)) for w in
               (*dates.delays, incubation(of), infectiousness(of), serial_interval(of))]  # fmt: skip
    leaks = {"recall": 0.1, "confirmed": 0.1, "quarantined": 0.1, "unexposed": 0.02}
    slow_dates = slow.densities(cases, {False: as_dict[0], True: as_dict[1]}, *as_dict[2:], leaks)
    log_weights = {
        (i, j): sum(
            weights[list(GROUPS).index(group), GROUPS[group].index(level)]
            for group, level in slow.level_names(cases[i], cases[j]).items()
        )
        for i, j in slow_dates
    }
    on_record = belief.evidence.facts.cases
    judged = links()
    numbers = (judged.wrong_dates, judged.through, judged.through_temper, judged.background)
    slip, between, temper, background = (float(number) for number in numbers)
    expected = slow.posterior(
        slow_dates, log_weights, imported_odds(on_record, judged), missed_odds(on_record, judged),
        (slip, 1e-6, between, temper, background),
    )  # fmt: skip
    found, candidates = belief.posterior, belief.candidates
    for j, (direct, through, imported, unknown) in enumerate(expected):
        low, high = candidates.start[j], candidates.start[j + 1]
        assert candidates.infector[low:high].tolist() == sorted(direct)
        order = sorted(direct)
        np.testing.assert_allclose(found.direct[low:high], [direct[i] for i in order], rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(found.through[low:high], [through[i] for i in order], rtol=1e-6, atol=1e-12)
        assert found.imported[j] == pytest.approx(imported, rel=1e-6, abs=1e-12)
        assert found.unknown[j] == pytest.approx(unknown, rel=1e-6, abs=1e-12)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(one_case, min_size=1, max_size=7))
def test_probabilities_of_a_case_add_up_to_one(drawn):
    belief = belief_on(as_records(drawn), AS_OF)
    found, case = belief.posterior, belief.candidates.case
    total = np.bincount(case, found.direct + found.through, len(drawn)) + found.imported + found.unknown + found.other
    np.testing.assert_allclose(total, 1.0)
    assert min(part.min(initial=0.0) for part in (found.direct, found.through, found.other)) >= 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 12), st.integers(1, 12))
def test_a_table_of_overlaps_is_the_sum_over_days(seed, width, other_width):
    draws = np.random.default_rng(seed)

    def series(columns: int) -> kernel.Series:
        rows = draws.random((2, columns)) * (draws.random((2, columns)) < 0.6)
        spans = np.array([[0, columns], [0, columns]])
        return kernel.Series(rows, np.array([0, 1, 0]), draws.integers(-9, 9, 3), spans)

    one, other = series(width), series(other_width)
    table = kernel.overlap_table(one, other, 40)
    for i in range(3):
        for j in range(3):
            a = {one.first[i] + n: value for n, value in enumerate(one.by_day[one.shape[i]])}
            b = {other.first[j] + n: value for n, value in enumerate(other.by_day[other.shape[j]])}
            plain = sum(a[day] * b[day] for day in a.keys() & b.keys())
            assert kernel.density(i, j, one, other, table) == pytest.approx(plain)
            assert kernel.density(i, j, one, other, np.zeros((0, 0, 0))) == pytest.approx(plain)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 6))
def test_counts_of_independent_events_by_all_their_outcomes(chances, more_than):
    by_count = [0.0] * (len(chances) + 1)
    for outcome in range(2 ** len(chances)):
        p = 1.0
        for n, chance in enumerate(chances):
            p *= chance if outcome >> n & 1 else 1 - chance
        by_count[outcome.bit_count()] += p
    mean, low, high, more = poisson_binomial.summary(
        np.array([0, len(chances)]), np.array(chances, dtype=np.float64), 0.025, 0.975, more_than
    )[0]
    assert mean == pytest.approx(sum(chances))
    assert more == pytest.approx(sum(by_count[more_than + 1 :]), abs=1e-9)
    for quantile, wanted in ((low, 0.025), (high, 0.975)):
        assert sum(by_count[: int(quantile) + 1]) >= wanted - 1e-9
        assert quantile == 0 or sum(by_count[: int(quantile)]) < wanted + 1e-9
