"""What a form still asks, when the records hold part of it."""

import polars as pl
import pytest

from conftest import records
from douse.library.exposure import TracingHours
from douse.records.tables import TABLES, column_facts
from douse.tracing.tasks.form_fields import FIELDS, LISTS, NEW, SAID_BY_EXPOSURE, TABLE_OF_BASIS
from douse.tracing.tasks.visits import hours_by_task
from tracing_inputs import worklist_of

title = "What a form still asks"

CASES = """
  case_id | person_id | onset      | confirmed_at | occupation | zone  | contacts_found | cluster | recorded_at
  --------+-----------+------------+--------------+------------+-------+----------------+---------+------------
  a       | pa        | 2026-03-02 | 2026-03-04   | teacher    | north |                | x       | 2026-03-04
"""


def form_of(task, person, **tables):
    def ask(made):
        work = worklist_of(made, "2026-03-05")
        rows = work.forms.filter(task_id=f"{task} {person}")
        return {
            row["field"]: row["source_table"] if row["known"] and not row["ask"] else "ask" if row["ask"] else None
            for row in rows.iter_rows(named=True)
        }

    return ask


def test_an_interview_asks_for_what_no_table_tells(spec):
    spec(
        cases=CASES,
        people="""
          person_id | household | age
          ----------+-----------+-----
          pa        | h1        | 40
        """,
        visits="""
          person_id | place_id | entered_at | recorded_at
          ----------+----------+------------+------------
          a         | school   | 2026-03-03 | 2026-03-04
        """,
        expr=form_of("interview", "pa"),
        expect={
            "onset": "cases",
            "severity": "ask",
            "isolated_at": "ask",
            "zone": "cases",
            "household": "people",
            "age": "people",
            "daytime_place": "ask",
            "group": "ask",
            "occupation": "cases",
            "place_id": "ask",  # one place is known, and there may be others
            "carrier": "ask",
            "seat": "ask",
            "contacts_found": "ask",
            "person_id": "ask",
        },
    )


def test_a_contact_is_not_asked_about_a_meeting_that_is_on_record(spec):
    spec(
        cases=CASES,
        contacts="""
          case_id | person_id | zone  | age | contact_class | setting | last_contact | recorded_at
          --------+-----------+-------+-----+---------------+---------+--------------+------------
          a       | p         | north | 30  | close         | meal    | 2026-03-03   | 2026-03-04
        """,
        expr=form_of("reach", "p"),
        expect={
            "zone": "contacts",
            "household": "ask",
            "age": "contacts",
            "daytime_place": "ask",
            "group": "ask",
            "occupation": "ask",
            "first_contact": "ask",
            "last_contact": "contacts",
            "setting": "contacts",
            "minutes": "ask",
            "reached_at": "ask",
        },
    )


def test_a_meeting_that_visits_tell_is_known_from_them(spec):
    def fields(made):
        found = form_of("reach", "p")(made)
        return {name: found[name] for name in ("first_contact", "last_contact", "setting", "minutes")}

    spec(
        cases=CASES,
        visits="""
          person_id | place_id | kind | entered_at          | left_at             | recorded_at
          ----------+----------+------+---------------------+---------------------+------------
          pa        | cafe     | cafe | 2026-03-03T10:00:00 | 2026-03-03T11:00:00 | 2026-03-04
          p         | cafe     | cafe | 2026-03-03T10:00:00 | 2026-03-03T11:00:00 | 2026-03-04
        """,
        expr=fields,
        expect=dict.fromkeys(("first_contact", "last_contact", "setting", "minutes"), "visits"),
    )
    spec(
        cases=CASES,
        people="""
          person_id | household
          ----------+----------
          pa        | h1
          p         | h1
        """,
        expr=fields,
        expect={"first_contact": "people", "last_contact": "people", "setting": "people", "minutes": "ask"},
    )


def test_a_meeting_with_another_case_says_nothing_of_this_one(spec):
    spec(
        cases=CASES
        + """
          b       | pb        | 2026-03-02 | 2026-03-04   |            | north | 1              | x       | 2026-03-04
        """,
        contacts="""
          case_id | person_id | contact_class | setting | minutes | last_contact | recorded_at
          --------+-----------+---------------+---------+---------+--------------+------------
          a       | p         | close         |         |         | 2026-03-04   | 2026-03-04
          b       | p         | close         | meal    | 60      | 2026-03-03   | 2026-03-04
        """,
        expr=lambda r: {name: form_of("reach", "p")(r)[name] for name in ("last_contact", "setting", "minutes")},
        expect={"last_contact": "contacts", "setting": "ask", "minutes": "ask"},
    )


