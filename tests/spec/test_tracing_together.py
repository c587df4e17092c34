"""Who counts as exposed by classes, wards, journeys, guest lists and named places."""

import pytest

from douse.tracing.together.seats import seat_of
from tracing_inputs import contacts_on, protocol, trace_on

title = "Who was together with a case, from what is on record besides visits"

# Infectious from 3 to 8 March: two days before onset, until confirmed.
CASE = """
  case_id | person_id | onset      | confirmed_at | contacts_found | recorded_at
  --------+-----------+------------+--------------+----------------+------------
  a       | pa        | 2026-03-05 | 2026-03-08   | 0              | 2026-03-08
"""
WHO_AND_CLASS = ("person", "contact_class", "setting", "first_exposure", "last_exposure", "basis")


def test_classmates_are_those_of_the_same_class_at_the_same_school(spec):
    people = """
      person_id | daytime_place | group | occupation
      ----------+---------------+-------+-----------
      pa        | north school  | 3B    | pupil
      p1        | north school  | 3B    | pupil
      p2        | north school  | 3A    | pupil
      p3        | south school  | 3B    | pupil
      p4        |               | 3B    | pupil
      p5        | north school  | 3B    | teacher
      p6        | north school  |       | pupil
    """
    places = """
      place_id     | kind
      -------------+-------
      north school | school
      south school | school
    """
    days = ("2026-03-03", "2026-03-08", "group")
    spec(
        cases=CASE,
        people=people,
        places=places,
        expr=contacts_on("2026-03-08", *WHO_AND_CLASS),
        # the generic protocol does not take a classroom for close by itself; the Chinese ones do
        expect=[("p1", "general", "school", *days), ("p5", "general", "school", *days)],
    )
    spec(
        cases=CASE,
        people=people,
        places=places,
        expr=contacts_on("2026-03-08", "person", "contact_class", "ring", rules=protocol("china-8")),
        expect=[("p1", "close", 1), ("p5", "close", 1)],
    )
    spec(
        cases=CASE,
        people=people,
        expr=contacts_on("2026-03-08", "person", "setting"),  # no table of places: pupils are at school
        expect=[("p1", "school"), ("p5", "school")],
    )


def test_a_team_is_a_workplace_and_its_contacts_of_contacts_are_found_by_the_same_rule(spec):
    people = """
      person_id | daytime_place | group | household
      ----------+---------------+-------+----------
      pa        | mill          | day   | h1
      p1        | mill          | day   | h2
      p2        | bakery        | night | h2
      p3        | bakery        | night | h3
    """
    spec(
        cases=CASE,
        people=people,
        expr=contacts_on("2026-03-08", "person", "ring", "via", "contact_class", "basis", rules=protocol("china-8")),
        # p3 works with p2, who is but a contact of a contact: nobody asks further
        expect=[
            ("p1", 1, None, "close", "group"),
            ("p2", 2, "p1", "secondary", "household"),
        ],
    )
    china = protocol("china-8")
    spec(
        cases=CASE,
        people=people.replace(
            "p2        | bakery        | night | h2", "p1        | mill          | day   | h2"
        ).replace("p3        | bakery        | night | h3", "p3        | mill          | day   | h3"),
        expr=contacts_on("2026-03-08", "person", "ring", rules=china),
        expect=[("p1", 1), ("p3", 1)],
    )


def test_patients_share_a_ward_on_the_day_when_one_leaves_and_the_other_comes(spec):
    spec(
        cases=CASE,
        stays="""
          person_id | place    | facility_id | ward | entered_on | left_on    | recorded_at
          ----------+----------+-------------+------+------------+------------+------------
          pa        | hospital | H           | W1   | 2026-03-01 | 2026-03-06 | 2026-03-01
          p1        | hospital | H           | W1   | 2026-03-06 |            | 2026-03-06
          p2        | hospital | H           | W1   | 2026-03-07 |            | 2026-03-07
          p3        | hospital | H           | W2   | 2026-03-05 |            | 2026-03-05
          p4        | hospital | K           | W1   | 2026-03-05 |            | 2026-03-05
          p5        | hospital | H           | W1   | 2026-02-20 | 2026-03-02 | 2026-02-20
          p6        | hospital | H           | W1   | 2026-02-20 | 2026-03-03 | 2026-02-20
          p7        | hospital | H           |      | 2026-03-05 |            | 2026-03-05
        """,
        expr=contacts_on("2026-03-08", *WHO_AND_CLASS),
        # p5 left the day before the case could infect
        expect=[
            ("p1", "close", "healthcare", "2026-03-06", "2026-03-06", "ward"),
            ("p6", "close", "healthcare", "2026-03-03", "2026-03-03", "ward"),
        ],
    )


