"""Who probably infected whom: the rules, as small tables."""

import pytest

from attribution_inputs import belief_on, chains_on, flat, likeliest, told
from conftest import records

title = "Who probably infected whom"


def test_one_serial_interval_apart_beats_one_day_apart():
    belief = belief_on(
        records(
            cases="""
              case_id | onset      | recorded_at
              --------+------------+------------
              early   | 2026-03-01 | 2026-03-03
              late    | 2026-03-05 | 2026-03-06
              case    | 2026-03-06 | 2026-03-08
            """
        ),
        "2026-03-10",
        weights=flat(),
    )
    answers = told(belief, "case")
    assert answers["early"] > 3 * answers["late"]


def test_the_first_case_has_nobody_on_record_before_it():
    belief = belief_on(records(cases="case_id | onset | recorded_at\na | 2026-03-01 | 2026-03-03"), "2026-03-10")
    answers = told(belief, "a")
    assert answers["unknown"] > 0.9
    assert answers["unknown"] + answers["imported"] == pytest.approx(1)


def test_an_import_on_record_is_believed_though_a_case_was_near():
    drawing = """
      case_id | onset      | origin   | recorded_at
      --------+------------+----------+------------
      a       | 2026-03-01 |          | 2026-03-03
      b       | 2026-03-06 | imported | 2026-03-08
    """
    assert told(belief_on(records(cases=drawing), "2026-03-10"), "b")["imported"] > 0.9
    local = drawing.replace("imported", "local   ")
    assert told(belief_on(records(cases=local), "2026-03-10"), "b")["imported"] < 0.05


def test_nobody_infects_after_isolation():
    belief = belief_on(
        records(
            cases="""
              case_id | onset      | isolated_at | exposed_from | recorded_at
              --------+------------+-------------+--------------+------------
              free    | 2026-03-01 |             |              | 2026-03-03
              shut    | 2026-03-01 | 2026-03-02  |              | 2026-03-03
              case    | 2026-03-12 |             | 2026-03-05   | 2026-03-13
            """
        ),
        "2026-03-20",
        weights=flat(),
        outside_exposure=0.0,
    )
    answers = told(belief, "case")
    assert answers.get("shut", 0) == 0
    assert answers["free"] > 0.1


def test_without_a_day_of_isolation_confirmation_stops_most():
    drawing = """
      case_id | onset      | confirmed_at | recorded_at
      --------+------------+--------------+------------
      free    | 2026-03-04 |              | 2026-03-05
      found   | 2026-03-04 | 2026-03-05   | 2026-03-05
      case    | 2026-03-16 |              | 2026-03-17
    """
    answers = told(belief_on(records(cases=drawing), "2026-03-20", weights=flat()), "case")
    assert 0 < answers["found"] < answers["free"] / 2


def test_a_case_without_onset_is_dated_by_its_report():
    drawing = """
      case_id | onset      | recorded_at
      --------+------------+------------
      a       | 2026-03-01 | 2026-03-05
      b       |            | 2026-03-11
      far     | 2026-01-01 | 2026-01-05
    """
    answers = told(belief_on(records(cases=drawing), "2026-03-20", weights=flat()), "b")
    assert answers["a"] > 0.3
    assert answers.get("far", 0) < 0.01


def test_days_of_exposure_tell_two_infectors_apart():
    drawing = """
      case_id | onset      | isolated_at | exposed_from | exposed_to | recorded_at
      --------+------------+-------------+--------------+------------+------------
      first   | 2026-03-01 | 2026-03-04  |              |            | 2026-03-04
      second  | 2026-03-05 |             |              |            | 2026-03-07
      case    | 2026-03-10 |             | 2026-03-01   | 2026-03-02 | 2026-03-12
    """
    assert likeliest(belief_on(records(cases=drawing), "2026-03-20", weights=flat()), "case") == "first"
    later = drawing.replace("2026-03-01   | 2026-03-02", "2026-03-06   | 2026-03-08")
    assert likeliest(belief_on(records(cases=later), "2026-03-20", weights=flat()), "case") == "second"


THREE = """
  case_id | onset      | recorded_at
  --------+------------+------------
  one     | 2026-03-01 | 2026-03-03
  two     | 2026-03-01 | 2026-03-03
  case    | 2026-03-06 | 2026-03-08
"""


