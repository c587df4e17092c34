"""Who is a contact of a case, and of which class."""

from tracing_inputs import contacts_on, protocol

title = "Who is a contact, and of which class"

CASE = """
  case_id | onset      | confirmed_at | recorded_at
  --------+------------+--------------+------------
  a       | 2026-03-05 | 2026-03-08   | 2026-03-08
"""


def test_the_class_on_the_record_counts_else_setting_and_minutes_decide(spec):
    spec(
        cases=CASE,
        contacts="""
          case_id | person_id | setting   | minutes | contact_class | last_contact | recorded_at
          --------+-----------+-----------+---------+---------------+--------------+------------
          a       | p1        | shop      | 1       | close         | 2026-03-07   | 2026-03-08
          a       | p2        | household |         |               | 2026-03-07   | 2026-03-08
          a       | p3        | shop      | 15      |               | 2026-03-07   | 2026-03-08
          a       | p4        | shop      | 14      |               | 2026-03-07   | 2026-03-08
          a       | p5        | shop      |         |               | 2026-03-07   | 2026-03-08
          a       | p6        |           |         |               | 2026-03-07   | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person", "contact_class"),
        expect=[
            ("p1", "close"),
            ("p2", "close"),
            ("p3", "close"),
            ("p4", "general"),
            ("p5", "general"),
            ("p6", "close"),
        ],
    )


def test_who_lives_with_a_case_is_a_close_contact_for_as_long_as_it_could_infect(spec):
    spec(
        cases=CASE,
        people="""
          person_id | household
          ----------+----------
          a         | h
          b         | h
          c         | other
        """,
        expr=contacts_on("2026-03-08", "person", "contact_class", "basis", "first_exposure", "last_exposure"),
        expect=[("b", "close", "household", "2026-03-03", "2026-03-08")],
    )


def test_whoever_is_a_case_is_no_contact_to_reach(spec):
    spec(
        cases="""
          case_id | person_id | onset      | recorded_at
          --------+-----------+------------+------------
          a       | pa        | 2026-03-05 | 2026-03-08
          b       | pb        | 2026-03-07 | 2026-03-08
        """,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | pb        | 2026-03-06   | 2026-03-08
          a       | b         | 2026-03-06   | 2026-03-08
          b       | pa        | 2026-03-07   | 2026-03-08
          b       | pc        | 2026-03-07   | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person", "case_id"),
        expect=[("pc", "b")],
    )


def test_contacts_of_a_suspected_case_make_no_work(spec):
    spec(
        cases="""
          case_id | classification | onset      | recorded_at
          --------+----------------+------------+------------
          a       | suspected      | 2026-03-05 | 2026-03-08
        """,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | p         | 2026-03-06   | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person"),
        expect=[],
    )


def test_a_contact_of_two_cases_is_one_row_with_the_exposure_that_asks_most(spec):
    spec(
        cases="""
          case_id | onset      | recorded_at
          --------+------------+------------
          a       | 2026-03-05 | 2026-03-08
          b       | 2026-03-05 | 2026-03-08
        """,
        contacts="""
          case_id | person_id | contact_class | last_contact | recorded_at
          --------+-----------+---------------+--------------+------------
          a       | p         | close         | 2026-03-04   | 2026-03-08
          b       | p         | close         | 2026-03-06   | 2026-03-08
          a       | p         | general       | 2026-03-07   | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person", "case_id", "contact_class", "last_exposure"),
        expect=[("p", "b", "close", "2026-03-06")],
    )


def test_the_same_record_twice_changes_nothing(spec):
    spec(
        cases=CASE,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | p         | 2026-03-06   | 2026-03-08
          a       | p         | 2026-03-06   | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person", "last_exposure"),
        expect=[("p", "2026-03-06")],
    )


def test_an_old_exposure_makes_no_work_unless_the_person_is_still_in_quarantine(spec):
    spec(
        cases="""
          case_id | onset      | confirmed_at | recorded_at
          --------+------------+--------------+------------
          a       | 2026-02-05 | 2026-02-08   | 2026-02-08
        """,
        contacts="""
          case_id | person_id | last_contact | quarantined_on | recorded_at
          --------+-----------+--------------+----------------+------------
          a       | p         | 2026-02-06   |                | 2026-02-08
          a       | q         | 2026-02-06   | 2026-02-08     | 2026-02-08
        """,
        expr=contacts_on("2026-03-08", "person"),
        expect=[("q",)],
    )


def test_a_contact_without_a_day_counts_until_the_case_could_no_longer_infect(spec):
    spec(
        cases=CASE,
        contacts="""
          case_id | person_id | first_contact | found_at   | recorded_at
          --------+-----------+---------------+------------+------------
          a       | p         |               | 2026-03-09 | 2026-03-09
          a       | q         | 2026-03-04    | 2026-03-09 | 2026-03-09
        """,
        expr=contacts_on("2026-03-09", "person", "first_exposure", "last_exposure"),
        expect=[("p", "2026-03-08", "2026-03-08"), ("q", "2026-03-04", "2026-03-08")],
    )


RING2 = {
    "cases": CASE,
    "contacts": """
      case_id | person_id | contact_class | first_contact | last_contact | quarantined_on | recorded_at
      --------+-----------+---------------+---------------+--------------+----------------+------------
      a       | p         | close         | 2026-03-04    | 2026-03-04   | 2026-03-06     | 2026-03-08
      p       | r         |               | 2026-03-05    | 2026-03-05   |                | 2026-03-08
    """,
    "people": """
      person_id | household
      ----------+----------
      p         | h
      q         | h
    """,
    "visits": """
      person_id | place_id | entered_at          | left_at             | recorded_at
      ----------+----------+---------------------+---------------------+------------
      p         | cafe     | 2026-03-05T10:00:00 | 2026-03-05T11:00:00 | 2026-03-08
      s         | cafe     | 2026-03-05T10:30:00 | 2026-03-05T12:00:00 | 2026-03-08
      t         | cafe     | 2026-03-05T10:50:00 | 2026-03-05T12:00:00 | 2026-03-08
    """,
}


def test_contacts_of_close_contacts_are_found_where_the_protocol_asks_for_them(spec):
    spec(
        **RING2,
        expr=contacts_on(
            "2026-03-08", "person", "ring", "via", "contact_class", "basis", "last_exposure", rules=protocol("china-9")
        ),
        expect=[
            ("p", 1, None, "close", "recorded", "2026-03-04"),
            # q lived with p until p went into quarantine
            ("q", 2, "p", "secondary", "household", "2026-03-06"),
            ("r", 2, "p", "secondary", "recorded", "2026-03-05"),
            ("s", 2, "p", "secondary", "shared_place", "2026-03-05"),
        ],
    )


def test_contacts_of_close_contacts_are_not_determined_by_default(spec):
    spec(**RING2, expr=contacts_on("2026-03-08", "person"), expect=[("p",)])
