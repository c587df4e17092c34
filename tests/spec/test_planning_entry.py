"""What is proposed for people who arrive from elsewhere."""

from datetime import datetime, time, timedelta

import pytest

from douse.library import Pathogen, Protocol, load
from douse.planning.entry.make import missed_imports, plan_entry
from planning_inputs import TODAY, basis, number

title = "Arrivals: tests and stays by origin"
GENERIC = load(Protocol, "who-generic")


def arrivals(**by_origin):
    """People who arrived over the last four weeks."""
    return [
        {"person_id": f"{origin}-{n}", "origin": origin, "recorded_at": str(TODAY),
         "arrived_at": datetime.combine(TODAY - timedelta(days=n % 28), time(9))}
        for origin, many in by_origin.items()
        for n in range(many)
    ]  # fmt: skip


def survey(place, infected, sampled=10_000):
    return {"place": place, "date": TODAY - timedelta(days=7), "indicator": "prevalence", "count": infected,
            "denominator": sampled, "recorded_at": str(TODAY)}  # fmt: skip


def target(a_month):
    rules = GENERIC.targets.model_copy(update={"missed_imports": number(a_month, "arrivals a month")})
    return GENERIC.model_copy(update={"targets": rules})


def entry(coming, surveys=(), rules=GENERIC, **more):
    tables = {"arrivals": coming, **({"indicators": list(surveys)} if surveys else {})}
    return plan_entry(basis(rules=rules, cases=[], **tables, **more))


def of(plan, origin):
    return next(one for one in plan.origins if one.origin == origin)


def test_without_arrivals_nothing_is_proposed():
    assert entry([]) is None
    journey = arrivals(elm=1)[0] | {"from_zone": "z"}
    assert entry([journey]) is None  # a journey inside the area is no arrival from elsewhere


def test_where_hardly_anybody_is_infected_nobody_stays():
    plan = entry(arrivals(elm=100), [survey("elm", 1, 100_000)])
    assert (plan.within_target, plan.person_days) == (True, 0)
    assert of(plan, "elm").place == "free"


def test_the_stay_is_asked_of_those_among_whom_more_are_infected():
    plan = entry(arrivals(elm=200, ash=200), [survey("elm", 500), survey("ash", 1)])
    assert plan.within_target
    assert of(plan, "elm").days > of(plan, "ash").days == 0
    assert of(plan, "elm").basis == of(plan, "ash").basis == "prevalence"


def test_a_stricter_target_asks_for_more_person_days():
    coming, surveys = arrivals(elm=300), [survey("elm", 300)]
    spent = [entry(coming, surveys, target(a_month)).person_days for a_month in (20, 5, 1, 0.1)]
    assert spent == sorted(spent)
    assert spent[0] < spent[-1]


def test_a_target_that_cannot_be_kept_is_named():
    plan = entry(arrivals(elm=900), [survey("elm", 9000)], target(0.001))
    assert not plan.within_target
    assert plan.expected > plan.target
    assert "cannot be kept" in plan.text.key
    assert plan.expected == pytest.approx(sum(o.infected for o in plan.origins) * min(o.missed for o in plan.schedules))


def test_without_tests_or_a_survey_the_library_s_guess_stands_in_and_it_is_said():
    plan = entry(arrivals(elm=40))
    assert of(plan, "elm").basis == "guess"
    assert of(plan, "elm").prevalence == pytest.approx(100 * 0.002 / 140)
    assert any("guess" in note.key for note in plan.notes)


def sampled(origin, many, positive):
    return [
        {"person_id": f"{origin}-{n}", "kind": "pcr", "purpose": "entry", "recorded_at": str(TODAY),
         "sampled_at": datetime.combine(TODAY - timedelta(days=n % 28), time(10)),
         "result_at": datetime.combine(TODAY - timedelta(days=n % 28), time(20)),
         "result": "positive" if n < positive else "negative"}
        for n in range(many)
    ]  # fmt: skip


def test_tests_of_arrivals_tell_and_a_small_sample_is_drawn_towards_the_others():
    many = dict(zip(("elm", "ash", "oak", "fir"), (200, 200, 200, 12), strict=True))
    found = [row for origin, n in many.items() for row in sampled(origin, n, 0 if origin == "fir" else 4)]
    plan = entry(arrivals(**many), tests=found)
    assert {one.basis for one in plan.origins} == {"tests"}
    assert 0 < of(plan, "fir").prevalence < of(plan, "elm").prevalence * 1.5
    assert of(plan, "fir").high > of(plan, "elm").high


def test_arrivals_without_an_origin_are_told_of():
    plan = entry([*arrivals(elm=10), {"person_id": "p", "arrived_at": datetime.combine(TODAY, time(8)),
                                      "recorded_at": str(TODAY)}])  # fmt: skip
    assert any("no origin" in note.key for note in plan.notes)


def test_old_arrivals_do_not_stand_for_those_to_come():
    old = [row | {"arrived_at": datetime.combine(TODAY - timedelta(days=60), time(9))} for row in arrivals(elm=10)]
    assert entry(old) is None


@pytest.mark.parametrize("name", ["china-8", "china-9", "china-20", "who-generic", "ebola", "measles"])
def test_what_each_protocol_asks_today_is_judged_beside_it(name):
    rules = load(Protocol, name)
    plan = entry(arrivals(elm=50), [survey("elm", 100)], rules, pathogen=load(Pathogen, "sars-cov-2-omicron"))
    assert 0 <= plan.by_protocol.missed <= 1
    assert missed_imports(rules) == plan.target == 1
    assert plan.person_days_by_protocol == pytest.approx(sum(o.arrivals for o in plan.origins) * plan.by_protocol.days)


def test_a_longer_stay_of_the_protocol_misses_less():
    missed = {
        name: entry(arrivals(elm=9), rules=load(Protocol, name)).by_protocol.missed
        for name in ("china-8", "china-20", "who-generic")
    }
    assert missed["china-8"] < missed["china-20"] < missed["who-generic"]
