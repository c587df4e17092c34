"""When one case is a signal, and for which zone."""

from tracing_inputs import alerting, protocol, signals_on

title = "When one case is a signal"

ZONES = """
  zone_id | kind      | parent_zone
  --------+-----------+------------
  land    | country   |
  north   | province  | land
  south   | province  | land
  town    | city      | north
  village | community | north
  house   | building  | village
"""
ONE_CASE = alerting(one_case=True)


def signals(day, rules=ONE_CASE, **of_pathogen):
    return lambda records: [
        (s.zone, s.severity, str(s.last_day), s.observed)
        for s in signals_on(records, day, rules, **of_pathogen)
        if s.detector == "one_case"
    ]


FIRST = """
  case_id | zone | recorded_at
  --------+------+------------
  a       | town | 2026-03-01
"""


def test_the_first_case_anywhere_is_one_alarm_for_the_whole_country(spec):
    spec(zones=ZONES, cases=FIRST, expr=signals("2026-03-01"), expect=[("land", "alarm", "2026-03-01", 1)])


def test_it_is_a_signal_only_where_the_protocol_or_the_pathogen_says_so(spec):
    spec(zones=ZONES, cases=FIRST, expr=signals("2026-03-01", protocol()), expect=[])
    spec(
        zones=ZONES,
        cases=FIRST,
        expr=signals("2026-03-01", protocol(), one_case_alerts=True),
        expect=[("land", "alarm", "2026-03-01", 1)],
    )


def test_it_is_told_for_a_week(spec):
    spec(zones=ZONES, cases=FIRST, expr=signals("2026-03-07"), expect=[("land", "alarm", "2026-03-01", 1)])
    spec(zones=ZONES, cases=FIRST, expr=signals("2026-03-08"), expect=[])


def test_a_new_province_is_one_signal_for_the_province(spec):
    spec(
        zones=ZONES,
        cases="""
          case_id | zone  | recorded_at
          --------+-------+------------
          a       | south | 2026-02-20
          b       | town  | 2026-03-05
          c       | town  | 2026-03-05
          d       | house | 2026-03-06
        """,
        expr=signals("2026-03-06"),
        # d is the first of its village, in a province that already has cases
        expect=[("north", "warning", "2026-03-05", 2), ("village", "notice", "2026-03-06", 1)],
    )


def test_a_building_of_a_community_with_cases_is_no_news(spec):
    spec(
        zones=ZONES,
        cases="""
          case_id | zone    | recorded_at
          --------+---------+------------
          a       | village | 2026-02-20
          b       | house   | 2026-03-05
        """,
        expr=signals("2026-03-06"),
        expect=[],
    )


def test_a_zone_is_free_after_two_longest_incubations_without_a_case(spec):
    def again(day):
        return f"""
          case_id | zone | recorded_at
          --------+------+------------
          a       | town | 2026-02-01
          b       | town | {day}
        """

    # the longest incubation is 14 days: 28 days without a case lie between 1 February and 2 March
    spec(zones=ZONES, cases=again("2026-03-01"), expr=signals("2026-03-02"), expect=[])
    spec(
        zones=ZONES, cases=again("2026-03-02"), expr=signals("2026-03-02"), expect=[("land", "alarm", "2026-03-02", 1)]
    )


def test_without_zones_the_whole_area_signals(spec):
    spec(
        cases="""
          case_id | recorded_at
          --------+------------
          a       | 2026-03-01
        """,
        expr=signals("2026-03-01"),
        expect=[(None, "alarm", "2026-03-01", 1)],
    )


def test_a_correction_is_no_news(spec):
    spec(
        zones=ZONES,
        cases="""
          record_id | case_id | zone  | recorded_at | supersedes
          ----------+---------+-------+-------------+-----------
          one       | a       | south | 2026-02-20  |
          two       | a       | north | 2026-03-05  | one
          three     | b       | south | 2026-02-20  |
        """,
        expr=signals("2026-03-05"),
        expect=[],
    )
