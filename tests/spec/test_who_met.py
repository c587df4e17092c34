"""Who met some cases, and who met those (`douse trace`)."""

from datetime import datetime

import polars as pl
import pytest

from douse.errors import UsageError
from douse.readers.read import read_raw
from douse.records.check import check
from tracing_inputs import met_on, protocol, who_met_on

title = "Who met some cases, and who met those"

CASE = """
  case_id | person_id | onset      | confirmed_at | recorded_at
  --------+-----------+------------+--------------+------------
  a       | pa        | 2026-03-05 | 2026-03-08   | 2026-03-08
"""
TWO_CASES = f"""{CASE.rstrip()}
  k       | pk        | 2026-03-05 | 2026-03-08   | 2026-03-08
"""
PEOPLE = ("people", "person", "ring", "contact_class", "minutes", "first_exposure", "last_exposure")
EXPOSURES = ("exposures", "case_id", "person", "place", "minutes", "meetings", "day_only")


def visits(*rows: str, told: str = "2026-03-08") -> str:
    head = "person_id | place_id | entered_at | left_at | recorded_at\n"
    return head + "\n".join(f"{row} | {told}" for row in rows)


# What a visit is.


def test_across_midnight_minutes_belong_to_the_day_on_which_the_meeting_began(spec):
    night = visits(
        "pa | bar | 2026-03-06T23:50:00 | 2026-03-07T00:10:00",
        "b  | bar | 2026-03-06T22:00:00 | 2026-03-07T03:00:00",
        "c  | bar | 2026-03-07T00:05:00 | 2026-03-07T00:30:00",
    )
    spec(
        cases=CASE,
        visits=night,
        expr=met_on("2026-03-08", *PEOPLE, rings=1),
        expect=[
            ("b", 1, "close", 20.0, "2026-03-06", "2026-03-07"),
            ("c", 1, "general", 5.0, "2026-03-07", "2026-03-07"),
        ],
    )
    spec(
        cases=CASE,
        visits=night,
        expr=met_on("2026-03-08", "exposures", "person", "first", "last"),
        expect=[
            ("b", "2026-03-06 23:50:00", "2026-03-07 00:10:00"),
            ("c", "2026-03-07 00:05:00", "2026-03-07 00:10:00"),
        ],
    )


def test_a_visit_of_no_length_meets_those_that_it_falls_within_for_no_minutes(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | shop | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | shop | 2026-03-06T10:30:00 | 2026-03-06T10:30:00",
            "c  | shop | 2026-03-06T11:00:00 | 2026-03-06T11:00:00",
        ),
        expr=met_on("2026-03-08", *EXPOSURES, "contact_class"),
        expect=[("a", "b", "shop", 0.0, 1, 0, "general")],
    )


def test_a_visit_that_was_not_ended_ends_with_its_day_and_its_minutes_are_not_known(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | shop | 2026-03-06T10:00:00 |",
            "b  | shop | 2026-03-06T15:00:00 | 2026-03-06T16:00:00",
            "c  | shop | 2026-03-06T08:00:00 | 2026-03-06T09:00:00",
            "d  | shop | 2026-03-07T08:00:00 | 2026-03-07T09:00:00",
        ),
        expr=met_on("2026-03-08", *EXPOSURES, "contact_class"),
        expect=[("a", "b", "shop", None, 0, 1, "general")],
    )


@pytest.mark.parametrize("swapped", [False, True], ids=["of the contact", "of the case"])
def test_time_that_several_visits_of_one_person_tell_counts_once(spec, swapped):
    """Visits that overlap, and pieces that touch: 10:00 to 11:00 is one hour, however often it is told."""
    one, other = ("b ", "pa") if swapped else ("pa", "b ")
    spec(
        cases=CASE,
        visits=visits(
            f"{one} | gym | 2026-03-06T09:00:00 | 2026-03-06T12:00:00",
            f"{other} | gym | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
            f"{other} | gym | 2026-03-06T10:20:00 | 2026-03-06T10:40:00",
            f"{other} | gym | 2026-03-06T10:40:00 | 2026-03-06T11:00:00",
            f"{other} | gym | 2026-03-06T10:25:00 | 2026-03-06T10:25:00",
        ),
        expr=met_on("2026-03-08", *EXPOSURES),
        expect=[("a", "b", "gym", 60.0, 1, 0)],
    )


def test_one_person_at_two_places_at_one_time_was_at_both(spec):
    """Nobody knows which record errs: both places are told."""
    spec(
        cases=CASE,
        visits=visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "pa | bar | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
            "c  | bar | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
        ),
        expr=met_on("2026-03-08", *EXPOSURES),
        expect=[("a", "b", "gym", 30.0, 1, 0), ("a", "c", "bar", 30.0, 1, 0)],
    )


