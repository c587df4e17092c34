"""Who was at a place together with a case."""

from tracing_inputs import contacts_on, plain, trace_on

title = "Who was at a place together with a case"

CASE = """
  case_id | person_id | onset      | confirmed_at | recorded_at
  --------+-----------+------------+--------------+------------
  a       | pa        | 2026-03-05 | 2026-03-08   | 2026-03-08
"""
COLUMNS = ("person", "contact_class", "minutes", "first_exposure", "last_exposure")


def visits(*rows: str) -> str:
    head = "person_id | place_id | entered_at | left_at | recorded_at\n"
    return head + "\n".join(f"{row} | 2026-03-08" for row in rows)


def test_fifteen_minutes_together_are_close_and_fewer_are_general(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | gym | 2026-03-06T10:45:00 | 2026-03-06T12:00:00",
            "c  | gym | 2026-03-06T10:46:00 | 2026-03-06T12:00:00",
            "d  | gym | 2026-03-06T11:00:00 | 2026-03-06T12:00:00",
            "e  | bar | 2026-03-06T10:00:00 | 2026-03-06T12:00:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[
            ("b", "close", 15.0, "2026-03-06", "2026-03-06"),
            ("c", "general", 14.0, "2026-03-06", "2026-03-06"),
        ],
    )


def test_minutes_of_a_day_add_up_and_minutes_of_different_days_do_not(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "pa | bar | 2026-03-06T20:00:00 | 2026-03-06T20:10:00",
            "pa | bar | 2026-03-07T20:00:00 | 2026-03-07T20:10:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "b  | bar | 2026-03-06T20:00:00 | 2026-03-06T20:10:00",
            "c  | bar | 2026-03-06T20:00:00 | 2026-03-06T20:10:00",
            "c  | bar | 2026-03-07T20:00:00 | 2026-03-07T20:10:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[
            ("b", "close", 20.0, "2026-03-06", "2026-03-06"),
            ("c", "general", 10.0, "2026-03-06", "2026-03-07"),
        ],
    )


def test_a_meeting_across_midnight_is_one_meeting_and_ends_on_the_later_day(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | bar | 2026-03-06T23:50:00 | 2026-03-07T00:10:00",
            "b  | bar | 2026-03-06T22:00:00 | 2026-03-07T03:00:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[("b", "close", 20.0, "2026-03-06", "2026-03-07")],
    )


def test_a_visit_of_no_length_within_the_visit_of_a_case_is_general(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | shop | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | shop | 2026-03-06T10:30:00 | 2026-03-06T10:30:00",
            "c  | shop | 2026-03-06T11:30:00 | 2026-03-06T11:30:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[("b", "general", 0.0, "2026-03-06", "2026-03-06")],
    )


def test_a_visit_that_was_not_ended_lasts_to_the_end_of_its_day_and_its_minutes_are_not_known(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | shop | 2026-03-06T10:00:00 |",
            "b  | shop | 2026-03-06T15:00:00 | 2026-03-06T16:00:00",
            "c  | shop | 2026-03-06T08:00:00 | 2026-03-06T09:00:00",
            "d  | shop | 2026-03-07T08:00:00 | 2026-03-07T09:00:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[("b", "general", None, "2026-03-06", "2026-03-06")],
    )


def test_where_only_the_day_is_known_everybody_of_that_day_is_general(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | shop | 2026-03-06 | 2026-03-06",
            "b  | shop | 2026-03-06 |",
            "c  | shop | 2026-03-06T08:00:00 | 2026-03-06T20:00:00",
            "d  | shop | 2026-03-07 |",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[
            ("b", "general", None, "2026-03-06", "2026-03-06"),
            ("c", "general", None, "2026-03-06", "2026-03-06"),
        ],
    )


def test_a_stay_of_several_days_covers_all_of_them(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | ward | 2026-03-04 | 2026-03-07",
            "b  | ward | 2026-03-07T09:00:00 | 2026-03-07T10:00:00",
            "c  | ward | 2026-03-08T09:00:00 | 2026-03-08T10:00:00",
        ),
        expr=contacts_on("2026-03-08", *COLUMNS),
        expect=[("b", "general", None, "2026-03-07", "2026-03-07")],
    )


