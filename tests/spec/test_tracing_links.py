"""Who infected whom, and where a chain came from."""

from tracing_inputs import links_on, trace_on

title = "Who infected whom, and where a chain came from"

LINKS = ("case_id", "infector", "chain", "generation")


def test_recorded_infectors_make_a_tree(spec):
    spec(
        cases="""
          case_id | infector | onset      | recorded_at
          --------+----------+------------+------------
          a       |          | 2026-03-01 | 2026-03-02
          b       | a        | 2026-03-04 | 2026-03-05
          c       | b        | 2026-03-07 | 2026-03-08
          d       | a        | 2026-03-05 | 2026-03-06
          e       |          | 2026-03-05 | 2026-03-06
        """,
        expr=links_on("2026-03-10", *LINKS),
        expect=[
            ("a", None, "a", 0),
            ("b", "a", "a", 1),
            ("d", "a", "a", 1),
            ("c", "b", "a", 2),
            ("e", None, "e", 0),
        ],
    )


def test_an_infector_confirmed_after_the_infectee_stays(spec):
    spec(
        cases="""
          case_id | infector | confirmed_at | recorded_at
          --------+----------+--------------+------------
          a       | b        | 2026-03-02   | 2026-03-02
          b       |          | 2026-03-06   | 2026-03-06
        """,
        expr=links_on("2026-03-10", *LINKS),
        expect=[("b", None, "b", 0), ("a", "b", "b", 1)],
    )


def test_an_infector_who_is_not_known_yet_leaves_the_case_a_root_until_told(spec):
    drawing = """
      case_id | infector | recorded_at
      --------+----------+------------
      a       | b        | 2026-03-02
      b       |          | 2026-03-06
    """
    spec(
        cases=drawing,
        expr=links_on("2026-03-05", "case_id", "infector", "source"),
        expect=[("a", None, "not_yet_recorded")],
    )
    spec(
        cases=drawing,
        expr=links_on("2026-03-06", "case_id", "infector", "source"),
        expect=[("b", None, "unknown"), ("a", "b", "unknown")],
    )


def test_an_infector_who_does_not_count_leaves_the_source_unknown(spec):
    spec(
        cases="""
          case_id | infector | classification | recorded_at
          --------+----------+----------------+------------
          a       | s        | confirmed      | 2026-03-02
          s       |          | discarded      | 2026-03-02
        """,
        expr=links_on("2026-03-05", "case_id", "infector", "source"),
        expect=[("a", None, "unknown")],
    )


def test_in_a_loop_the_case_told_first_begins_the_chain(spec):
    spec(
        cases="""
          case_id | infector | recorded_at
          --------+----------+------------
          a       | c        | 2026-03-04
          b       | a        | 2026-03-02
          c       | b        | 2026-03-03
          d       | c        | 2026-03-01
        """,
        expr=links_on("2026-03-05", *LINKS),
        expect=[("b", None, "b", 0), ("c", "b", "b", 1), ("a", "c", "b", 2), ("d", "c", "b", 2)],
    )


CASES = """
  case_id | person_id | onset      | recorded_at
  --------+-----------+------------+------------
  a       | pa        | 2026-03-01 | 2026-03-02
  b       | pb        | 2026-03-02 | 2026-03-03
  c       | pc        | 2026-03-05 | 2026-03-06
"""


def test_a_contact_who_became_a_case_is_linked_to_the_case_that_named_them_first(spec):
    spec(
        cases=CASES,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | pc        | 2026-03-03   | 2026-03-05
          b       | pc        | 2026-03-03   | 2026-03-04
        """,
        expr=links_on("2026-03-10", "case_id", "infector", "basis"),
        expect=[("a", None, None), ("b", None, None), ("c", "b", "contact")],
    )


def test_a_meeting_after_the_onset_or_with_a_later_case_makes_no_link(spec):
    spec(
        cases=CASES,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | pc        | 2026-03-06   | 2026-03-06
          c       | pb        | 2026-03-02   | 2026-03-06
        """,
        expr=links_on("2026-03-10", "case_id", "infector"),
        expect=[("a", None), ("b", None), ("c", None)],
    )