def test_the_staff_of_a_ward_met_its_patients_and_patients_its_ill_staff(spec):
    stays = """
      person_id | place    | facility_id | ward | entered_on | left_on    | recorded_at
      ----------+----------+-------------+------+------------+------------+------------
      {patient} | hospital | H           | W1   | 2026-03-04 | 2026-03-06 | 2026-03-04
    """
    people = """
      person_id | daytime_place | group | occupation
      ----------+---------------+-------+--------------
      {staff}   | H             | W1    | health_worker
      n2        | H             | W2    | health_worker
    """
    for patient, staff, found in (("pa", "n1", "n1"), ("p1", "pa", "p1")):
        spec(
            cases=CASE,
            stays=stays.replace("{patient}", patient),
            people=people.replace("{staff}", staff),
            expr=contacts_on("2026-03-08", "person", "first_exposure", "last_exposure", "basis"),
            expect=[(found, "2026-03-04", "2026-03-06", "ward")],
        )


SEATS = """
  person_id | arrived_at          | carrier | seat | recorded_at
  ----------+---------------------+---------+------+------------
  pa        | 2026-03-04T10:00:00 | KI 101  | 12C  | 2026-03-04
  p1        | 2026-03-04T10:05:00 | KI101   | 12A  | 2026-03-04
  p2        | 2026-03-04T10:00:00 | ki-101  | 14C  | 2026-03-04
  p3        | 2026-03-04T10:00:00 | KI101   | 15C  | 2026-03-04
  p4        | 2026-03-04T10:00:00 | KI101   | 12F  | 2026-03-04
  p5        | 2026-03-04T10:00:00 | KI101   |      | 2026-03-04
  p6        | 2026-03-05T10:00:00 | KI101   | 12B  | 2026-03-05
  p7        | 2026-03-04T10:00:00 | KI102   | 12B  | 2026-03-04
"""


def test_near_are_the_seats_within_the_rows_of_the_protocol(spec):
    on_board = {"p1", "p2", "p3", "p4", "p5"}  # not the flight of another day, nor another flight
    near = {
        "who-generic": {"p1", "p2"},  # two seats in any direction
        "china-8": {"p1", "p2", "p3", "p4"},  # three rows, and the whole row
        "measles": on_board,  # the air of the whole cabin
    }
    for name, close in near.items():
        spec(
            cases=CASE,
            arrivals=SEATS,
            expr=lambda r, name=name: _on_board(r, name),
            expect=(on_board, close),
        )
    # nobody passes Ebola on before the first symptom, which came the day after the flight
    spec(cases=CASE, arrivals=SEATS, expr=lambda r: _on_board(r, "ebola"), expect=(set(), set()))


def _on_board(records, name):
    found = trace_on(records, "2026-03-08", protocol(name)).contacts
    return set(found["person"]), set(found.filter(contact_class="close")["person"])


def test_on_a_train_only_the_same_carriage_counts(spec):
    spec(
        cases=CASE,
        arrivals="""
          person_id | arrived_at          | from_zone | carrier | seat            | recorded_at
          ----------+---------------------+-----------+---------+-----------------+------------
          pa        | 2026-03-04T10:00:00 | south     | G1234   | coach 5 seat 12D| 2026-03-04
          p1        | 2026-03-04T11:00:00 | south     | G1234   | 05车13F号       | 2026-03-04
          p2        | 2026-03-04T11:00:00 | south     | G1234   | 6/12D           | 2026-03-04
          p3        | 2026-03-04T11:00:00 | south     | G1234   | 5-1A            | 2026-03-04
          p4        | 2026-03-04T11:00:00 | south     | G1234   | 12F             | 2026-03-04
        """,
        expr=contacts_on("2026-03-08", "person", "contact_class", "setting"),
        # whoever gave no coach may have been in this one, and nobody knows how near
        expect=[("p1", "close", "transport"), ("p3", "general", "transport"), ("p4", "general", "transport")],
    )


def test_a_journey_inside_the_area_makes_no_import(spec):
    for from_zone, source in (("south", "unknown"), ("", "arrival")):
        spec(
            cases=CASE,
            arrivals=f"""
              person_id | arrived_at          | from_zone   | carrier | recorded_at
              ----------+---------------------+-------------+---------+------------
              pa        | 2026-03-01T10:00:00 | {from_zone} | G1234   | 2026-03-04
            """,
            expr=lambda r: trace_on(r, "2026-03-08").links["source"].to_list(),
            expect=[source],
        )


