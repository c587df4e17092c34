"""What tracers do first: clocks, worth, households, backward tracing, rates."""

from datetime import date

import polars as pl
import pytest

from conftest import records
from douse.records import Records
from tracing_inputs import plain, protocol, tasks_on, worklist_of

title = "What tracers do first, and what it prevents"

ONE_CASE = """
  case_id | onset      | confirmed_at | contacts_found | cluster | recorded_at
  --------+------------+--------------+----------------+---------+--------------------
  a       | 2026-03-02 | 2026-03-04   | 9              | x       | 2026-03-04T08:00:00
"""


def hours(rules, **clocks):
    """The protocol with other clocks, in hours."""
    changed = {name: getattr(rules.clock, name).model_copy(update={"value": value}) for name, value in clocks.items()}
    return rules.model_copy(update={"clock": rules.clock.model_copy(update=changed)})


def test_each_task_has_the_clock_of_the_protocol(spec):
    given = {
        "cases": """
          case_id | onset      | confirmed_at | contacts_found | recorded_at
          --------+------------+--------------+----------------+--------------------
          a       | 2026-03-02 | 2026-03-04   |                | 2026-03-04T08:00:00
          b       | 2026-03-02 | 2026-03-04   | 3              | 2026-03-04T08:00:00
        """,
        "contacts": """
          case_id | person_id | contact_class | last_contact | found_at            | reached_at | recorded_at
          --------+-----------+---------------+--------------+---------------------+------------+--------------------
          b       | p1        | close         | 2026-03-03   | 2026-03-04T09:00:00 |            | 2026-03-04T09:00:00
          b       | p2        | close         | 2026-03-03   | 2026-03-04T09:00:00 | 2026-03-04 | 2026-03-04T09:00:00
          b       | p3        | secondary     | 2026-03-03   | 2026-03-04T09:00:00 | 2026-03-04 | 2026-03-04T09:00:00
        """,
    }
    china = protocol("china-8")
    for rules, expect in (
        # core of the investigation in 4 hours, contacts moved in 8, contacts of contacts in 12, full report in 24
        (china, {"interview": "12:00", "reach": "17:00", "p2": "17:00", "p3": "21:00", "find_source": "08:00"}),
        (
            hours(
                china, core_information=2, contact_reached=6, contact_transfer=12, secondary_transfer=13, full_report=25
            ),
            {"interview": "10:00", "reach": "15:00", "p2": "21:00", "p3": "22:00", "find_source": "09:00"},
        ),
    ):
        spec(
            **given,
            expr=lambda r, rules=rules: {
                row["person"] if row["task"] == "quarantine" else row["task"]: f"{row['deadline']:%H:%M}"
                for row in worklist_of(r, "2026-03-04", rules).tasks.iter_rows(named=True)
                if row["task"] != "test"
            },
            expect=expect,
        )


def test_within_a_priority_what_prevents_most_an_hour_comes_first(spec):
    spec(
        cases=ONE_CASE,
        contacts="""
          case_id | person_id | contact_class | setting   | first_contact | last_contact | minutes | found_at   | recorded_at
          --------+-----------+---------------+-----------+---------------+--------------+---------+------------+------------
          a       | short     | close         | meal      | 2026-03-03    | 2026-03-03   | 20      | 2026-03-04 | 2026-03-04
          a       | long      | close         | meal      | 2026-03-03    | 2026-03-03   | 240     | 2026-03-04 | 2026-03-04
          a       | early     | close         | meal      | 2026-02-28    | 2026-02-28   | 240     | 2026-03-04 | 2026-03-04
          a       | far       | general       | meal      | 2026-03-03    | 2026-03-03   | 240     | 2026-03-04 | 2026-03-04
        """,  # noqa: E501 (a drawing)
        expr=tasks_on("2026-03-05", "person", "priority"),
        # the early one met less infectiousness, and has less ahead; general contacts come after close ones
        expect=[("long", 2), ("early", 2), ("short", 2), ("far", 5)],
    )


