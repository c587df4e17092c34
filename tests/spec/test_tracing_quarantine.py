"""When the quarantine of a contact ends, where it is served, and when tests fall due."""

from datetime import date, datetime

from tracing_inputs import contacts_on, plain, protocol, trace_on, work_on

title = "When the quarantine of a contact ends"

CHINA = protocol("china-9")  # close: 7 days central, 3 days monitored at home; tests on days 1, 2, 3, 5, 7, 10

RECORDS = {
    "cases": """
      case_id | onset      | confirmed_at | recorded_at
      --------+------------+--------------+------------
      a       | 2026-03-02 | 2026-03-04   | 2026-03-04
    """,
    "contacts": """
      case_id | person_id | contact_class | last_contact | found_at   | reached_at | recorded_at
      --------+-----------+---------------+--------------+------------+------------+------------
      a       | early     | close         | 2026-03-03   | 2026-03-04 | 2026-03-04 | 2026-03-04
      a       | late      | close         | 2026-03-03   | 2026-03-08 | 2026-03-08 | 2026-03-08
      a       | near      | general       | 2026-03-03   | 2026-03-04 | 2026-03-04 | 2026-03-04
    """,
}


def test_the_clock_starts_at_the_last_exposure_so_a_contact_found_late_serves_only_the_remaining_days(spec):
    def ends(day):
        return lambda records: [
            (row["person"], str(row["quarantine_end"]), row["quarantine_days_left"])
            for row in trace_on(records, day, CHINA).worklist.filter(task="quarantine").iter_rows(named=True)
        ]

    spec(**RECORDS, expr=ends("2026-03-04"), expect=[("early", "2026-03-10", 6)])
    spec(**RECORDS, expr=ends("2026-03-08"), expect=[("early", "2026-03-10", 2), ("late", "2026-03-10", 2)])


def test_after_the_days_of_staying_in_only_monitoring_is_left(spec):
    columns = ("person", "quarantine_end", "follow_up_end", "place")
    spec(
        **RECORDS,
        expr=contacts_on("2026-03-10", *columns, rules=CHINA),
        expect=[
            ("early", "2026-03-10", "2026-03-13", "central"),
            ("late", "2026-03-10", "2026-03-13", "central"),
            ("near", None, "2026-03-06", None),
        ],
    )
    spec(
        **RECORDS,
        expr=contacts_on("2026-03-11", "person", "place", rules=CHINA),
        expect=[("early", "monitor"), ("late", "monitor"), ("near", None)],
    )
    spec(**RECORDS, expr=work_on("2026-03-11", "person", "task", rules=CHINA), expect=[])


def test_the_longest_incubation_of_the_pathogen_is_the_quarantine_where_the_protocol_says_so(spec):
    spec(
        **RECORDS,
        expr=contacts_on("2026-03-04", "person", "quarantine_end", "place"),
        expect=[("early", "2026-03-17", "home"), ("near", None, "monitor")],
    )


def test_days(spec):
    """Test days count from the last exposure; the one of today is due, the next is told."""
    spec(
        **RECORDS,
        expr=lambda r: [
            (row["person"], row["task"], str(row["next_test"]), [d.day for d in row["test_days"]])
            for row in trace_on(r, "2026-03-08", CHINA).worklist.iter_rows(named=True)
        ],
        expect=[
            ("early", "quarantine", "2026-03-08", [4, 5, 6, 8, 10, 13]),
            ("late", "quarantine", "2026-03-08", [4, 5, 6, 8, 10, 13]),
            ("early", "test", "2026-03-08", [4, 5, 6, 8, 10, 13]),
            ("late", "test", "2026-03-08", [4, 5, 6, 8, 10, 13]),
        ],
    )
    spec(
        **RECORDS,
        expr=lambda r: plain(
            trace_on(r, "2026-03-07", CHINA).worklist.filter(person="early").select("task", "next_test").rows()
        ),
        expect=[("quarantine", "2026-03-08")],
    )


TESTED = """
  person_id | sampled_at          | result   | recorded_at
  ----------+---------------------+----------+------------
  early     | 2026-03-06T09:00:00 | negative | 2026-03-06
"""


def test_a_test_day_that_passed_without_a_sample_is_made_up_for_where_tests_are_on_record(spec):
    def tests(day):
        return lambda r: plain(
            trace_on(r, day, CHINA).worklist.filter(task="test").select("person", "next_test", "reason").rows()
        )

    missed = "A test day has passed without a sample: take it today."
    # early was sampled on the test day before; late, reached on the 8th, has had no test at all
    spec(
        **RECORDS,
        tests=TESTED,
        expr=tests("2026-03-08"),
        expect=[("early", "2026-03-08", "A test is due today."), ("late", "2026-03-08", missed)],
    )
    spec(
        **RECORDS,
        tests=TESTED,
        expr=tests("2026-03-09"),
        expect=[("early", "2026-03-09", missed), ("late", "2026-03-09", missed)],
    )


def test_a_sample_of_today_meets_the_test_day_of_today(spec):
    spec(
        **RECORDS,
        tests=TESTED.replace("03-06", "03-08"),
        expr=lambda r: trace_on(r, "2026-03-08", CHINA).worklist.filter(task="test")["person"].to_list(),
        expect=["late"],
    )


def test_without_a_table_of_tests_no_test_is_called_missed(spec):
    spec(
        **RECORDS,
        expr=lambda r: trace_on(r, "2026-03-09", CHINA).worklist.filter(task="test").height,
        expect=0,
    )


def test_whoever_has_served_the_days_is_released_and_waiting_is_overdue(spec):
    quarantined = RECORDS | {
        "contacts": """
          case_id | person_id | contact_class | last_contact | quarantined_on | recorded_at
          --------+-----------+---------------+--------------+----------------+------------
          a       | p         | close         | 2026-03-03   | 2026-03-04     | 2026-03-04
        """
    }
    release = ("person", "task", "deadline", "overdue", "priority")

    def on(day):
        return lambda r: trace_on(r, day, CHINA).worklist.filter(task="release").select(*release).rows()

    spec(**quarantined, expr=on("2026-03-09"), expect=[])
    spec(**quarantined, expr=on("2026-03-10"), expect=[("p", "release", datetime(2026, 3, 11), False, 3)])
    spec(**quarantined, expr=on("2026-03-11"), expect=[("p", "release", datetime(2026, 3, 11), True, 2)])


def test_a_longer_stay_never_ends_sooner(spec):
    """Direction: with each later last exposure the end moves by as many days."""

    def end(last_contact):
        records = RECORDS | {
            "contacts": f"""
              case_id | person_id | contact_class | last_contact | recorded_at
              --------+-----------+---------------+--------------+------------
              a       | p         | close         | {last_contact} | 2026-03-04
            """
        }
        found = []
        spec(**records, expr=lambda r: found.extend(trace_on(r, "2026-03-04").contacts["quarantine_end"]), expect=None)
        return found[0]

    assert (end("2026-03-04") - end("2026-03-02")).days == 2
    assert end("2026-03-04") == date(2026, 3, 18)