# Clocks (decision 0007).


def test_minutes_across_a_change_of_clocks_are_those_of_the_clock_on_the_wall(spec):
    """29 March 2026, Europe: the hour from 2 to 3 did not happen. Records without a zone cannot tell."""
    spec(
        cases=CASE.replace("2026-03-05", "2026-03-28").replace("2026-03-08", "2026-03-30"),
        visits=visits(
            "pa | bar | 2026-03-29T01:50:00 | 2026-03-29T03:10:00",
            "b  | bar | 2026-03-29T01:50:00 | 2026-03-29T03:10:00",
            told="2026-03-30",
        ),
        expr=met_on("2026-03-30", *EXPOSURES),
        expect=[("a", "b", "bar", 80.0, 1, 0)],
    )


def at_the_door(folder, columns):
    """Visits of a Parquet file beside a line list, and the rules that the door names."""
    (folder / "cases.csv").write_text("case_id,recorded_at\na,2026-10-26\n", encoding="utf-8")
    pl.DataFrame({"person_id": ["pa"], "place_id": ["bar"], **columns}).write_parquet(folder / "visits.parquet")
    checked = check(read_raw(folder))
    return checked.records.table("visits").select("entered_at", "left_at").rows(), set(checked.findings["rule"])


def test_a_visit_that_the_clocks_end_before_it_began_is_set_aside_with_its_end_and_the_door_says_so(tmp_path):
    """25 October 2026, Europe: 2:50 before the clocks went back, 2:10 after."""
    came = datetime(2026, 10, 25, 2, 50)
    rows, said = at_the_door(tmp_path, {"entered_at": [came], "left_at": [datetime(2026, 10, 25, 2, 10)]})
    assert rows == [(came, None)]
    assert "visit_order" in said


def test_of_a_column_with_a_time_zone_the_time_on_the_wall_counts_and_the_door_says_that_the_zone_is_dropped(tmp_path):
    wall = [datetime(2026, 10, 24, 20), datetime(2026, 10, 24, 23)]
    zoned = {
        name: pl.Series([moment]).dt.replace_time_zone("Asia/Shanghai")
        for name, moment in zip(("entered_at", "left_at"), wall, strict=True)
    }
    rows, said = at_the_door(tmp_path, zoned)
    assert rows == [tuple(wall)]
    assert "offset_dropped" in said


# Who is told of.


def test_a_case_among_the_contacts_is_marked_in_the_exposures_and_is_nobody_to_reach(spec):
    drawing = visits(
        "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "pk | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
    )
    spec(
        cases=TWO_CASES,
        visits=drawing,
        expr=lambda r: sorted(met_on("2026-03-08", "exposures", "case_id", "person", "is_case", cases=["a"])(r)),
        expect=[("a", "b", False), ("a", "pk", True)],
    )
    spec(
        cases=TWO_CASES,
        visits=drawing,
        expr=met_on("2026-03-08", "people", "person", "cases", cases=["a"]),
        expect=[("b", 1)],
    )


def test_twins_of_a_record_count_once_also_when_they_are_sent_again_later(spec):
    told, again = (
        visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            told=day,
        )
        for day in ("2026-03-07", "2026-03-08")
    )
    spec(
        cases=CASE,
        visits="\n".join([told, *again.splitlines()[1:]]),
        expr=met_on("2026-03-08", *EXPOSURES),
        expect=[("a", "b", "gym", 10.0, 1, 0)],
    )


def test_a_case_whose_visits_are_told_by_person_and_by_case_was_there_once_and_did_not_meet_itself(spec):
    spec(
        cases=TWO_CASES,
        visits=visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
            "a  | gym | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
            "pk | gym | 2026-03-06T10:10:00 | 2026-03-06T11:00:00",
            "k  | gym | 2026-03-06T10:10:00 | 2026-03-06T11:00:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T10:20:00",
        ),
        expr=lambda r: sorted(met_on("2026-03-08", *EXPOSURES)(r)),
        expect=[
            ("a", "b", "gym", 20.0, 1, 0),
            ("a", "pk", "gym", 20.0, 1, 0),
            ("k", "b", "gym", 10.0, 1, 0),
            ("k", "pa", "gym", 20.0, 1, 0),
        ],
    )