def test_a_household_is_visited_once_and_shares_the_way_there(spec):
    spec(
        cases=ONE_CASE,
        contacts="""
          case_id | person_id | household | contact_class | setting | last_contact | minutes | found_at   | recorded_at
          --------+-----------+-----------+---------------+---------+--------------+---------+------------+------------
          a       | p1        | h1        | close         | meal    | 2026-03-03   | 60      | 2026-03-04 | 2026-03-04
          a       | p2        | h2        | close         | meal    | 2026-03-03   | 70      | 2026-03-04 | 2026-03-04
          a       | p3        | h1        | close         | meal    | 2026-03-03   | 60      | 2026-03-04 | 2026-03-04
          a       | p4        |           | general       | meal    | 2026-03-03   | 60      | 2026-03-04 | 2026-03-04
        """,
        expr=lambda r: [
            (row["visit_order"], row["visit"], row["person"], round(row["tracer_hours"], 2))
            for row in worklist_of(r, "2026-03-05").tasks.iter_rows(named=True)
        ],
        # 0.67 hours a call and half an hour on the way: two people at one address before one, though each is worth less
        expect=[
            (1, "household h1", "p1", 0.92),
            (1, "household h1", "p3", 0.92),
            (2, "household h2", "p2", 1.17),
            (3, "person p4", "p4", 1.17),
        ],
    )
    spec(
        cases=ONE_CASE,
        contacts="""
          case_id | person_id | household | contact_class | last_contact | recorded_at
          --------+-----------+-----------+---------------+--------------+------------
          a       | p1        | h1        | close         | 2026-03-03   | 2026-03-04
          a       | p3        | h1        | close         | 2026-03-03   | 2026-03-04
        """,
        expr=lambda r: worklist_of(r, "2026-03-05").visits.select("visit", "people", "tasks", "priority").rows(),
        expect=[("household h1", 2, 2, 2)],
    )


CONTACT = """
  case_id | person_id | contact_class | setting   | last_contact | minutes | reached_at | quarantined_on | found_at   | recorded_at
  --------+-----------+---------------+-----------+--------------+---------+------------+----------------+------------+------------
  a       | p         | close         | household | 2026-03-03   | 600     | {reached}  | {in}           | 2026-03-04 | 2026-03-04
"""  # noqa: E501 (a drawing)


def worth(day, **also):
    reached, inside = also.pop("reached", ""), also.pop("inside", "")

    def of(make):
        found = worklist_of(make, day).tasks
        return dict(found.select("task", "infections_prevented").iter_rows())

    return {"cases": ONE_CASE, "contacts": CONTACT.replace("{reached}", reached).replace("{in}", inside), **also}, of


def prevented(records, day, **also):
    tables, of = worth(day, **also)
    return of(records(**tables))


@pytest.fixture
def made():
    return records


def test_days_that_have_passed_are_days_on_which_nothing_is_prevented_any_more(made):
    days = ["2026-03-04", "2026-03-06", "2026-03-09", "2026-03-12"]
    reach = [prevented(made, day)["reach"] for day in days]
    assert reach == sorted(reach, reverse=True)
    assert 0 < reach[0] < 2.79  # never more than one infects
    assert reach[-1] < reach[0] / 20  # nine days after, nearly all of it lies behind


def test_a_negative_test_lowers_what_a_task_prevents_by_what_it_would_have_found(made):
    tests = """
      person_id | sampled_at | result   | pool_size | recorded_at
      ----------+------------+----------+-----------+------------
      p         | {day}      | {result} | {pool}    | {day}
    """

    def chance(day, result="negative", pool="1"):
        drawn = tests.replace("{day}", day).replace("{result}", result).replace("{pool}", pool)
        tables, _ = worth("2026-03-08", tests=drawn)
        return worklist_of(made(**tables), "2026-03-08").tasks["infection_probability"][0]

    tables, _ = worth("2026-03-08")
    before = worklist_of(made(**tables), "2026-03-08").tasks["infection_probability"][0]
    late = chance("2026-03-07")  # four days after, when a test finds 77%
    assert late == pytest.approx(before * 0.23 / (1 - before * 0.77))
    assert chance("2026-03-04") == pytest.approx(before * 0.95 / (1 - before * 0.05))  # a day after, 5%
    assert chance("2026-03-02") == before  # before they met
    assert chance("2026-03-07", result="pending") == before
    assert chance("2026-03-07", pool="10") == before  # a pool says little of one


