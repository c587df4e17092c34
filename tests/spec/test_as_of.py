"""Which records count as known on a date."""

from datetime import date, datetime

title = "Which records count as known on a date"


def test_a_late_report_is_invisible_before_it_arrives(spec):
    spec(
        cases="""
          case_id | onset      | recorded_at
          --------+------------+------------
          a       | 2026-03-01 | 2026-03-02
          b       | 2026-03-01 | 2026-03-09
        """,
        expr=lambda records: records.as_of(date(2026, 3, 5)).cases,
        expect={"a"},
    )


def test_a_date_means_the_end_of_that_day(spec):
    drawing = """
      case_id | recorded_at
      --------+--------------------
      a       | 2026-03-05T23:50:00
    """
    spec(cases=drawing, expr=lambda r: r.as_of(date(2026, 3, 5)).cases, expect={"a"})
    spec(cases=drawing, expr=lambda r: r.as_of(datetime(2026, 3, 5, 12)).cases, expect=set())


def test_an_outcome_is_unknown_until_its_day(spec):
    drawing = """
      case_id | recorded_at | outcome | outcome_on
      --------+-------------+---------+-----------
      a       | 2026-03-02  | died    | 2026-03-20
    """
    spec(cases=drawing, expr=lambda r: r.as_of(date(2026, 3, 19)).cases["outcome"].to_list(), expect=[None])
    spec(cases=drawing, expr=lambda r: r.as_of(date(2026, 3, 20)).cases["outcome"].to_list(), expect=["died"])


CORRECTED = """
  record_id | case_id | zone  | recorded_at | supersedes
  ----------+---------+-------+-------------+-----------
  one       | a       | north | 2026-03-02  |
  two       | a       | south | 2026-03-06  | one
"""


def test_a_correction_replaces_what_it_names_from_its_day_on(spec):
    spec(cases=CORRECTED, expr=lambda r: r.as_of(date(2026, 3, 5)).cases["zone"].to_list(), expect=["north"])
    spec(cases=CORRECTED, expr=lambda r: r.as_of(date(2026, 3, 6)).cases["zone"].to_list(), expect=["south"])


def test_a_correction_is_not_a_new_case(spec):
    spec(
        cases=CORRECTED,
        expr=lambda r: r.as_of(date(2026, 3, 6)).cases["first_recorded_at"].to_list(),
        expect=[datetime(2026, 3, 2)],
    )


def test_of_two_corrections_the_later_told_wins(spec):
    spec(
        cases="""
          record_id | case_id | zone  | recorded_at | supersedes
          ----------+---------+-------+-------------+-----------
          one       | a       | north | 2026-03-02  |
          two       | a       | south | 2026-03-06  | one
          three     | a       | west  | 2026-03-05  | one
        """,
        expr=lambda r: r.as_of(date(2026, 3, 7)).cases["zone"].to_list(),
        expect=["south"],
    )


MERGED = """
  record_id | case_id | recorded_at | supersedes | same_as | infector
  ----------+---------+-------------+------------+---------+---------
  a1        | a       | 2026-03-02  |            |         |
  b1        | b       | 2026-03-03  |            |         |
  b2        | b       | 2026-03-06  | b1         | a       |
  c1        | c       | 2026-03-04  |            |         | b
"""


def test_merged_duplicates_count_once_from_the_day_of_the_merge(spec):
    spec(cases=MERGED, expr=lambda r: r.as_of(date(2026, 3, 5)).cases, expect={"a", "b", "c"})
    spec(cases=MERGED, expr=lambda r: r.as_of(date(2026, 3, 6)).cases, expect={"a", "c"})


def test_links_to_a_merged_case_follow_the_merge(spec):
    spec(
        cases=MERGED,
        contacts="""
          case_id | person_id | recorded_at
          --------+-----------+------------
          b       | p         | 2026-03-04
        """,
        expr=lambda r: (
            r.as_of(date(2026, 3, 6)).cases["infector"].to_list(),
            r.as_of(date(2026, 3, 6)).table("contacts")["case_id"].to_list(),
        ),
        expect=([None, "a"], ["a"]),
    )


def test_two_cases_merged_into_each_other_both_stay(spec):
    spec(
        cases="""
          case_id | recorded_at | same_as
          --------+-------------+--------
          a       | 2026-03-02  | b
          b       | 2026-03-02  | a
        """,
        expr=lambda r: r.as_of(date(2026, 3, 5)).cases,
        expect={"a", "b"},
    )


def test_a_planned_date_may_lie_ahead(spec):
    spec(
        measures="""
          measure_id | kind  | zone | level   | start      | expires_on | ended_on   | recorded_at
          -----------+-------+------+---------+------------+------------+------------+------------
          m          | level | z    | control | 2026-03-01 | 2026-03-15 | 2026-03-09 | 2026-03-01
        """,
        expr=lambda r: r.as_of(date(2026, 3, 5)).table("measures").select("expires_on", "ended_on").row(0),
        expect=(date(2026, 3, 15), None),
    )