def test_a_person_met_by_several_cases_at_one_place_is_one_person_with_a_row_a_case(spec):
    drawing = visits(
        "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "pk | gym | 2026-03-06T11:00:00 | 2026-03-06T12:00:00",
        "b  | gym | 2026-03-06T10:50:00 | 2026-03-06T11:20:00",
    )
    spec(
        cases=TWO_CASES,
        visits=drawing,
        expr=met_on("2026-03-08", *EXPOSURES),
        expect=[("k", "b", "gym", 20.0, 1, 0), ("a", "b", "gym", 10.0, 1, 0)],
    )
    spec(
        cases=TWO_CASES,
        visits=drawing,
        expr=met_on("2026-03-08", "people", "person", "case_id", "contact_class", "minutes", "exposures", "cases"),
        expect=[("b", "k", "close", 20.0, 2, 2)],
    )


def test_whoever_was_close_to_a_contact_and_only_passed_the_case_is_of_ring_2(spec):
    """The exposure that asks most counts; the likeliest first, within a ring."""
    spec(
        cases=CASE,
        visits=visits(
            "pa | bar | 2026-03-06T10:00:00 | 2026-03-06T10:30:00",
            "b  | bar | 2026-03-06T10:00:00 | 2026-03-06T12:00:00",
            "c  | bar | 2026-03-06T10:25:00 | 2026-03-06T12:00:00",
        ),
        expr=met_on("2026-03-08", "people", "person", "ring", "via", "contact_class", "minutes", "exposures"),
        expect=[("b", 1, None, "close", 30.0, 1), ("c", 2, "b", "secondary", 95.0, 2)],
    )


def test_the_likeliest_come_first_and_ring_1_before_ring_2(spec):
    """An hour on two days is more than an hour; a whole evening is more than both; minutes apart are little."""
    spec(
        cases=CASE,
        visits=visits(
            "pa | bar  | 2026-03-04T18:00:00 | 2026-03-04T23:00:00",
            "pa | bar  | 2026-03-05T18:00:00 | 2026-03-05T23:00:00",
            "hour    | bar  | 2026-03-05T18:00:00 | 2026-03-05T19:00:00",
            "evening | bar  | 2026-03-05T18:00:00 | 2026-03-05T23:00:00",
            "twice   | bar  | 2026-03-04T18:00:00 | 2026-03-04T19:00:00",
            "twice   | bar  | 2026-03-05T18:00:00 | 2026-03-05T19:00:00",
            "passing | bar  | 2026-03-05T18:00:00 | 2026-03-05T18:05:00",
            "evening | home | 2026-03-06T08:00:00 | 2026-03-06T20:00:00",
            "further | home | 2026-03-06T08:00:00 | 2026-03-06T20:00:00",
        ),
        expr=met_on("2026-03-08", "people", "person", "ring"),
        expect=[("evening", 1), ("twice", 1), ("hour", 1), ("passing", 1), ("further", 2)],
    )


def test_a_visit_told_after_the_day_does_not_exist_on_it(spec):
    drawing = visits("pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00") + (
        "\nb | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00 | 2026-03-09"
    )
    spec(cases=CASE, visits=drawing, expr=met_on("2026-03-08", "people", "person"), expect=[])
    spec(cases=CASE, visits=drawing, expr=met_on("2026-03-09", "people", "person"), expect=[("b",)])


def test_contacts_on_record_count_whether_the_case_is_asked_for_by_name_or_not(spec):
    """Of a case that was isolated before it could infect, and of an old one whose contact is in quarantine still."""
    drawings = {
        "cases": """
          case_id | person_id | onset      | isolated_at | confirmed_at | recorded_at
          --------+-----------+------------+-------------+--------------+------------
          a       | pa        | 2026-03-05 | 2026-03-01  | 2026-03-08   | 2026-03-08
          old     | po        | 2026-01-05 |             | 2026-01-08   | 2026-01-08
        """,
        "contacts": """
          case_id | person_id | contact_class | last_contact | quarantined_on | recorded_at
          --------+-----------+---------------+--------------+----------------+------------
          a       | b         | close         | 2026-03-01   |                | 2026-03-08
          old     | c         | close         | 2026-01-07   | 2026-01-09     | 2026-01-09
        """,
    }
    for cases in ([], ["a", "old"]):
        spec(
            **drawings,
            expr=lambda r, cases=cases: sorted(met_on("2026-03-08", "people", "person", "case_id", cases=cases)(r)),
            expect=[("b", "a"), ("c", "old")],
        )
    spec(
        **drawings,
        expr=met_on("2026-03-08", "windows", "case_id", "infectious_from"),
        expect=[("a", None)],
    )


# Who is close, and where it is too full to tell.