def test_a_new_test_is_entered_anew_whatever_the_last_one_said(spec):
    spec(
        cases=CASES,
        contacts="""
          case_id | person_id | contact_class | last_contact | reached_at | quarantined_on | recorded_at
          --------+-----------+---------------+--------------+------------+----------------+------------
          a       | p         | close         | 2026-03-04   | 2026-03-04 | 2026-03-04     | 2026-03-04
        """,
        tests="""
          person_id | sampled_at | kind | recorded_at
          ----------+------------+------+------------
          p         | 2026-03-04 | pcr  | 2026-03-04
        """,
        expr=lambda r: {name: form_of("test", "p")(r)[name] for name in ("sampled_at", "kind", "laboratory")},
        expect={"sampled_at": "ask", "kind": "ask", "laboratory": "ask"},
    )


def test_fields_are_columns_of_the_tables():
    for fields in FIELDS.values():
        for field in fields:
            for table, column in (field.asked, *field.also):
                assert column in TABLES[table].column_names()
    assert all(column in TABLES[table].column_names() for table, column in LISTS)
    assert set(TABLE_OF_BASIS.values()) <= set(TABLES)
    assert set(SAID_BY_EXPOSURE) <= set(TABLES["contacts"].column_names())
    assert set(NEW) <= set(FIELDS)


def test_every_task_has_a_form_and_hours():
    assert {*FIELDS, "household_visit", "release_call"} == {*TracingHours.model_fields, "release"}
    hours = TracingHours.model_construct(**{name: type("N", (), {"value": 1.0}) for name in TracingHours.model_fields})
    assert set(hours_by_task(hours)) == set(FIELDS)


PRIVATE = {
    "cases": [
        {"case_id": "a", "person_id": "pa", "onset": "2026-03-02", "confirmed_at": "2026-03-04", "age": 87,
         "sex": "female", "occupation": "carer", "origin_place": "SECRET-country", "recorded_at": "2026-03-04"},
    ],
    "people": [
        {"person_id": "pa", "household": "h1", "age": 87, "daytime_place": "SECRET-place", "group": "SECRET-group"},
        {"person_id": "p", "household": "h1", "age": 88, "daytime_place": "SECRET-place", "group": "SECRET-group"},
    ],
    "arrivals": [
        {"person_id": "pa", "arrived_at": "2026-03-03", "carrier": "SECRET1", "seat": "77K", "origin": "SECRET-country",
         "recorded_at": "2026-03-03"},
        {"person_id": "q", "arrived_at": "2026-03-03", "carrier": "SECRET1", "seat": "78K",
         "recorded_at": "2026-03-03"},
    ],
    "stays": [
        {"person_id": "p", "place": "hospital", "facility_id": "f", "ward": "SECRET-ward", "entered_on": "2026-03-03",
         "recorded_at": "2026-03-03"},
    ],
}  # fmt: skip


def test_forms_hold_no_values_and_the_worklist_no_more_than_pseudonyms():
    work = worklist_of(records(**PRIVATE), "2026-03-05")
    assert work.tasks.height >= 4
    words = {name for table in TABLES for name in (table, *TABLES[table].column_names())}
    said = set(work.forms.drop("task_id", "known", "ask").unpivot()["value"].drop_nulls())
    assert said <= words
    for part in (work.tasks, work.visits, work.rates, work.forms, work.candidates):
        text = part.select(pl.all().exclude(pl.List(pl.Date))).write_csv()
        assert "SECRET" not in text
        assert "77K" not in text
    told = set(work.tasks.columns) | set(work.visits.columns)
    personal = {
        c for table in TABLES for c in TABLES[table].column_names() if column_facts(TABLES[table], c).get("personal")
    }
    assert told & personal == {"household", "zone"}  # where to go, under identifiers


@pytest.mark.parametrize("part", ["tasks", "visits", "rates", "forms", "candidates"])
def test_the_order_of_rows_in_the_records_does_not_matter(part):
    turned = {name: rows[::-1] for name, rows in PRIVATE.items()}
    ahead, back = (getattr(worklist_of(records(**given), "2026-03-05"), part) for given in (PRIVATE, turned))
    assert ahead.equals(back)