def test_who_is_in_quarantine_infects_nobody_more(made):
    free = prevented(made, "2026-03-08", reached="2026-03-04")
    inside = prevented(made, "2026-03-08", reached="2026-03-04", inside="2026-03-05")
    assert free["quarantine"] > 0
    assert free["test"] == 0  # the quarantine that is due too prevents it
    assert set(inside) == {"test"}
    assert inside["test"] == 0


def test_watching_for_symptoms_prevents_less_than_staying_in(made):
    general = CONTACT.replace("| close  ", "| general")
    tables, of = worth("2026-03-04")
    close = of(made(**tables))["reach"]
    tables["contacts"] = general.replace("{reached}", "").replace("{in}", "")
    watched = worklist_of(made(**tables), "2026-03-04").tasks.row(0, named=True)
    kept = watched["infections_prevented"] / watched["infection_probability"]
    chance = worklist_of(made(**worth("2026-03-04")[0]), "2026-03-04").tasks["infection_probability"][0]
    # of the wild type 44% comes before symptoms and 20% of infections have none
    assert kept == pytest.approx(close / chance * 0.56 * 0.8)


def test_an_interview_prevents_what_those_already_infected_would_pass_on(spec):
    spec(
        cases="""
          case_id | onset      | confirmed_at | cluster | recorded_at
          --------+------------+--------------+---------+------------
          new     | 2026-03-07 | 2026-03-08   | x       | 2026-03-08
          week    | 2026-03-01 | 2026-03-08   | x       | 2026-03-08
          older   | 2026-02-22 | 2026-03-01   | x       | 2026-03-08
        """,
        expr=lambda r: (
            worklist_of(r, "2026-03-08").tasks.sort("infections_prevented", descending=True)["person"].to_list()
        ),
        # those whom the new case infected have nearly all of their infectious days ahead, those of the oldest few
        expect=["new", "week", "older"],
    )


UNLINKED = """
  case_id | person_id | onset      | confirmed_at | exposed_from | exposed_to | origin   | cluster | infector | contacts_found | recorded_at
  --------+-----------+------------+--------------+--------------+------------+----------+---------+----------+----------------+------------
  a       | pa        | 2026-03-01 | 2026-03-04   |              |            | imported |         |          | 3              | 2026-03-04
  b       | pb        | 2026-03-05 | 2026-03-06   |              |            |          |         |          | 3              | 2026-03-06
  c       | pc        | 2026-03-05 | 2026-03-06   | 2026-02-27   | 2026-02-28 |          |         |          | 3              | 2026-03-06
  d       | pd        | 2026-03-05 | 2026-03-06   |              |            |          | club    |          | 3              | 2026-03-06
  e       | pe        | 2026-03-05 | 2026-03-06   |              |            |          |         | a        | 3              | 2026-03-06
  f       | pf        |            | 2026-03-06   |              |            |          |         |          | 3              | 2026-03-06
  g       | pg        | 2026-01-05 | 2026-01-06   |              |            |          |         |          | 3              | 2026-01-06
"""  # noqa: E501 (a drawing)


def test_the_source_of_recent_cases_is_sought_on_the_days_of_their_infection(spec):
    spec(
        cases=UNLINKED,
        expr=lambda r: sorted(
            tasks_on("2026-03-06", "case_id", "ask_from", "ask_to", "priority", task="find_source")(r)
        ),
        # not of the import, of a known cluster, of a case with an infector, nor of what is long ago.
        # From 11 days before onset to 2 (95% of incubation periods); as recorded; the longest incubation without onset
        expect=[
            ("b", "2026-02-22", "2026-03-03", 3),
            ("c", "2026-02-27", "2026-02-28", 3),
            ("f", "2026-02-20", "2026-03-06", 3),
        ],
    )


