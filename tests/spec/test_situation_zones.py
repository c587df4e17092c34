"""Figures of a zone, community zero, and the countdown to lifting."""

from datetime import date, timedelta

import pytest

from douse.library.load import load
from douse.library.number import Number
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records import ZoneTree
from douse.situation import describe, in_force, lift_countdown
from douse.situation.cases import counted_cases

title = "Zones: figures, community zero, countdown to lifting"

# Maximum incubation 14 days. Control and lockdown are lifted after 7 days without a case, precaution after 14.
PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")

ZONES = """
  zone_id | kind     | parent_zone | population | recorded_at
  --------+----------+-------------+------------+------------
  city    | city     |             |            |
  north   | district | city        | 20000      |
  south   | district | city        | 30000      |
"""
CASES = """
  case_id | zone  | quarantined_on | outcome | outcome_on | onset      | recorded_at
  --------+-------+----------------+---------+------------+------------+------------
  a       | north |                | died    | 2020-03-10 | 2020-03-01 | 2020-03-02
  b       | north |                |         |            | 2020-03-14 | 2020-03-15
  c       | south |                |         |            | 2020-03-09 | 2020-03-10
  d       | south | 2020-03-11     |         |            | 2020-03-16 | 2020-03-18
  e       |       |                |         |            | 2020-03-18 | 2020-03-19
"""
TODAY = date(2020, 3, 20)


def situation(records, day=TODAY, protocol=PROTOCOL):
    known = records.as_of(day)
    return describe(known, ZoneTree(known), PATHOGEN, protocol)


def column(name):
    return lambda r: dict(situation(r).by_zone.select("zone", name).iter_rows())


@pytest.mark.parametrize(
    ("name", "expect"),
    [
        ("cases", {"city": 4, "north": 2, "south": 2}),
        ("new_cases", {"city": 2, "north": 1, "south": 1}),  # told on 14 March or later
        ("community_cases_14d", {"city": 2, "north": 1, "south": 1}),  # told on 7 March or later, not quarantined
        ("active", {"city": 2, "north": 1, "south": 1}),  # onset on 10 March or later, alive
        ("deaths", {"city": 1, "north": 1, "south": 0}),
        ("rate_100k", {"city": 6.0, "north": 5.0, "south": 2 / 0.3}),
        (
            "last_community_case",
            {"city": date(2020, 3, 15), "north": date(2020, 3, 15), "south": date(2020, 3, 10)},
        ),
        ("days_since", {"city": 5, "north": 5, "south": 10}),
        ("lift_in_days", {"city": None, "north": None, "south": None}),
    ],
)
def test_a_zone_has_the_cases_of_its_subtree(spec, name, expect):
    spec(zones=ZONES, cases=CASES, expr=column(name), expect=expect)


def test_a_zone_without_population_has_no_rate(spec):
    spec(cases=CASES, expr=column("rate_100k"), expect={"north": None, "south": None})


def test_community_zero_is_lost_with_one_new_case_from_the_community(spec):
    drawing = """
      case_id | quarantined_on | recorded_at
      --------+----------------+------------
      a       |                | 2020-03-10
      b       | 2020-03-11     | 2020-03-14
      c       | 2020-03-11     | 2020-03-16
    """
    assert PROTOCOL.targets.community_zero_days.value == 3

    def zero(day):
        def answer(records):
            found = situation(records, day).community_zero
            return found.new_cases, found.already_in_quarantine, found.share, found.days, found.reached

        return answer

    spec(cases=drawing, expr=zero(date(2020, 3, 9)), expect=(0, 0, None, 0, False))
    # Until anybody is recorded in quarantine, the share is not known rather than zero.
    spec(cases=drawing, expr=zero(date(2020, 3, 10)), expect=(1, 0, None, 0, False))
    spec(cases=drawing, expr=zero(date(2020, 3, 12)), expect=(1, 0, None, 2, False))
    spec(cases=drawing, expr=zero(date(2020, 3, 16)), expect=(3, 2, 2 / 3, 6, True))
    spec(cases=drawing, expr=zero(date(2020, 3, 17)), expect=(2, 2, 1.0, 7, True))


