"""Delays against deadlines, and 7-1-7."""

from datetime import date

from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.situation.cases import counted_cases
from douse.situation.deadlines import case_delays, summaries
from douse.situation.timeliness import milestones

title = "Delays and 7-1-7"

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")
TODAY = date(2020, 3, 31)


def counted(records):
    return counted_cases(records.as_of(TODAY), PATHOGEN, PROTOCOL)


def one(name):
    def answer(records):
        found = next(d for d in summaries(counted(records), PROTOCOL) if d.name == name)
        return found.n, found.median, found.share_in_time, found.left_out

    return answer


def test_the_deadlines_are_those_of_the_protocol(spec):
    clock = PROTOCOL.clock
    spec(
        cases="""
          case_id | recorded_at
          --------+------------
          a       | 2020-03-01
        """,
        expr=lambda r: {d.name: (d.n, d.median, d.deadline_hours) for d in summaries(counted(r), PROTOCOL)},
        expect={
            "onset_to_test": (0, None, None),
            "test_to_confirmation": (0, None, clock.test_result.value),
            "confirmation_to_report": (0, None, clock.report.value),
            "report_to_isolation": (0, None, clock.case_transfer.value),
            "onset_to_isolation": (0, None, clock.isolation.value),
        },
    )


def test_times_of_day_count_to_the_hour(spec):
    assert PROTOCOL.clock.test_result.value == 24
    spec(
        cases="""
          case_id | tested_at           | confirmed_at        | recorded_at
          --------+---------------------+---------------------+------------
          late    | 2020-03-01T09:00:00 | 2020-03-02T15:00:00 | 2020-03-02
          in_time | 2020-03-01T09:00:00 | 2020-03-02T09:00:00 | 2020-03-02
        """,
        expr=one("test_to_confirmation"),
        expect=(2, 1.125, 0.5, 0),
    )


def test_a_date_alone_counts_to_the_day(spec):
    # 1 March 09:00 to 2 March (no hour) is one day: within 24 hours as far as anybody can tell.
    spec(
        cases="""
          case_id | tested_at           | confirmed_at | recorded_at
          --------+---------------------+--------------+------------
          in_time | 2020-03-01T09:00:00 | 2020-03-02   | 2020-03-02
          late    | 2020-03-01T09:00:00 | 2020-03-03   | 2020-03-03
          same    | 2020-03-01T09:00:00 | 2020-03-01   | 2020-03-03
        """,
        expr=one("test_to_confirmation"),
        expect=(3, 1.0, 2 / 3, 0),
    )


def test_delays_that_run_backwards_are_left_out_and_counted(spec):
    drawing = """
      case_id | reported_at | isolated_at | recorded_at
      --------+-------------+-------------+------------
      forward | 2020-03-02  | 2020-03-03  | 2020-03-03
      back    | 2020-03-02  | 2020-02-28  | 2020-03-03
    """
    spec(cases=drawing, expr=one("report_to_isolation"), expect=(1, 1.0, 1.0, 1))
    spec(cases=drawing, expr=lambda r: sorted(case_delays(counted(r))["days"]), expect=[-3.0, 1.0])


CLOCKS = """
  case_id | onset      | reported_at | isolated_at | recorded_at
  --------+------------+-------------+-------------+------------
  first   | 2020-03-01 | 2020-03-10  | 2020-03-12  | 2020-03-06
  second  | 2020-03-03 | 2020-03-08  |             | 2020-03-09
"""


def clocks(records):
    known = records.as_of(TODAY)
    return {m.name: (m.days, m.met) for m in milestones(known, counted(records), PROTOCOL)}


def test_seven_one_seven(spec):
    # Emerged 1 March, detected 6 March (5 of 7 days), notified 8 March (2 of 1), first isolation 12 March (4 of 7).
    spec(cases=CLOCKS, expr=clocks, expect={"detect": (5.0, True), "notify": (2.0, False), "respond": (4.0, True)})


def test_a_measure_or_a_contact_named_is_a_response_but_not_one_from_before_the_outbreak(spec):
    measures = """
      measure_id | kind   | start      | recorded_at
      -----------+--------+------------+------------
      old        | border | 2020-01-01 | 2020-01-01
      new        | other  | 2020-03-11 | 2020-03-11
    """
    contacts = """
      case_id | person_id | found_at   | recorded_at
      --------+-----------+------------+------------
      first   | p         | 2020-03-09 | 2020-03-09
      nobody  | q         | 2020-03-01 | 2020-03-01
    """
    spec(cases=CLOCKS, measures=measures, expr=lambda r: clocks(r)["respond"], expect=(3.0, True))
    spec(cases=CLOCKS, measures=measures, contacts=contacts, expr=lambda r: clocks(r)["respond"], expect=(1.0, True))


def test_a_response_on_the_day_of_the_first_onset_is_a_response(spec):
    measures = """
      measure_id | kind  | start      | recorded_at
      -----------+-------+------------+------------
      new        | other | 2020-03-01 | 2020-03-01
    """
    spec(cases=CLOCKS, measures=measures, expr=lambda r: clocks(r)["respond"], expect=(0.0, True))


def test_without_an_onset_the_first_exposure_is_the_emergence(spec):
    spec(
        cases="""
          case_id | exposed_from | recorded_at
          --------+--------------+------------
          a       | 2020-02-20   | 2020-03-01
        """,
        expr=clocks,
        expect={"detect": (10.0, False), "notify": (None, None), "respond": (None, None)},
    )
