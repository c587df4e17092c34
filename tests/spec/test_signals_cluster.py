"""When linked or co-located cases are a cluster."""

from tracing_inputs import alerting, signals_on

title = "When cases are a cluster"

RULES = alerting(cluster_cases=3, cluster_days=7)


def clusters(day="2026-03-10", rules=RULES):
    return lambda records: [
        (s.zone, s.observed, s.severity, s.facts["name"], s.evidence)
        for s in signals_on(records, day, rules)
        if s.detector == "cluster"
    ]


def test_three_cases_of_a_chain_within_a_week(spec):
    spec(
        cases="""
          case_id | infector | zone | recorded_at
          --------+----------+------+------------
          a       |          | z    | 2026-03-04
          b       | a        | z    | 2026-03-06
          c       | b        | z    | 2026-03-10
        """,
        expr=clusters(),
        expect=[("z", 3, "warning", "a", ("c", "b", "a"))],
    )


def test_cases_told_earlier_do_not_count_though_they_are_of_the_chain(spec):
    spec(
        cases="""
          case_id | infector | recorded_at
          --------+----------+------------
          a       |          | 2026-03-03
          b       | a        | 2026-03-06
          c       | b        | 2026-03-10
        """,
        expr=clusters(),
        expect=[],
    )


def test_a_named_cluster_is_told_at_the_smallest_zone_that_holds_its_cases(spec):
    spec(
        zones="""
          zone_id | kind      | parent_zone
          --------+-----------+------------
          city    | city      |
          east    | community | city
          west    | community | city
        """,
        cases="""
          case_id | cluster | zone | recorded_at
          --------+---------+------+------------
          a       | church  | east | 2026-03-08
          b       | church  | east | 2026-03-09
          c       | church  | west | 2026-03-10
        """,
        expr=clusters(),
        expect=[("city", 3, "warning", "church", ("c", "b", "a"))],
    )


def test_cases_without_a_common_zone_have_none(spec):
    spec(
        cases="""
          case_id | cluster | zone | recorded_at
          --------+---------+------+------------
          a       | church  | east | 2026-03-08
          b       | church  | west | 2026-03-09
          c       | church  |      | 2026-03-10
        """,
        expr=lambda r: [(zone, n) for zone, n, *_ in clusters()(r)],
        expect=[(None, 3)],
    )


def test_a_household_a_building_and_an_estate(spec):
    drawing = {
        "zones": """
          zone_id | kind      | parent_zone
          --------+-----------+------------
          quarter | community |
          estate  | estate    | quarter
          block1  | building  | estate
          block2  | building  | estate
        """,
        "cases": """
          case_id | person_id | zone   | recorded_at
          --------+-----------+--------+------------
          a       | pa        | block1 | 2026-03-08
          b       | pb        | block1 | 2026-03-09
          c       | pc        | block2 | 2026-03-10
        """,
    }
    spec(**drawing, expr=clusters(), expect=[("estate", 3, "warning", "estate", ("c", "b", "a"))])
    # a household says more of how they are tied than the estate does
    people = """
      person_id | household
      ----------+----------
      pa        | h
      pb        | h
      pc        | h
    """
    spec(**drawing, people=people, expr=clusters(), expect=[("estate", 3, "warning", "h", ("c", "b", "a"))])
    # a community is too large to be co-located in
    large = drawing | {"cases": drawing["cases"].replace("block1", "quarter").replace("block2", "quarter")}
    spec(**large, expr=clusters(), expect=[])


VISITED = {
    "cases": """
      case_id | person_id | tested_at  | recorded_at
      --------+-----------+------------+------------
      a       | pa        | 2026-03-07 | 2026-03-08
      b       | pb        | 2026-03-08 | 2026-03-09
      c       | pc        | 2026-03-09 | 2026-03-10
    """,
    "places": """
      place_id | name
      ---------+--------
      k1       | Karaoke
    """,
}


def test_cases_who_had_been_at_one_place_before_their_test(spec):
    spec(
        **VISITED,
        visits="""
          person_id | place_id | entered_at | recorded_at
          ----------+----------+------------+------------
          pa        | k1       | 2026-03-02 | 2026-03-08
          pb        | k1       | 2026-03-03 | 2026-03-09
          c         | k1       | 2026-03-02 | 2026-03-10
        """,
        expr=clusters(),
        expect=[(None, 3, "warning", "Karaoke", ("c", "b", "a"))],
    )


def test_a_place_without_a_name_is_not_named_in_the_reason(spec):
    spec(
        **VISITED,
        visits="""
          person_id | place_id | entered_at | recorded_at
          ----------+----------+------------+------------
          pa        | 36.8,127 | 2026-03-02 | 2026-03-08
          pb        | 36.8,127 | 2026-03-03 | 2026-03-09
          pc        | 36.8,127 | 2026-03-02 | 2026-03-10
        """,
        expr=lambda r: [s.reason for s in signals_on(r, "2026-03-10", RULES)],
        expect=["{cases} cases who had been at the same place before their test were told within {days} days."],
    )


def test_the_clinic_where_they_were_tested_is_no_cluster(spec):
    spec(
        **VISITED,
        visits="""
          person_id | place_id | entered_at | recorded_at
          ----------+----------+------------+------------
          pa        | clinic   | 2026-03-07 | 2026-03-08
          pb        | clinic   | 2026-03-08 | 2026-03-09
          pc        | clinic   | 2026-03-09 | 2026-03-10
        """,
        expr=clusters(),
        expect=[],
    )


def test_visits_far_apart_are_no_cluster(spec):
    spec(
        **VISITED,
        visits="""
          person_id | place_id | entered_at | recorded_at
          ----------+----------+------------+------------
          pa        | k1       | 2026-02-25 | 2026-03-08
          pb        | k1       | 2026-03-06 | 2026-03-09
          pc        | k1       | 2026-03-06 | 2026-03-10
        """,
        expr=clusters(),
        expect=[],
    )


def test_a_group_within_a_larger_one_is_not_told_again(spec):
    spec(
        cases="""
          case_id | infector | cluster | recorded_at
          --------+----------+---------+------------
          a       |          | church  | 2026-03-08
          b       | a        | church  | 2026-03-09
          c       | a        | church  | 2026-03-10
          d       |          | church  | 2026-03-10
        """,
        expr=clusters(),
        expect=[(None, 4, "warning", "church", ("c", "d", "b", "a"))],
    )


def test_twice_as_many_as_make_a_cluster_are_an_alarm_and_the_signal_keeps_its_name(spec):
    rows = "\n".join(f"c{n} | church | 2026-03-{n + 1:02}" for n in range(1, 13))
    drawing = "case_id | cluster | recorded_at\n" + rows

    def named(day):
        return lambda r: [(s.id, s.severity) for s in signals_on(r, day, RULES) if s.detector == "cluster"]

    name = "cluster::2026-03-02:cluster:church"
    spec(cases=drawing, expr=named("2026-03-04"), expect=[(name, "warning")])
    spec(cases=drawing, expr=named("2026-03-12"), expect=[(name, "alarm")])
