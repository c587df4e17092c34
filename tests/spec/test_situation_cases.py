"""Which cases count, how each is linked, whether it was in quarantine when found, and whether it is still active."""

from datetime import date

import pytest

from douse.library.load import load
from douse.library.number import Number
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.situation.cases import counted_cases, suspected

title = "Counted cases: links, quarantine when found, active"

# Maximum incubation 14 days; 10 days in isolation; probable and confirmed cases count.
PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")


def counted(column, day=date(2020, 3, 20)):
    def answer(records):
        cases = counted_cases(records.as_of(day), PATHOGEN, PROTOCOL)
        return dict(cases.select("case_id", column).iter_rows())

    return answer


def test_probable_and_confirmed_cases_count_and_an_empty_class_is_confirmed(spec):
    drawing = """
      case_id | classification | recorded_at
      --------+----------------+------------
      a       | confirmed      | 2020-03-02
      b       | probable       | 2020-03-02
      c       | suspected      | 2020-03-02
      d       | discarded      | 2020-03-02
      e       |                | 2020-03-02
    """
    spec(cases=drawing, expr=lambda r: set(counted("link")(r)), expect={"a", "b", "e"})
    spec(cases=drawing, expr=lambda r: suspected(r.as_of(date(2020, 3, 20))), expect=1)


def test_the_day_of_a_case_is_its_onset_else_the_first_other_date(spec):
    spec(
        cases="""
          case_id | onset      | tested_at  | confirmed_at | hospitalised_on | recorded_at
          --------+------------+------------+--------------+-----------------+------------
          onset   | 2020-03-01 | 2020-02-25 |              |                 | 2020-03-09
          other   |            | 2020-03-04 | 2020-03-05   | 2020-03-03      | 2020-03-09
          told    |            |            |              |                 | 2020-03-09
        """,
        expr=counted("day"),
        expect={"onset": date(2020, 3, 1), "other": date(2020, 3, 3), "told": date(2020, 3, 9)},
    )


def test_a_correction_does_not_make_a_case_new(spec):
    spec(
        cases="""
          record_id | case_id | recorded_at | supersedes
          ----------+---------+-------------+-----------
          one       | a       | 2020-03-02  |
          two       | a       | 2020-03-18  | one
        """,
        expr=counted("told_on"),
        expect={"a": date(2020, 3, 2)},
    )


def test_links(spec):
    spec(
        cases="""
          case_id  | origin   | infector | cluster | found_by        | onset      | recorded_at
          ---------+----------+----------+---------+-----------------+------------+------------
          abroad   | imported |          |         |                 | 2020-03-10 | 2020-03-12
          infected |          | nobody   |         |                 | 2020-03-10 | 2020-03-12
          cluster  |          |          | choir   |                 | 2020-03-10 | 2020-03-12
          traced   | local    |          |         | contact_tracing | 2020-03-10 | 2020-03-12
          alone    |          |          |         | symptoms        | 2020-03-10 | 2020-03-12
          local    | local    |          |         |                 | 2020-03-10 | 2020-03-12
        """,
        expr=counted("link"),
        expect={
            "abroad": "imported",
            "infected": "linked",
            "cluster": "linked",
            "traced": "linked",
            "alone": "unlinked",
            "local": "unlinked",
        },
    )


def test_an_arrival_within_one_maximum_incubation_makes_an_import_unless_the_origin_is_local(spec):
    spec(
        cases="""
          case_id | person_id | origin  | onset      | recorded_at
          --------+-----------+---------+------------+------------
          in_time | p         |         | 2020-03-15 | 2020-03-16
          unknown | q         | unknown | 2020-03-15 | 2020-03-16
          earlier | r         |         | 2020-03-16 | 2020-03-16
          before  | s         |         | 2020-02-28 | 2020-03-16
          known   | t         | local   | 2020-03-15 | 2020-03-16
        """,
        arrivals="""
          person_id | arrived_at          | recorded_at
          ----------+---------------------+------------
          p         | 2020-03-01T21:00:00 | 2020-03-01
          unknown   | 2020-03-14T06:00:00 | 2020-03-14
          r         | 2020-03-01T21:00:00 | 2020-03-01
          s         | 2020-03-01T21:00:00 | 2020-03-01
          t         | 2020-03-01T21:00:00 | 2020-03-01
        """,
        expr=counted("link"),
        expect={
            "in_time": "imported",
            "unknown": "imported",
            "earlier": "unlinked",
            "before": "unlinked",
            "known": "unlinked",
        },
    )