def test_likely_infectors_stand_in_for_recorded_ones(spec):
    links = pl.DataFrame(
        {
            "case_id": ["b", "c", "c", "e", "f"],
            "infector": ["a", "a", None, "b", None],
            "probability": [0.9, 0.3, 0.7, 0.4, 1.0],
        }
    )
    spec(
        cases=UNLINKED,
        expr=lambda r: sorted(tasks_on("2026-03-06", "case_id", task="find_source", links=links)(r)),
        expect=[("c",), ("e",), ("f",)],  # b has a likely one; that of e is less sure than it looked
    )
    spec(
        cases=UNLINKED,
        expr=tasks_on("2026-03-06", "person", "ask_from", "ask_to", task="ask_infector", links=links),
        expect=[("pa", "2026-02-27", "2026-03-04")],
    )


LINKED = """
  case_id | person_id | onset      | confirmed_at | infector | contacts_found | recorded_at
  --------+-----------+------------+--------------+----------+----------------+--------------------
  a       | pa        | 2026-03-01 | 2026-03-04   |          | 3              | 2026-03-04T08:00:00
  b       | pb        | 2026-03-05 | 2026-03-06   | a        | 3              | 2026-03-06T08:00:00
"""


def test_an_infector_who_had_not_named_the_case_is_asked_again(spec):
    contact = """
      case_id | person_id | last_contact | reached_at | quarantined_on | recorded_at
      --------+-----------+--------------+------------+----------------+--------------------
      a       | {who}     | 2026-03-03   | 2026-03-04 | 2026-03-04     | {told}
    """
    for who, told, asked in (
        ("pb", "2026-03-04T10:00:00", False),  # named: the interview had been good
        ("b", "2026-03-04T10:00:00", False),  # by the case_id
        ("p1", "2026-03-04T10:00:00", True),  # only somebody else
        ("p1", "2026-03-06T12:00:00", False),  # asked since
    ):
        spec(
            cases=LINKED,
            contacts=contact.replace("{who}", who).replace("{told}", told),
            expr=tasks_on("2026-03-06", "person", "case_id", "ask_from", "ask_to", task="ask_infector"),
            expect=[("pa", "a", "2026-02-27", "2026-03-04")] if asked else [],
        )


def test_candidates_are_cases_people_and_places_of_the_days_of_infection(spec):
    spec(
        cases="""
          case_id | person_id | onset      | confirmed_at | contacts_found | cluster | recorded_at
          --------+-----------+------------+--------------+----------------+---------+------------
          a       | pa        | 2026-03-01 | 2026-03-04   | 3              | x       | 2026-03-04
          b       | pb        | 2026-03-08 | 2026-03-09   | 3              |         | 2026-03-09
          late    | pl        | 2026-03-09 | 2026-03-09   | 3              | x       | 2026-03-09
        """,
        visits="""
          person_id | place_id | kind | entered_at          | left_at             | recorded_at
          ----------+----------+------+---------------------+---------------------+------------
          pa        | cafe     | cafe | 2026-03-02T10:00:00 | 2026-03-02T11:00:00 | 2026-03-04
          pb        | cafe     | cafe | 2026-03-02T10:30:00 | 2026-03-02T11:00:00 | 2026-03-09
          pb        | gym      | gym  | 2026-03-03T10:30:00 | 2026-03-03T11:00:00 | 2026-03-09
          pl        | gym      | gym  | 2026-03-07T10:30:00 | 2026-03-07T11:00:00 | 2026-03-09
          pb        | shop     | shop | 2026-03-08T10:30:00 | 2026-03-08T11:00:00 | 2026-03-09
          pb        | flat     | home | 2026-03-03T18:30:00 | 2026-03-03T23:00:00 | 2026-03-09
        """,
        contacts="""
          case_id | person_id | setting   | first_contact | last_contact | reached_at | recorded_at
          --------+-----------+-----------+---------------+--------------+------------+------------
          a       | p1        | meal      | 2026-03-01    | 2026-03-01   | 2026-03-04 | 2026-03-04
        """,
        people="""
          person_id | household
          ----------+----------
          pb        | h1
          p1        | h1
          p2        | h1
        """,
        expr=lambda r: plain(
            worklist_of(r, "2026-03-09")
            .candidates.filter(case_id="b")
            .select("kind", "candidate", "basis", "first_day", "last_day", "cases")
            .rows()
        ),
        # p1 had dinner with a and lives with b. The gym was visited, but by no case within those days; the shop later
        expect=[
            ("person", "p1", "household", "2026-03-01", "2026-03-06", None),
            ("case", "a", "shared_place", "2026-03-02", "2026-03-02", None),
            ("place", "cafe", "visit", "2026-03-02", "2026-03-02", 1),
            ("place", "gym", "visit", "2026-03-03", "2026-03-03", 0),
        ],
    )


