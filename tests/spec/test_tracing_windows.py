"""From when to when a case could infect others."""

from douse.tracing.windows import infectious_windows
from tracing_inputs import known_on, pathogen, plain, protocol

title = "From when to when a case could infect others"


def windows(day, name="who-generic"):
    def answer(records):
        known, situation, _ = known_on(records, day, protocol(name))
        found = infectious_windows(situation.cases, known.day, pathogen(), protocol(name))
        return plain(found.sort("case_id").select("case_id", "infectious_from", "infectious_to").rows())

    return answer


def test_from_two_days_before_onset_until_isolation(spec):
    spec(
        cases="""
          case_id | onset      | tested_at  | confirmed_at | isolated_at | recorded_at
          --------+------------+------------+--------------+-------------+------------
          a       | 2026-03-05 | 2026-03-06 | 2026-03-08   | 2026-03-07  | 2026-03-08
          b       | 2026-03-05 | 2026-03-06 | 2026-03-08   |             | 2026-03-08
        """,
        expr=windows("2026-03-20"),
        expect=[("a", "2026-03-03", "2026-03-07"), ("b", "2026-03-03", "2026-03-08")],
    )


def test_without_symptoms_from_two_days_before_the_sample(spec):
    spec(
        cases="""
          case_id | tested_at  | confirmed_at | recorded_at
          --------+------------+--------------+------------
          a       | 2026-03-06 | 2026-03-08   | 2026-03-08
          b       |            | 2026-03-08   | 2026-03-08
          c       |            |              | 2026-03-08
        """,
        expr=windows("2026-03-10"),
        expect=[
            ("a", "2026-03-04", "2026-03-08"),
            ("b", "2026-03-06", "2026-03-08"),
            ("c", "2026-03-06", "2026-03-10"),
        ],
    )


def test_at_the_latest_the_infectious_period_and_never_after_today(spec):
    drawing = """
      case_id | onset      | recorded_at
      --------+------------+------------
      a       | 2026-03-05 | 2026-03-06
    """
    spec(cases=drawing, expr=windows("2026-03-30"), expect=[("a", "2026-03-03", "2026-03-15")])
    spec(cases=drawing, expr=windows("2026-03-09"), expect=[("a", "2026-03-03", "2026-03-09")])
    # the measles protocol says 4 days before and after the rash itself
    spec(cases=drawing, expr=windows("2026-03-30", "measles"), expect=[("a", "2026-03-01", "2026-03-09")])


def test_a_case_isolated_before_it_could_infect_has_no_window(spec):
    spec(
        cases="""
          case_id | onset      | isolated_at | recorded_at
          --------+------------+-------------+------------
          a       | 2026-03-05 | 2026-03-02  | 2026-03-06
          b       | 2026-03-05 | 2026-03-03  | 2026-03-06
        """,
        expr=windows("2026-03-09"),
        # the day of isolation counts: b had one day
        expect=[("a", None, None), ("b", "2026-03-03", "2026-03-03")],
    )