def test_in_quarantine_by_the_case_record_on_or_before_the_day_of_the_test(spec):
    spec(
        cases="""
          case_id | quarantined_on | tested_at           | confirmed_at | recorded_at
          --------+----------------+---------------------+--------------+------------
          same    | 2020-03-10     | 2020-03-10T08:00:00 | 2020-03-12   | 2020-03-13
          after   | 2020-03-11     | 2020-03-10T08:00:00 | 2020-03-12   | 2020-03-13
          confirm | 2020-03-12     |                     | 2020-03-12   | 2020-03-13
          told    | 2020-03-13     |                     |              | 2020-03-13
          never   |                | 2020-03-10T08:00:00 |              | 2020-03-13
        """,
        expr=counted("in_quarantine"),
        expect={"same": True, "after": False, "confirm": True, "told": True, "never": False},
    )


QUARANTINED_CONTACTS = """
  case_id | person_id | last_contact | quarantined_on | quarantine_place | quarantine_ended_on | recorded_at
  --------+-----------+--------------+----------------+------------------+---------------------+------------
  x       | p         | 2020-03-01   | 2020-03-02     | quarantine_site  |                     | 2020-03-02
  x       | by_case   | 2020-03-01   | 2020-03-02     | home             |                     | 2020-03-02
  x       | over      | 2020-03-01   | 2020-03-02     | home             | 2020-03-07          | 2020-03-02
  x       | lapsed    | 2020-02-20   | 2020-02-22     | home             |                     | 2020-02-22
  x       | later     | 2020-03-01   | 2020-03-09     | home             |                     | 2020-03-09
"""
FOUND_ON_THE_EIGHTH = """
  case_id | person_id | tested_at  | recorded_at
  --------+-----------+------------+------------
  person  | p         | 2020-03-08 | 2020-03-10
  by_case | other     | 2020-03-08 | 2020-03-10
  over    |           | 2020-03-08 | 2020-03-10
  lapsed  |           | 2020-03-08 | 2020-03-10
  later   |           | 2020-03-08 | 2020-03-10
"""


def test_in_quarantine_as_a_contact_until_the_release_or_the_days_that_the_protocol_asks(spec):
    spec(
        cases=FOUND_ON_THE_EIGHTH,
        contacts=QUARANTINED_CONTACTS,
        expr=counted("in_quarantine"),
        expect={"person": True, "by_case": True, "over": False, "lapsed": False, "later": False},
    )


def test_the_protocol_asks_days_by_class_and_an_empty_class_is_close(spec):
    close = PROTOCOL.quarantine["close"]
    three = close.phases[0].model_copy(update={"days": Number(value=3, unit="days", source="x", grade="est")})
    shorter = close.model_copy(update={"phases": (three,)})
    protocol = PROTOCOL.model_copy(update={"quarantine": {**PROTOCOL.quarantine, "secondary": shorter}})
    spec(
        cases=FOUND_ON_THE_EIGHTH,
        contacts="""
          case_id | person_id | contact_class | last_contact | quarantined_on | recorded_at
          --------+-----------+---------------+--------------+----------------+------------
          x       | by_case   |               | 2020-03-01   | 2020-03-02     | 2020-03-02
          x       | over      | close         | 2020-03-01   | 2020-03-02     | 2020-03-02
          x       | lapsed    | secondary     | 2020-03-01   | 2020-03-02     | 2020-03-02
          x       | later     | secondary     | 2020-03-05   | 2020-03-06     | 2020-03-06
        """,
        expr=lambda r: dict(
            counted_cases(r.as_of(date(2020, 3, 20)), PATHOGEN, protocol).select("case_id", "in_quarantine").iter_rows()
        ),
        expect={"person": False, "by_case": True, "over": True, "lapsed": False, "later": True},
    )