def test_community_zero_without_any_community_case_counts_from_the_first_case(spec):
    spec(
        cases="""
          case_id | quarantined_on | recorded_at
          --------+----------------+------------
          b       | 2020-03-11     | 2020-03-19
        """,
        expr=lambda r: (situation(r).community_zero.days, situation(r).community_zero.reached),
        expect=(2, False),
    )


def levels(day=TODAY):
    def answer(records):
        known = records.as_of(day)
        return in_force(known, ZoneTree(known)).select("zone", "level", "measure_id").rows()

    return answer


MEASURES = """
  measure_id | kind      | zone  | level      | start      | expires_on | ended_on   | recorded_at
  -----------+-----------+-------+------------+------------+------------+------------+------------
  one        | level     | north | control    | 2020-03-08 | 2020-03-22 |            | 2020-03-08
  two        | level     | south | lockdown   | 2020-03-08 | 2020-03-15 |            | 2020-03-08
  three      | level     | city  | precaution | 2020-03-08 |            | 2020-03-18 | 2020-03-08
  four       | screening | city  |            | 2020-03-08 |            |            | 2020-03-08
"""


def test_a_level_is_in_force_until_it_ends_or_expires(spec):
    first = [("city", "precaution", "three"), ("north", "control", "one"), ("south", "lockdown", "two")]
    spec(zones=ZONES, measures=MEASURES, expr=levels(date(2020, 3, 15)), expect=first)
    spec(zones=ZONES, measures=MEASURES, expr=levels(date(2020, 3, 16)), expect=first[:2])
    spec(zones=ZONES, measures=MEASURES, expr=levels(date(2020, 3, 18)), expect=[first[1]])
    spec(zones=ZONES, measures=MEASURES, expr=levels(date(2020, 3, 22)), expect=[first[1]])
    spec(zones=ZONES, measures=MEASURES, expr=levels(date(2020, 3, 23)), expect=[])


def test_of_two_levels_in_one_zone_the_latest_started_counts(spec):
    spec(
        measures="""
          measure_id | kind  | zone | level    | start      | recorded_at
          -----------+-------+------+----------+------------+------------
          one        | level | z    | lockdown | 2020-03-08 | 2020-03-08
          two        | level | z    | control  | 2020-03-12 | 2020-03-12
          three      | level | y    | lockdown | 2020-03-08 | 2020-03-08
          four       | level | y    | open     | 2020-03-12 | 2020-03-12
        """,
        expr=levels(),
        expect=[("z", "control", "two")],
    )


def countdown(day=TODAY, protocol=PROTOCOL):
    def answer(records):
        known = records.as_of(day)
        zones = ZoneTree(known)
        cases = counted_cases(known, PATHOGEN, protocol)
        rows = lift_countdown(known, cases, zones, PATHOGEN, protocol)
        return {
            zone: (since, left) for zone, since, left in rows.select("zone", "clear_since", "lift_in_days").iter_rows()
        }

    return answer


CONTROL = """
  measure_id | kind  | zone  | level   | start      | recorded_at
  -----------+-------+-------+---------+------------+------------
  one        | level | north | control | 2020-03-16 | 2020-03-16
"""


def test_the_clock_runs_from_the_last_case_that_led_to_the_level(spec):
    expect = {"north": (date(2020, 3, 15), 2)}  # last case told on 15 March, seven days asked
    spec(zones=ZONES, cases=CASES, measures=CONTROL, expr=countdown(), expect=expect)
    spec(
        zones=ZONES,
        cases=CASES,
        measures=CONTROL,
        expr=countdown(date(2020, 3, 25)),
        expect={"north": (date(2020, 3, 15), 0)},
    )