def test_a_meeting_on_the_day_of_onset_makes_a_link(spec):
    spec(
        cases=CASES,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | pc        | 2026-03-05   | 2026-03-06
        """,
        expr=links_on("2026-03-10", "case_id", "infector"),
        expect=[("a", None), ("c", "a"), ("b", None)],
    )


def test_neither_of_two_cases_of_one_day_infected_the_other_by_a_contact_alone(spec):
    spec(
        cases="""
          case_id | person_id | onset      | recorded_at
          --------+-----------+------------+------------
          a       | pa        | 2026-03-01 | 2026-03-02
          b       | pb        | 2026-03-01 | 2026-03-02
        """,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | pb        | 2026-02-27   | 2026-03-02
        """,
        expr=links_on("2026-03-10", "case_id", "infector"),
        expect=[("a", None), ("b", None)],
    )


def test_nobody_infects_themselves_when_they_fall_ill_again(spec):
    spec(
        cases="""
          case_id | person_id | onset      | recorded_at
          --------+-----------+------------+------------
          a       | p         | 2026-01-01 | 2026-01-02
          b       | p         | 2026-03-01 | 2026-03-02
        """,
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          a       | p         | 2026-01-01   | 2026-01-02
        """,
        expr=links_on("2026-03-10", "case_id", "infector"),
        expect=[("a", None), ("b", None)],
    )


def test_the_infector_on_the_record_of_the_case_comes_before_contacts(spec):
    spec(
        cases=CASES.replace("recorded_at", "recorded_at | infector", 1)
        .replace("2026-03-06", "2026-03-06 | a", 1)
        .replace("2026-03-02\n", "2026-03-02 |\n", 1)
        .replace("2026-03-03\n", "2026-03-03 |\n", 1),
        contacts="""
          case_id | person_id | last_contact | recorded_at
          --------+-----------+--------------+------------
          b       | pc        | 2026-03-03   | 2026-03-04
        """,
        expr=links_on("2026-03-10", "case_id", "infector", "basis"),
        expect=[("a", None, None), ("c", "a", "recorded"), ("b", None, None)],
    )


def test_sources(spec):
    """An arrival comes before a cluster, a cluster before an infector to come."""
    spec(
        cases="""
          case_id | origin   | origin_place | cluster | infector | onset      | recorded_at
          --------+----------+--------------+---------+----------+------------+------------
          a       | imported | Wuhan        | church  |          | 2026-03-01 | 2026-03-02
          b       |          |              | church  | z        | 2026-03-01 | 2026-03-02
          c       |          |              |         | z        | 2026-03-01 | 2026-03-02
          d       |          |              |         |          | 2026-03-01 | 2026-03-02
          e       |          |              |         |          | 2026-03-01 | 2026-03-02
          f       | local    |              |         |          | 2026-03-01 | 2026-03-02
        """,
        arrivals="""
          person_id | arrived_at | origin | recorded_at
          ----------+------------+--------+------------
          e         | 2026-02-20 | Milan  | 2026-02-20
          f         | 2026-02-20 | Milan  | 2026-02-20
          d         | 2026-01-20 | Milan  | 2026-01-20
        """,
        expr=lambda r: [(chain.id, chain.source, chain.source_name) for chain in trace_on(r, "2026-03-05").chains],
        expect=[
            ("a", "arrival", "Wuhan"),
            ("b", "cluster", "church"),
            ("c", "not_yet_recorded", None),
            ("d", "unknown", None),
            ("e", "arrival", "Milan"),
            ("f", "unknown", None),
        ],
    )


def test_a_chain_is_summed_up(spec):
    spec(
        zones="""
          zone_id | parent_zone
          --------+------------
          town    |
          block   | town
        """,
        cases="""
          case_id | infector | zone  | onset      | recorded_at
          --------+----------+-------+------------+------------
          a       |          | block | 2026-03-01 | 2026-03-02
          b       | a        | town  | 2026-03-04 | 2026-03-05
          c       | a        | block | 2026-03-07 | 2026-03-08
          d       | c        |       | 2026-03-20 | 2026-03-21
          f       | c        |       | 2026-03-20 | 2026-03-21
          e       |          |       | 2026-03-01 | 2026-03-02
        """,
        expr=lambda r: [
            (c.id, c.cases, c.generations, str(c.first_day), str(c.last_day), c.zones, c.mean_offspring, c.active)
            for c in trace_on(r, "2026-03-21").chains
        ],
        # a and b and c are 14 days old or more: four infections among the three; d and f are too young to tell
        expect=[
            ("a", 5, 2, "2026-03-01", "2026-03-20", ("town", "block"), 4 / 3, True),
            ("e", 1, 0, "2026-03-01", "2026-03-01", (), 0.0, False),
        ],
    )