def test_only_a_quarantine_site_is_away_from_home(spec):
    spec(
        cases=FOUND_ON_THE_EIGHTH,
        contacts=QUARANTINED_CONTACTS,
        expr=counted("found_away"),
        expect={"person": True, "by_case": False, "over": False, "lapsed": False, "later": False},
    )


def test_in_quarantine_by_a_stay_or_entry_quarantine(spec):
    drawings = {
        "cases": """
          case_id  | tested_at  | recorded_at
          ---------+------------+------------
          site     | 2020-03-08 | 2020-03-10
          home     | 2020-03-08 | 2020-03-10
          isolated | 2020-03-08 | 2020-03-10
          hospital | 2020-03-08 | 2020-03-10
          left     | 2020-03-08 | 2020-03-10
          entry    | 2020-03-08 | 2020-03-10
          released | 2020-03-08 | 2020-03-10
        """,
        "stays": """
          person_id | place           | entered_on | left_on    | recorded_at
          ----------+-----------------+------------+------------+------------
          site      | quarantine_site | 2020-03-08 |            | 2020-03-08
          home      | home            | 2020-03-07 |            | 2020-03-07
          isolated  | home            | 2020-03-08 |            | 2020-03-08
          hospital  | hospital        | 2020-03-01 |            | 2020-03-01
          left      | quarantine_site | 2020-03-01 | 2020-03-07 | 2020-03-01
        """,
        "arrivals": """
          person_id | arrived_at | quarantine_until | recorded_at
          ----------+------------+------------------+------------
          entry     | 2020-03-01 | 2020-03-15       | 2020-03-01
          released  | 2020-02-20 | 2020-03-05       | 2020-02-20
        """,
    }
    inside = {"site": True, "home": True, "entry": True}
    outside = {"isolated": False, "hospital": False, "left": False, "released": False}
    spec(**drawings, expr=counted("in_quarantine"), expect={**inside, **outside})
    spec(**drawings, expr=counted("found_away"), expect={**inside, **outside, "home": False})


def test_an_import_found_at_the_border_was_not_in_the_community(spec):
    spec(
        cases="""
          case_id | origin   | found_by        | recorded_at
          --------+----------+-----------------+------------
          border  | imported | entry_screening | 2020-03-10
          town    | imported | symptoms        | 2020-03-10
        """,
        expr=counted("in_quarantine"),
        expect={"border": True, "town": False},
    )


@pytest.mark.parametrize(
    ("severity", "stay"),
    [
        ("mild", PATHOGEN.days_in_isolation.value),
        ("", PATHOGEN.days_in_isolation.value),
        ("severe", PATHOGEN.days_in_hospital.value),
        ("critical", PATHOGEN.days_in_icu.value + PATHOGEN.days_in_hospital.value),
    ],
)
def test_a_case_is_active_for_the_usual_days_of_its_severity(spec, severity, stay):
    drawing = f"""
      case_id | severity   | onset      | recorded_at
      --------+------------+------------+------------
      a       | {severity} | 2020-03-01 | 2020-03-01
    """
    last = int(stay)
    spec(
        cases=drawing, expr=counted("active", date.fromordinal(date(2020, 3, 1).toordinal() + last)), expect={"a": True}
    )
    spec(
        cases=drawing,
        expr=counted("active", date.fromordinal(date(2020, 3, 1).toordinal() + last + 1)),
        expect={"a": False},
    )


def test_an_outcome_ends_a_case(spec):
    spec(
        cases="""
          case_id | onset      | outcome   | outcome_on | recorded_at
          --------+------------+-----------+------------+------------
          better  | 2020-03-15 | recovered | 2020-03-19 | 2020-03-16
          ahead   | 2020-03-15 | recovered | 2020-03-21 | 2020-03-16
          ill     | 2020-03-15 |           |            | 2020-03-16
        """,
        expr=counted("active"),
        expect={"better": False, "ahead": True, "ill": True},
    )