def test_a_case_within_closed_doors_restarts_the_clock_and_one_in_a_quarantine_site_does_not(spec):
    case = """
      case_id | person_id | zone  | quarantined_on | recorded_at
      --------+-----------+-------+----------------+------------
      a       |           | north |                | 2020-03-15
      b       | p         | north | {day}          | 2020-03-19
    """
    site = """
      person_id | place           | entered_on | recorded_at
      ----------+-----------------+------------+------------
      p         | quarantine_site | 2020-03-16 | 2020-03-16
    """
    spec(
        zones=ZONES,
        cases=case.replace("{day}", "2020-03-16"),
        measures=CONTROL,
        expr=countdown(),
        expect={"north": (date(2020, 3, 19), 6)},
    )
    spec(
        zones=ZONES,
        cases=case.replace("{day}", ""),
        stays=site,
        measures=CONTROL,
        expr=countdown(),
        expect={"north": (date(2020, 3, 15), 2)},
    )


def test_without_a_recent_case_the_clock_runs_from_the_first_restriction_over_renewals(spec):
    spec(
        zones=ZONES,
        cases="""
          case_id | zone  | recorded_at
          --------+-------+------------
          old     | north | 2020-02-01
        """,
        measures="""
          measure_id | kind  | zone  | level      | start      | expires_on | ended_on   | recorded_at
          -----------+-------+-------+------------+------------+------------+------------+------------
          gone       | level | north | precaution | 2020-02-01 | 2020-02-10 |            | 2020-02-01
          one        | level | north | precaution | 2020-03-10 | 2020-03-14 |            | 2020-03-10
          two        | level | north | precaution | 2020-03-15 |            |            | 2020-03-15
        """,
        expr=countdown(),
        expect={"north": (date(2020, 3, 10), 4)},
    )


def test_a_zone_that_was_open_in_between_is_restricted_anew(spec):
    spec(
        measures="""
          measure_id | kind  | zone | level   | start      | recorded_at
          -----------+-------+------+---------+------------+------------
          one        | level | z    | control | 2020-03-01 | 2020-03-01
          two        | level | z    | open    | 2020-03-08 | 2020-03-08
          three      | level | z    | control | 2020-03-16 | 2020-03-16
        """,
        expr=countdown(),
        expect={"z": (date(2020, 3, 16), 3)},
    )


def test_days_after_a_higher_level_are_waited_for_where_the_protocol_asks(spec):
    stepped_down = """
      measure_id | kind  | zone  | level    | start      | ended_on   | recorded_at
      -----------+-------+-------+----------+------------+------------+------------
      one        | level | north | lockdown | 2020-03-10 | 2020-03-19 | 2020-03-10
      two        | level | north | control  | 2020-03-19 |            | 2020-03-19
    """
    cases = """
      case_id | zone  | recorded_at
      --------+-------+------------
      a       | north | 2020-03-11
    """
    three_days = Number(value=3, unit="days", source="x", grade="est")
    control = PROTOCOL.level_rule("control")
    asking = control.model_copy(update={"lift": control.lift.model_copy(update={"days_after_higher": three_days})})
    protocol = PROTOCOL.model_copy(update={"level": tuple(asking if r is control else r for r in PROTOCOL.level)})
    drawings = {"zones": ZONES, "cases": cases, "measures": stepped_down}
    spec(**drawings, expr=countdown(), expect={"north": (date(2020, 3, 11), 0)})
    spec(**drawings, expr=countdown(protocol=protocol), expect={"north": (date(2020, 3, 11), 2)})


def test_the_countdown_of_a_zone_stands_in_its_row(spec):
    spec(
        zones=ZONES,
        cases=CASES,
        measures=CONTROL,
        expr=column("lift_in_days"),
        expect={"city": None, "north": 2, "south": None},
    )


@pytest.mark.parametrize("day", [TODAY + timedelta(days=n) for n in range(4)])
def test_each_day_without_a_case_takes_a_day_off_the_countdown(spec, day):
    spec(
        zones=ZONES,
        cases=CASES,
        measures=CONTROL,
        expr=lambda r: countdown(day)(r)["north"][1],
        expect=max(0, 7 - (day - date(2020, 3, 15)).days),
    )