@pytest.mark.parametrize(
    ("written", "coach", "row", "across"),
    [
        ("12A", None, 12, 0), ("3f", None, 3, 5), ("coach 5 seat 12D", "5", 12, 3), ("05车12D号", "5", 12, 3),
        ("5/12D", "5", 12, 3), ("5-12D", "5", 12, 3), ("Coach B, seat 7C", "B", 7, 2), ("12-A", None, 12, 0),
        ("车厢3 12D", "3", 12, 3), ("31K", None, 31, 9), ("Carriage 12 seat 3", "12", None, None),
        ("45", None, None, None), ("", None, None, None), ("window", None, None, None),
    ],
)  # fmt: skip
def test_seats_are_read_as_people_write_them(written, coach, row, across):
    assert seat_of(written) == (coach, row, across)


GUESTS = """
  person_id | place_id | kind  | entered_at | recorded_at
  ----------+----------+-------+------------+------------
  pa        | wedding  | event | 2026-03-04 | 2026-03-06
  p1        | wedding  | event | 2026-03-04 | 2026-03-06
  p2        | wedding  | event | 2026-03-05 | 2026-03-06
  p3        | fair     | event | 2026-03-04 | 2026-03-06
"""


def test_the_guests_of_a_day_were_there_together(spec):
    for name, contact_class in (("who-generic", "general"), ("china-8", "close")):
        spec(
            cases=CASE,
            visits=GUESTS,
            expr=contacts_on("2026-03-08", "person", "contact_class", "setting", "basis", rules=protocol(name)),
            expect=[("p1", contact_class, "leisure", "guest_list")],
        )


def test_a_guest_list_as_long_as_a_crowd_is_announced_and_not_traced(spec):
    rules = protocol()
    limit = rules.contact.crowd_visits.model_copy(update={"value": 1.0})
    crowded = protocol(contact=rules.contact.model_copy(update={"crowd_visits": limit}))
    spec(
        cases=CASE,
        visits=GUESTS,
        expr=contacts_on("2026-03-08", "person", rules=crowded),
        expect=[],
    )
    spec(
        cases=CASE,
        visits=GUESTS,
        expr=lambda r: trace_on(r, "2026-03-08", crowded).places.select("place_id", "crowded").rows(),
        expect=[("wedding", True)],
    )


def test_a_named_place_is_the_same_within_50_metres_on_the_same_day(spec):
    spec(
        cases=CASE,
        places="""
          place_id | kind       | latitude | longitude
          ---------+------------+----------+----------
          cafe     | cafe       | 37.50004 | 127.0000
          far      | restaurant | 37.60000 | 127.0000
        """,
        visits="""
          person_id | place_id | kind | latitude | longitude | entered_at          | left_at             | recorded_at
          ----------+----------+------+----------+-----------+---------------------+---------------------+------------
          pa        |          | cafe | 37.5000  | 127.0000  | 2026-03-04          |                     | 2026-03-06
          p1        |          |      | 37.5003  | 127.0003  | 2026-03-04          |                     | 2026-03-06
          p2        |          |      | 37.5006  | 127.0000  | 2026-03-04          |                     | 2026-03-06
          p3        |          |      | 37.5003  | 127.0000  | 2026-03-05          |                     | 2026-03-06
          p4        | cafe     |      |          |           | 2026-03-04T09:00:00 | 2026-03-04T09:30:00 | 2026-03-06
          p5        | far      |      |          |           | 2026-03-04          |                     | 2026-03-06
          p6        |          | home | 37.5001  | 127.0002  | 2026-03-04          |                     | 2026-03-06
        """,
        expr=contacts_on("2026-03-08", *WHO_AND_CLASS),
        # p1 is 43 metres away, p2 67; p4 was at a listed place right there; p6 was at home
        expect=[
            ("p1", "general", "meal", "2026-03-04", "2026-03-04", "named_place"),
            ("p4", "general", "meal", "2026-03-04", "2026-03-04", "named_place"),
        ],
    )


def test_links_told_later_are_not_there_yet(spec):
    told_late = SEATS.replace("KI101   | 12A  | 2026-03-04", "KI101   | 12A  | 2026-03-09")
    for day, there in (("2026-03-08", False), ("2026-03-09", True)):
        spec(
            cases=CASE,
            arrivals=told_late,
            expr=lambda r, day=day: "p1" in trace_on(r, day).contacts["person"].to_list(),
            expect=there,
        )


def test_the_worklist_says_why_each_is_reached(spec):
    spec(
        cases=CASE,
        arrivals=SEATS,
        people="""
          person_id | daytime_place | group
          ----------+---------------+------
          pa        | mill          | day
          q1        | mill          | day
        """,
        expr=lambda r: [
            (row["person"], row["reason"].split(",")[0])
            for row in trace_on(r, "2026-03-08").worklist.sort("person").iter_rows(named=True)
            if row["person"] in ("p1", "p5", "q1")
        ],
        expect=[
            ("p1", "Sat near a case on a journey"),
            ("p5", "Travelled in the same vehicle or carriage as a case"),
            ("q1", "Is in the same class or team as a case"),
        ],
    )