RATED = {
    "cases": ONE_CASE,
    "contacts": """
      case_id | person_id | zone  | contact_class | last_contact | found_at            | reached_at          | quarantined_on | recorded_at
      --------+-----------+-------+---------------+--------------+---------------------+---------------------+----------------+--------------------
      a       | p1        | north | close         | 2026-03-03   | 2026-03-04T09:00:00 | 2026-03-05T09:00:00 | 2026-03-05     | 2026-03-04T09:00:00
      a       | p2        | north | close         | 2026-03-03   | 2026-03-04T09:00:00 |                     |                | 2026-03-04T09:00:00
      a       | p3        | south | close         | 2026-03-03   | 2026-03-04T09:00:00 |                     |                | 2026-03-04T09:00:00
      a       | p4        | south | close         | 2026-03-03   | 2026-03-07T09:00:00 |                     |                | 2026-03-07T09:00:00
    """,  # noqa: E501 (a drawing)
}


def rates_on(day, task):
    columns = ("zone", "arisen", "done", "open", "overdue", "done_share", "overdue_share")
    return lambda r: worklist_of(r, day).rates.filter(task=task).select(columns).rows()


def test_done_and_overdue_are_counted_by_zone_as_of_the_day(spec):
    # the generic protocol reaches contacts in 48 hours
    spec(
        **RATED, expr=rates_on("2026-03-04", "reach"), expect=[("north", 2, 0, 2, 0, 0, 0), ("south", 1, 0, 1, 0, 0, 0)]
    )
    spec(
        **RATED,
        expr=rates_on("2026-03-07", "reach"),
        expect=[("north", 2, 1, 1, 1, 0.5, 0.5), ("south", 2, 0, 2, 1, 0, 0.5)],
    )
    spec(**RATED, expr=rates_on("2026-03-07", "quarantine"), expect=[("north", 1, 1, 0, 0, 1, 0)])
    spec(**RATED, expr=rates_on("2026-03-07", "interview"), expect=[(None, 1, 1, 0, 0, 1, 0)])


def test_what_the_day_knows_is_all_that_counts(made):
    early = made(**RATED)
    cut = {name: early.table(name).filter(pl.col("recorded_at").dt.date() <= date(2026, 3, 6)) for name in RATED}
    for part in ("tasks", "visits", "rates", "forms", "candidates"):
        whole, seen = (getattr(worklist_of(r, "2026-03-06"), part) for r in (early, Records(cut, frozenset(cut))))
        assert whole.equals(seen), part


def test_nobody_to_work_on_gives_empty_tables(made):
    work = worklist_of(made(cases=[]), "2026-03-06")
    for part in ("tasks", "visits", "rates", "forms", "candidates"):
        assert getattr(work, part).is_empty()
