"""Contacts a case, reached within 48 hours, under quarantine; and what nobody sent."""

from datetime import date

from conftest import records as made
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.records.tables import TABLES
from douse.situation.cases import counted_cases
from douse.situation.contact_figures import contact_figures
from douse.situation.missing import missing

title = "Contact figures and what is missing"

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")


def figures(records, day=date(2020, 3, 10)):
    known = records.as_of(day)
    return contact_figures(known, counted_cases(known, PATHOGEN, PROTOCOL), PATHOGEN, PROTOCOL)


CASES = """
  case_id | classification | contacts_found | recorded_at
  --------+----------------+----------------+--------------------
  a       |                | 3              | 2020-03-01T10:00:00
  b       |                |                | 2020-03-02
  none    |                | 0              | 2020-03-02
  unasked |                |                | 2020-03-02
  doubted | suspected      | 9              | 2020-03-02
"""
CONTACTS = """
  case_id | person_id | setting   | last_contact | found_at            | reached_at          | quarantined_on | quarantine_ended_on | recorded_at
  --------+-----------+-----------+--------------+---------------------+---------------------+----------------+---------------------+------------
  a       | p         | household | 2020-03-01   | 2020-03-02T08:00:00 | 2020-03-04T08:00:00 | 2020-03-04     |                     | 2020-03-02
  a       | p         | meal      | 2020-03-01   | 2020-03-02T08:00:00 | 2020-03-04T09:00:00 | 2020-03-04     |                     | 2020-03-02
  b       | p         |           | 2020-03-01   |                     | 2020-03-04          |                |                     | 2020-03-03
  b       | q         |           | 2020-03-01   | 2020-03-02          |                     | 2020-03-03     | 2020-03-09          | 2020-03-03
  b       | r         |           | 2020-02-20   |                     |                     | 2020-02-21     |                     | 2020-03-03
  b       | a         |           | 2020-03-01   |                     |                     | 2020-03-02     |                     | 2020-03-03
  doubted | s         |           | 2020-03-01   | 2020-03-02          | 2020-03-02          | 2020-03-03     |                     | 2020-03-03
"""  # noqa: E501 -- a drawing of a wide table


def test_contacts_a_case_are_the_people_named_or_the_number_given(spec):
    # a: three by number (one person listed); b: four people; none: zero; unasked: not known, so not counted as zero.
    spec(
        cases=CASES,
        contacts=CONTACTS,
        expr=lambda r: (
            figures(r).cases_with_contacts,
            figures(r).total,
            figures(r).per_case_low,
            figures(r).per_case_median,
            figures(r).per_case_high,
        ),
        expect=(2, 7, 1.5, 3.0, 3.5),
    )


def test_reached_within_48_hours_of_being_named_else_of_the_case_being_told(spec):
    # Of three with both times: 48 h is in time, 49 h is late, and two days by dates alone are in time.
    spec(
        cases=CASES,
        contacts=CONTACTS,
        expr=lambda r: (figures(r).reached_known, figures(r).reached_48h_share),
        expect=(3, 2 / 3),
    )


def test_under_quarantine_until_release_or_the_days_that_the_protocol_asks_and_not_as_a_case(spec):
    # p is in quarantine (14 days from 1 March), q was released, r's days are over, a is a case, s met no counted case.
    spec(cases=CASES, contacts=CONTACTS, expr=lambda r: figures(r).under_quarantine, expect=1)
    spec(cases=CASES, contacts=CONTACTS, expr=lambda r: figures(r, date(2020, 3, 15)).under_quarantine, expect=1)
    spec(cases=CASES, contacts=CONTACTS, expr=lambda r: figures(r, date(2020, 3, 16)).under_quarantine, expect=0)


def test_without_contacts_there_are_no_shares(spec):
    spec(
        cases="""
          case_id | recorded_at
          --------+------------
          a       | 2020-03-01
        """,
        expr=lambda r: (figures(r).total, figures(r).per_case_median, figures(r).reached_48h_share),
        expect=(0, None, None),
    )


def test_tables_that_nobody_sent_are_missing_and_an_empty_file_counts_as_sent():
    cases = [{"case_id": "a", "recorded_at": "2020-03-01"}]
    known = made(cases=cases, contacts=[]).as_of(date(2020, 3, 2))
    found = missing(known, counted_cases(known, PATHOGEN, PROTOCOL))
    tables = [m.table for m in found if m.column is None]
    assert tables == [name for name in TABLES if name not in ("cases", "contacts")]


def test_columns_empty_in_more_than_half_of_the_cases_are_missing():
    rows = [
        {"case_id": f"c{n}", "recorded_at": "2020-03-01", "age": 30 if n else None, "zone": "z" if n < 2 else None}
        for n in range(4)
    ]
    known = made(cases=rows).as_of(date(2020, 3, 2))
    found = missing(known, counted_cases(known, PATHOGEN, PROTOCOL))
    columns = {m.column: (m.n, m.of) for m in found if m.column}
    assert columns == dict.fromkeys(("onset", "reported_at", "isolated_at", "infector", "severity"), (4, 4))