@pytest.mark.parametrize(("of", "person"), [("two", "case"), ("case", "two")])
def test_a_recorded_contact_counts_whoever_named_whom(of, person):
    contacts = f"""
      case_id | person_id | last_contact | recorded_at
      --------+-----------+--------------+------------
      {of}    | {person}  | 2026-03-02   | 2026-03-08
    """
    answers = told(belief_on(records(cases=THREE, contacts=contacts), "2026-03-10", weights=flat()), "case")
    assert answers["two"] > 5 * answers["one"]


def test_a_household_counts():
    people = """
      person_id | household
      ----------+----------
      one       | north
      two       | south
      case      | south
    """
    assert likeliest(belief_on(records(cases=THREE, people=people), "2026-03-10", weights=flat()), "case") == "two"


def test_a_place_shared_on_a_day_counts():
    visits = """
      person_id | place_id | kind       | entered_at | recorded_at
      ----------+----------+------------+------------+------------
      one       | cafe     | cafe       | 2026-03-02 | 2026-03-03
      two       | gym      | gym        | 2026-03-02 | 2026-03-03
      case      | gym      | gym        | 2026-03-02 | 2026-03-08
    """
    assert likeliest(belief_on(records(cases=THREE, visits=visits), "2026-03-10"), "case") == "two"


def test_the_same_zone_counts_more_than_another():
    cases = """
      case_id | zone | onset      | recorded_at
      --------+------+------------+------------
      one     | a    | 2026-03-01 | 2026-03-03
      two     | b    | 2026-03-01 | 2026-03-03
      case    | b    | 2026-03-06 | 2026-03-08
    """
    zones = """
      zone_id | kind
      --------+-----
      a       | city
      b       | city
    """
    assert likeliest(belief_on(records(cases=cases, zones=zones), "2026-03-10"), "case") == "two"


DECLARED = """
  case_id | onset      | infector | recorded_at
  --------+------------+----------+------------
  one     | 2026-03-01 |          | 2026-03-03
  late    | 2026-04-09 |          | 2026-04-11
  case    | 2026-03-06 | {}       | 2026-03-08
"""


def test_a_declared_infector_is_believed_where_dates_allow_it():
    assert told(belief_on(records(cases=DECLARED.format("one")), "2026-04-12"), "case")["one"] > 0.9


def test_a_declared_infector_who_fell_ill_a_month_after_is_doubted():
    answers = told(belief_on(records(cases=DECLARED.format("late")), "2026-04-12"), "case")
    assert answers["one"] > answers["late"]


def test_somebody_unseen_in_between_where_two_serial_intervals_have_passed():
    near = told(belief_on(records(cases=_two("2026-03-06", "2026-03-08")), "2026-03-25", weights=flat()), "b")
    far = told(belief_on(records(cases=_two("2026-03-21", "2026-03-23")), "2026-03-25", weights=flat()), "b")
    assert near["through"] < 0.2 * near["a"]
    assert far["through"] > far["a"]


def _two(onset: str, told_at: str) -> str:
    return f"case_id | onset | recorded_at\na | 2026-03-01 | 2026-03-03\nb | {onset} | {told_at}"


CHAIN = """
  case_id | zone | onset      | infector | origin   | origin_place | setting | recorded_at
  --------+------+------------+----------+----------+--------------+---------+------------
  a       | x    | 2026-03-01 |          | imported | Elsewhere    |         | 2026-03-03
  b       | x    | 2026-03-06 | a        |          |              | meal    | 2026-03-08
  c       | x    | 2026-03-12 | b        |          |              |         | 2026-03-14
  lone    | y    | 2026-03-12 |          | local    |              |         | 2026-03-14
"""
ZONES = """
  zone_id | kind
  --------+-----
  x       | city
  y       | city
"""


def test_a_chain_leads_back_to_its_import():
    found = chains_on(records(cases=CHAIN, zones=ZONES), "2026-03-15")
    first = found.sources.filter(rank=1).select("case_id", "source", "source_case", "origin_place", "generation")
    assert set(first.rows()) == {
        ("a", "imported", "a", "Elsewhere", 0),
        ("b", "imported", "a", "Elsewhere", 1),
        ("c", "imported", "a", "Elsewhere", 2),
        ("lone", "unknown", "lone", None, 0),
    }