def test_visits_before_the_case_could_infect_or_after_it_was_isolated_do_not_count(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | gym | 2026-03-02T10:00:00 | 2026-03-02T11:00:00",
            "b  | gym | 2026-03-02T10:00:00 | 2026-03-02T11:00:00",
            "pa | gym | 2026-03-03T10:00:00 | 2026-03-03T11:00:00",
            "c  | gym | 2026-03-03T10:00:00 | 2026-03-03T11:00:00",
            "pa | gym | 2026-03-09T10:00:00 | 2026-03-09T11:00:00",
            "d  | gym | 2026-03-09T10:00:00 | 2026-03-09T11:00:00",
        ).replace("| 2026-03-08", "| 2026-03-09"),
        expr=contacts_on("2026-03-09", *COLUMNS),
        expect=[("c", "close", 60.0, "2026-03-03", "2026-03-03")],
    )


def test_the_same_visit_recorded_twice_counts_once(spec):
    spec(
        cases=CASE,
        visits=visits(
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "pa | gym | 2026-03-06T10:00:00 | 2026-03-06T10:10:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
            "b  | gym | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        ),
        expr=contacts_on("2026-03-08", "person", "minutes"),
        expect=[("b", 10.0)],
    )


def test_a_crowded_place_is_announced_and_its_visitors_are_not_listed(spec):
    drawing = visits(
        "pa | station | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "b  | station | 2026-03-06T10:00:00 | 2026-03-06T11:00:00",
        "c  | station | 2026-03-06T18:00:00 | 2026-03-06T19:00:00",
        "pa | cafe    | 2026-03-06T12:00:00 | 2026-03-06T13:00:00",
        "d  | cafe    | 2026-03-06T12:00:00 | 2026-03-06T13:00:00",
    )
    spec(
        cases=CASE,
        visits=drawing,
        expr=lambda r: trace_on(r, "2026-03-08", crowd=2).contacts["person"].to_list(),
        expect=["d"],
    )
    spec(
        cases=CASE,
        visits=drawing,
        expr=lambda r: (
            trace_on(r, "2026-03-08", crowd=2).places.select("place_id", "cases", "people", "crowded").rows()
        ),
        expect=[("cafe", 1, 1, False), ("station", 1, 3, True)],
    )


def test_exposure_sites_are_the_places_of_cases_while_they_could_infect_most_cases_first_and_no_homes(spec):
    spec(
        cases="""
          case_id | onset      | confirmed_at | recorded_at
          --------+------------+--------------+------------
          a       | 2026-03-05 | 2026-03-08   | 2026-03-08
          b       | 2026-03-05 | 2026-03-08   | 2026-03-08
        """,
        places="""
          place_id | kind   | zone
          ---------+--------+-----
          church   | worship | z
          house    | home   | z
        """,
        visits=visits(
            "a | church | 2026-03-06 |",
            "b | church | 2026-03-07 |",
            "a | house  | 2026-03-06 |",
            "a | market | 2026-03-07 |",
            "a | school | 2026-02-20 |",
        ),
        expr=lambda r: plain(
            trace_on(r, "2026-03-08")
            .places.select("place_id", "kind", "zone", "cases", "first_day", "last_day", "people")
            .rows()
        ),
        expect=[
            ("church", "worship", "z", 2, "2026-03-06", "2026-03-07", None),
            ("market", None, None, 1, "2026-03-07", "2026-03-07", None),
        ],
    )


def test_people_who_were_at_the_same_point_met_there(spec):
    spec(
        cases=CASE,
        visits="""
          person_id | latitude | longitude | entered_at | recorded_at
          ----------+----------+-----------+------------+------------
          pa        | 37.56701 | 127.00001 | 2026-03-06 | 2026-03-08
          b         | 37.56702 | 127.00002 | 2026-03-06 | 2026-03-08
          c         | 37.56802 | 127.00002 | 2026-03-06 | 2026-03-08
        """,
        expr=contacts_on("2026-03-08", "person", "contact_class"),
        expect=[("b", "general")],
    )