def test_other_minutes_make_others_close(spec):
    drawing = visits(
        "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "b  | gym | 2026-03-06T10:40:00 | 2026-03-06T12:00:00",
        "c  | gym | 2026-03-06T10:50:00 | 2026-03-06T12:00:00",
    )
    for minutes, classes in ((10, ("close", "close")), (15, ("close", "general")), (30, ("general", "general"))):
        rules = protocol().with_minutes(minutes)
        spec(
            cases=CASE,
            visits=drawing,
            expr=met_on("2026-03-08", "people", "person", "contact_class", rules=rules, rings=1),
            expect=list(zip("bc", classes, strict=True)),
        )


def test_a_crowded_place_is_announced_with_counts_and_nobody_there_is_listed(spec):
    drawing = visits(
        "pa | station | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "pk | station | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "b  | station | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "c  | station | 2026-03-06T18:00:00 | 2026-03-06T19:00:00",
        "pa | station | 2026-03-07T10:00:00 | 2026-03-07T11:00:00",
        "d  | station | 2026-03-07T10:00:00 | 2026-03-07T11:00:00",
    )
    places = """
      place_id | kind      | zone
      ---------+-----------+-----
      station  | transport | z
    """
    spec(
        cases=TWO_CASES,
        visits=drawing,
        places=places,
        expr=met_on("2026-03-08", "announce", "place", "kind", "zone", "day", "visits", "cases", crowd=3),
        expect=[("station", "transport", "z", "2026-03-06", 4, 2)],
    )
    spec(
        cases=TWO_CASES,
        visits=drawing,
        places=places,
        expr=met_on("2026-03-08", "people", "person", crowd=3),
        expect=[("d",)],
    )


# Ring 2.

FAMILY = (
    "pa | gym  | 2026-03-05T10:00:00 | 2026-03-05T11:00:00",
    "b  | gym  | 2026-03-05T10:00:00 | 2026-03-05T11:00:00",  # close to the case from the 5th on
    "b  | cafe | 2026-03-04T10:00:00 | 2026-03-04T11:00:00",
    "c  | cafe | 2026-03-04T10:00:00 | 2026-03-04T11:00:00",  # before b could have been infected
    "b  | cafe | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
    "d  | cafe | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
    "e  | cafe | 2026-03-06T10:50:00 | 2026-03-06T11:00:00",  # not for as long as makes a close contact
    "b  | cafe | 2026-03-08T10:00:00 | 2026-03-08T11:00:00",
    "f  | cafe | 2026-03-08T10:00:00 | 2026-03-08T11:00:00",
)
IN_QUARANTINE = """
  case_id | person_id | contact_class | last_contact | quarantined_on | recorded_at
  --------+-----------+---------------+--------------+----------------+------------
  a       | b         | close         | 2026-03-05   | 2026-03-07     | 2026-03-07
"""


def test_ring_2_met_a_close_contact_from_the_first_exposure_on(spec):
    spec(
        cases=CASE,
        visits=visits(*FAMILY),
        expr=lambda r: sorted(met_on("2026-03-08", "people", "person", "ring", "via", "contact_class")(r)),
        expect=[("b", 1, None, "close"), ("d", 2, "b", "secondary"), ("f", 2, "b", "secondary")],
    )


def test_ring_2_ends_with_the_quarantine_of_the_contact(spec):
    spec(
        cases=CASE,
        contacts=IN_QUARANTINE,
        visits=visits(*FAMILY),
        expr=lambda r: sorted(met_on("2026-03-08", "people", "person", "ring")(r)),
        expect=[("b", 1), ("d", 2)],
    )


def test_one_ring_is_the_contacts_of_the_cases_alone(spec):
    spec(
        cases=CASE,
        visits=visits(*FAMILY),
        expr=met_on("2026-03-08", "people", "person", "ring", rings=1),
        expect=[("b", 1)],
    )


# What is refused.


def refused(records, **asked):
    with pytest.raises(UsageError) as error:
        who_met_on(records, "2026-03-08", **asked)
    return str(error.value)


def test_a_case_that_is_not_on_record_is_refused_without_naming_it(spec):
    spec(
        cases=CASE,
        expr=lambda r: refused(r, cases=["a", "secret-17"]),
        expect=(
            "1 of the 2 cases asked for are not on record as of the day.\n"
            "  Allowed: case_id of counted cases\n"
            "  Next: Correct the identifiers, or the day with --as-of."
        ),
    )


@pytest.mark.parametrize("rings", [0, 3, -1])
def test_other_rings_than_one_and_two_are_refused(spec, rings):
    spec(
        cases=CASE,
        expr=lambda r: refused(r, rings=rings).splitlines(),
        expect=["Contacts are traced in one ring or two.", "  Allowed: 1, 2", "  Next: Correct --rings."],
    )
