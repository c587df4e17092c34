"""Whom to reach today, by when, and what comes first."""

from tracing_inputs import protocol, trace_on, work_on

title = "Whom to reach today, and what comes first"


def test_a_case_without_contacts_on_record_is_interviewed(spec):
    spec(
        cases="""
          case_id | onset      | contacts_found | recorded_at
          --------+------------+----------------+--------------------
          a       | 2026-03-05 |                | 2026-03-08T09:00:00
          b       | 2026-03-05 | 0              | 2026-03-08T09:00:00
          c       | 2026-03-05 |                | 2026-03-08T09:00:00
          d       | 2026-03-05 |                | 2026-03-06T09:00:00
          old     | 2026-01-05 |                | 2026-01-06T09:00:00
        """,
        contacts="""
          case_id | person_id | last_contact | reached_at | recorded_at
          --------+-----------+--------------+------------+------------
          c       | p         | 2026-03-06   | 2026-03-08 | 2026-03-08
        """,
        expr=lambda r: [
            (row["person"], str(row["deadline"]), row["overdue"], row["priority"])
            for row in trace_on(r, "2026-03-08").worklist.filter(task="interview").iter_rows(named=True)
        ],
        # b was asked and named nobody; the contacts of the old case are no longer in danger
        expect=[("d", "2026-03-07 09:00:00", True, 1), ("a", "2026-03-09 09:00:00", False, 2)],
    )


STEPS = {
    "cases": """
      case_id | onset      | confirmed_at | contacts_found | recorded_at
      --------+------------+--------------+----------------+------------
      a       | 2026-03-02 | 2026-03-04   | 9              | 2026-03-04
    """,
    "contacts": """
      case_id | person_id | contact_class | last_contact | reached_at | quarantined_on | quarantine_ended_on | follow_up       | recorded_at
      --------+-----------+---------------+--------------+------------+----------------+---------------------+-----------------+------------
      a       | p1        | close         | 2026-03-03   |            |                |                     |                 | 2026-03-04
      a       | p2        | close         | 2026-03-03   | 2026-03-04 |                |                     |                 | 2026-03-04
      a       | p3        | close         | 2026-03-03   | 2026-03-04 | 2026-03-05     |                     |                 | 2026-03-04
      a       | p4        | close         | 2026-03-03   | 2026-03-04 | 2026-03-05     | 2026-03-06          |                 | 2026-03-04
      a       | p5        | close         | 2026-03-03   |            |                |                     | cancelled       | 2026-03-04
      a       | p6        | close         | 2026-03-03   | 2026-03-04 |                |                     | lost            | 2026-03-04
      a       | p7        | close         | 2026-03-03   |            |                |                     | under_follow_up | 2026-03-04
      a       | p8        | general       | 2026-03-03   |            |                |                     |                 | 2026-03-04
      a       | p9        | secondary     | 2026-03-03   |            |                |                     |                 | 2026-03-04
    """,  # noqa: E501 (a drawing)
}


def test_each_contact_has_the_next_step_only(spec):
    spec(
        **STEPS,
        expr=lambda r: sorted(work_on("2026-03-06", "person", "task")(r)),
        expect=[
            ("p1", "reach"),
            ("p2", "quarantine"),
            # p3 is in quarantine, p4 was released, p5 was called off
            ("p6", "reach"),  # lost: to be found again
            ("p7", "quarantine"),  # under follow-up, so reached
            ("p8", "reach"),
            # the generic protocol asks nothing of p9, a contact of a contact
        ],
    )


def test_close_contacts_come_before_others_and_what_is_overdue_one_step_sooner(spec):
    rules = protocol("china-9")  # reach within 8 hours, secondary within 8, transfer within 8 and 12
    spec(
        **STEPS,
        expr=work_on("2026-03-06", "priority", "person", "task", rules=rules),
        expect=[
            (1, "p1", "reach"),
            (1, "p2", "quarantine"),
            (1, "p6", "reach"),
            (1, "p7", "quarantine"),
            (3, "p9", "reach"),
            (4, "p8", "reach"),
            (4, "p2", "test"),
            (4, "p3", "test"),
            (4, "p4", "test"),
            (4, "p7", "test"),
        ],
    )


def test_somebody_exposed_again_after_their_release_goes_into_quarantine_again(spec):
    spec(
        cases="""
          case_id | onset      | contacts_found | recorded_at
          --------+------------+----------------+------------
          a       | 2026-03-02 | 1              | 2026-03-04
          b       | 2026-03-18 | 1              | 2026-03-20
        """,
        contacts="""
          case_id | person_id | contact_class | last_contact | reached_at | quarantined_on | quarantine_ended_on | recorded_at
          --------+-----------+---------------+--------------+------------+----------------+---------------------+------------
          a       | p         | close         | 2026-03-03   | 2026-03-04 | 2026-03-04     | 2026-03-17          | 2026-03-04
          b       | p         | close         | 2026-03-19   | 2026-03-20 |                |                     | 2026-03-20
        """,  # noqa: E501 (a drawing)
        expr=work_on("2026-03-20", "person", "task", "case_id", "quarantine_end"),
        expect=[("p", "quarantine", "b", "2026-04-02"), ("p", "test", "b", "2026-04-02")],
    )


def test_a_stay_at_a_site_is_quarantine_begun(spec):
    spec(
        cases=STEPS["cases"],
        contacts="""
          case_id | person_id | contact_class | last_contact | recorded_at
          --------+-----------+---------------+--------------+------------
          a       | p         | close         | 2026-03-03   | 2026-03-04
        """,
        stays="""
          person_id | place           | entered_on | recorded_at
          ----------+-----------------+------------+------------
          p         | quarantine_site | 2026-03-05 | 2026-03-05
        """,
        expr=work_on("2026-03-05", "person", "task"),
        expect=[],
    )


def test_a_case_known_by_two_records_is_interviewed_once(spec):
    spec(
        cases="""
          record_id | case_id | person_id | onset      | recorded_at
          ----------+---------+-----------+------------+------------
          one       | a       | p         | 2026-03-05 | 2026-03-08
          two       | a       | p         | 2026-03-05 | 2026-03-08
          three     | b       | p         | 2026-03-05 | 2026-03-08
        """,
        expr=work_on("2026-03-08", "person", "task"),
        expect=[("p", "interview")],
    )