def test_the_first_link_that_was_missed():
    found = chains_on(records(cases=CHAIN, zones=ZONES), "2026-03-15").sources.filter(rank=1)
    assert dict(found.select("case_id", "first_missed").rows()) == {"a": None, "b": None, "c": None, "lone": 0}


def test_a_case_without_an_infector_means_that_somebody_was_not_seen():
    hidden = {
        day: dict(chains_on(records(cases=CHAIN, zones=ZONES), day).hidden.select("zone", "probability").rows())
        for day in ("2026-03-15", "2026-04-15")
    }
    assert hidden["2026-03-15"]["y"] > hidden["2026-03-15"]["x"]
    assert hidden["2026-04-15"]["y"] < 0.2 * hidden["2026-03-15"]["y"]


def test_settings_add_up_to_all_cases():
    found = chains_on(records(cases=CHAIN, zones=ZONES), "2026-03-15").settings
    expected = dict(found.select("setting", "expected").rows())
    assert sum(expected.values()) == pytest.approx(4)
    assert expected["meal"] == pytest.approx(1, abs=0.1)
    assert expected["travel"] == pytest.approx(1, abs=0.1)


def test_a_superspreader_infects_more_than_the_99th_percentile_of_poisson_r():
    ill = [f"c{n} | x | 2026-03-07 | a | | | | 2026-03-09" for n in range(8)]
    cases = CHAIN.rstrip() + "\n" + "\n".join(ill)
    found = chains_on(records(cases=cases, zones=ZONES), "2026-03-15").spreaders
    # R of 2.79: more than 7. The import infected 8 and b.
    assert found.filter("superspreading").select("case_id", "threshold").rows() == [("a", 7)]


BEFORE = """
  case_id | zone | onset      | infector | recorded_at
  --------+------+------------+----------+------------
  a       | x    | 2026-03-01 |          | 2026-03-03
  case    | x    | 2026-03-06 |          | 2026-03-08
"""


def changed(**more: str) -> tuple[str, str | None, str]:
    """Cause, of which case, and today's infector of `case`."""
    found = chains_on(records(zones=ZONES, **more), "2026-03-10", "2026-03-09").changes.filter(case_id="case")
    return found.select("cause", "cause_case", "now_infector").row(0)


def test_a_change_because_of_a_new_case():
    more = BEFORE.rstrip() + "\n  new | x | 2026-03-01 | | 2026-03-10"
    contacts = """
      case_id | person_id | last_contact | recorded_at
      --------+-----------+--------------+------------
      new     | case      | 2026-03-02   | 2026-03-10
    """
    assert changed(cases=more, contacts=contacts) == ("new_case", "new", "new")


def test_a_change_because_of_a_new_contact():
    cases = BEFORE.rstrip() + "\n  b | x | 2026-03-01 | | 2026-03-04"
    contacts = """
      case_id | person_id | last_contact | recorded_at
      --------+-----------+--------------+------------
      b       | case      | 2026-03-02   | 2026-03-10
    """
    assert changed(cases=cases, contacts=contacts) == ("contact", "b", "b")


CORRECTED = """
  case_id | record_id | supersedes | zone | onset      | isolated_at | infector | recorded_at
  --------+-----------+------------+------+------------+-------------+----------+------------
  a       | 1         |            | x    | 2026-03-01 |             |          | 2026-03-03
  b       | 2         |            | x    | 2026-03-01 |             |          | 2026-03-03
  case    | 3         |            | x    | 2026-03-08 |             |          | 2026-03-08
"""


@pytest.mark.parametrize(
    ("correction", "cause"),
    [
        ("a | 4 | 1 | x | 2026-03-01 | 2026-02-28 | | 2026-03-10", "infector_isolation"),
        ("a | 4 | 1 | x | 2026-03-09 | | | 2026-03-10", "infector_onset"),
        ("case | 4 | 3 | x | 2026-03-08 | | b | 2026-03-10", "declared_infector"),
    ],
)
def test_a_change_because_of_a_correction(correction, cause):
    assert changed(cases=CORRECTED.rstrip() + "\n" + correction)[::2] == (cause, "b")
