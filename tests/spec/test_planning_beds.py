"""Who goes to which bed, who stays together, who goes short, and what is opened when."""

from datetime import timedelta

import pytest

from douse.library import Protocol, load
from douse.planning.beds.make import plan_beds
from douse.planning.plan import DayNeed
from planning_inputs import TODAY, basis, planned, traced

title = "Beds and rooms: who goes where, and what to open"
CHINA = load(Protocol, "china-9")  # mild: shelter hospital; moderate and severe: hospital; contacts: quarantine place
ZONES = """
  zone_id | kind      | parent_zone
  --------+-----------+------------
  city    | city      |
  north   | district  | city
  south   | district  | city
  n1      | community | north
  s1      | community | south
"""
FACILITIES = """
  facility_id | kind             | zone | beds | icu_beds | rooms
  ------------+------------------+------+------+----------+------
  hospital-n  | hospital         | n1   | 1    | 1        |
  hospital-s  | hospital         | s1   | 1    | 0        |
  shelter-s   | shelter_hospital | s1   | 2    |          |
  rooms-n     | quarantine_site  | n1   |      |          | 2
"""


def cases(*rows):
    """Cases told today: (case_id, zone, severity)."""
    return [
        {"case_id": case, "person_id": case, "zone": zone, "severity": severity, "onset": TODAY,
         "recorded_at": TODAY.isoformat()}
        for case, zone, severity in rows
    ]  # fmt: skip


def contact(person, zone="n1", **more):
    return {"person": person, "case_id": "x", "ring": 1, "contact_class": "close", "zone": zone, "place": "central",
            "last_exposure": TODAY} | more  # fmt: skip


def beds(found=(), contacts=(), rules=CHINA, needs=(), facilities=FACILITIES, **tables):
    at = basis(
        rules=rules,
        zones=ZONES,
        cases=list(found),
        facilities=facilities,
        trace=traced(contacts=list(contacts)),
        **tables,
    )
    return plan_beds(at, needs)


def where(plan):
    return {one.person: one.facility_id for one in plan.placements}


def fits(plan):
    return {one.person: one.fit for one in plan.placements}


def test_each_severity_goes_where_the_protocol_says_and_to_the_nearest():
    plan = beds(cases(("a", "n1", "critical"), ("b", "s1", "severe"), ("c", "n1", "mild")), [contact("d")])
    assert where(plan) == {"a": "hospital-n", "b": "hospital-s", "c": "shelter-s", "d": "rooms-n"}
    assert set(fits(plan).values()) == {"as_needed"}


def test_where_the_protocol_cares_for_them_at_home_nobody_waits():
    plan = beds(cases(("a", "n1", "mild"), ("b", "n1", "asymptomatic")), rules=load(Protocol, "who-generic"))
    assert plan.placements == ()


@pytest.mark.parametrize("milder", ["moderate", "mild"])
def test_the_more_severe_come_first(milder):
    found = [(f"{n}", "n1", "severe") for n in range(2)] + [(f"m{n}", "n1", milder) for n in range(9)]
    plan = beds(cases(*found))
    assert {where(plan)[f"{n}"] for n in range(2)} == {"hospital-n", "hospital-s"}
    short = [one for one in plan.placements if one.fit == "none_free"]
    assert len(short) == 7
    assert {one.severity for one in short} == {milder}


def test_without_a_free_bed_of_their_class_the_next_lower_is_named_as_what_it_is():
    plan = beds(cases(("a", "n1", "critical"), ("b", "n1", "critical")))
    assert sorted(fits(plan).values()) == ["as_needed", "lower_class"]
    (row,) = plan.waiting
    assert (row.group, row.people, row.as_needed, row.lower, row.none_free) == ("critical", 2, 1, 1, 0)


def test_free_hospital_beds_take_mild_cases_when_shelters_are_full():
    plan = beds(cases(*((f"m{n}", "s1", "mild") for n in range(3))))
    assert sorted(fits(plan).values()) == ["as_needed", "as_needed", "higher_class"]


def test_a_contact_never_takes_a_patient_s_bed():
    plan = beds([], [contact(f"p{n}") for n in range(4)])
    assert sorted(fits(plan).values()) == ["as_needed", "as_needed", "none_free", "none_free"]


FAMILY = """
  person_id | household | age | zone | depends_on
  ----------+-----------+-----+------+-----------
  mother    | h1        | 30  | n1   |
  child     | h1        | 5   | n1   |
  other     | h2        | 40  | n1   |
  old       | h3        | 82  | n1   | other
"""


def test_a_mother_and_her_child_go_to_the_same_facility():
    plan = beds(cases(("mother", "n1", "severe"), ("child", "n1", "mild"), ("other", "n1", "severe")), people=FAMILY,
                facilities=[{"facility_id": "h1", "kind": "hospital", "beds": 2, "zone": "n1"},
                            {"facility_id": "h2", "kind": "hospital", "beds": 2, "zone": "s1"},
                            {"facility_id": "s", "kind": "shelter_hospital", "beds": 9, "zone": "n1"}])  # fmt: skip
    assert where(plan)["mother"] == where(plan)["child"]
    assert fits(plan)["child"] == "higher_class"
    assert plan.parties == 1


def test_a_contact_who_cares_for_an_ill_child_goes_with_the_child():
    plan = beds(cases(("child", "n1", "mild")), [contact("mother", household="h1", age=30)], people=FAMILY)
    assert where(plan) == {"mother": "shelter-s", "child": "shelter-s"}


def test_contacts_who_depend_on_each_other_share_a_room():
    plan = beds([], [contact(p, household="h1") for p in ("mother", "child")] + [contact("other")], people=FAMILY)
    assert where(plan) == {"mother": "rooms-n", "child": "rooms-n", "other": "rooms-n"}
    assert [(load.capacity, load.coming) for load in plan.facilities if load.facility_id == "rooms-n"] == [(2, 2)]


def test_who_depends_on_somebody_by_the_table_stays_with_them():
    plan = beds(cases(("old", "n1", "severe"), ("other", "s1", "severe")), people=FAMILY,
                facilities=[{"facility_id": "h1", "kind": "hospital", "beds": 2, "zone": "n1"},
                            {"facility_id": "h2", "kind": "hospital", "beds": 2, "zone": "s1"}])  # fmt: skip
    assert where(plan)["old"] == where(plan)["other"]


def test_a_child_joins_a_mother_who_lies_in_a_facility_already():
    lies = [{"person_id": "mother", "place": "hospital", "facility_id": "h2", "entered_on": TODAY,
             "recorded_at": TODAY.isoformat()}]  # fmt: skip
    plan = beds(cases(("mother", "n1", "severe"), ("child", "n1", "moderate")), people=FAMILY, stays=lies,
                facilities=[{"facility_id": "h1", "kind": "hospital", "beds": 2, "zone": "n1"},
                            {"facility_id": "h2", "kind": "hospital", "beds": 2, "zone": "s1"}])  # fmt: skip
    assert where(plan) == {"child": "h2"}


def test_a_family_that_no_facility_can_hold_is_parted_and_it_is_said():
    plan = beds(cases(("mother", "n1", "critical"), ("child", "n1", "mild")), people=FAMILY,
                facilities=[{"facility_id": "icu", "kind": "clinic", "icu_beds": 1, "zone": "n1"},
                            {"facility_id": "s", "kind": "shelter_hospital", "beds": 1, "zone": "n1"}])  # fmt: skip
    assert where(plan) == {"mother": "icu", "child": "s"}
    assert all(one.parted for one in plan.placements)
    assert plan.parted == 1


def test_children_who_stay_behind_alone_are_counted():
    assert beds(cases(("mother", "n1", "severe")), people=FAMILY).care_owed == 1
    assert beds(cases(("other", "n1", "severe")), people=FAMILY).care_owed == 1  # old depends on other
    assert beds(cases(("old", "n1", "severe")), people=FAMILY).care_owed == 0


def test_an_ill_child_s_mother_at_home_may_come_along():
    (child,) = beds(cases(("child", "n1", "severe")), people=FAMILY).placements
    assert child.carer_along == "mother"


def stay(person, place, facility=None):
    return {"person_id": person, "place": place, "facility_id": facility, "entered_on": TODAY,
            "recorded_at": TODAY.isoformat()}  # fmt: skip


def test_who_lies_in_a_bed_of_their_class_does_not_move_and_takes_it_from_others():
    plan = beds(cases(("a", "n1", "severe"), ("b", "n1", "severe")), stays=[stay("a", "hospital", "hospital-n")])
    assert where(plan) == {"b": "hospital-s"}


def test_who_shares_a_room_takes_none_on_the_next_day_either():
    """Mother and child were given one of two rooms yesterday: the other is free today."""
    lie = [stay(person, "quarantine_site", "rooms-n") for person in ("mother", "child")]
    plan = beds([], [contact("other")], people=FAMILY, stays=lie)
    assert where(plan) == {"other": "rooms-n"}
    assert [(load.occupied, load.coming) for load in plan.facilities if load.facility_id == "rooms-n"] == [(1, 1)]
    apart = beds([], [contact("other")], people=FAMILY, stays=[lie[0], stay("old", "quarantine_site", "rooms-n")])
    assert where(apart) == {"other": None}


def test_who_has_become_worse_moves():
    plan = beds(cases(("a", "n1", "critical")), stays=[stay("a", "hospital", "hospital-s")])
    (one,) = plan.placements
    assert (one.why, one.facility_id, one.fit) == ("worse", "hospital-n", "as_needed")


def test_who_has_become_worse_stays_in_their_bed_until_there_is_a_better_one():
    found = cases(("a", "n1", "critical"), ("b", "n1", "critical"))
    plan = beds(found, stays=[stay("a", "icu", "hospital-n"), stay("b", "hospital", "hospital-n")])
    (one,) = plan.placements
    assert (one.person, one.place, one.facility_id, one.fit) == ("b", "hospital", "hospital-n", "stays")


def test_people_whose_facility_is_not_on_record_take_beds_all_the_same():
    plan = beds(
        cases(("a", "n1", "severe"), ("b", "n1", "severe")), stays=[stay("a", "hospital"), stay("z", "hospital")]
    )
    assert fits(plan)["b"] == "lower_class"


def test_without_any_facility_everybody_who_needs_a_bed_is_named_as_short():
    plan = beds(cases(("a", "n1", "severe")), [contact("d")], facilities=[])
    assert fits(plan) == {"a": "none_free", "d": "none_free"}
    assert any("No facility" in note.key for note in plan.notes)


def test_late_is_said_by_the_protocol_s_clock():
    late = [cases(("a", "n1", "severe"))[0] | {"recorded_at": (TODAY - timedelta(days=3)).isoformat()}]
    assert [one.in_time for one in beds(late).placements] == [False]
    assert [one.in_time for one in beds(cases(("a", "n1", "severe"))).placements] == [True]


def test_an_unknown_severity_counts_as_mild_and_it_is_said():
    plan = beds(cases(("a", "n1", None)))
    assert where(plan) == {"a": "shelter-s"}
    assert any("without a severity" in note.key for note in plan.notes)


def ahead(resource, *high):
    """Needs of the days ahead with these upper ends."""
    return [DayNeed(resource, TODAY + timedelta(days=n), one / 2, 0.0, float(one), None) for n, one in enumerate(high)]


def every(resource, high):
    kinds = ("hospital_bed", "icu_bed", "shelter_bed", "quarantine_room")
    return [need for kind in kinds for need in ahead(kind, *(high if kind == resource else [0] * 14))]


RISING = [*range(0, 140, 10)]
CLOSED = [
    {"facility_id": "now", "kind": "shelter_hospital", "beds": 50},
    {"facility_id": "big", "kind": "shelter_hospital", "beds": 200, "lead_time_days": 3},
    {"facility_id": "small", "kind": "shelter_hospital", "beds": 80, "lead_time_days": 3},
]


def test_the_cheapest_set_opens_on_the_day_it_is_needed_and_no_sooner():
    plan = beds(needs=every("shelter_bed", RISING), facilities=CLOSED)
    (one,) = plan.openings
    assert (one.facility_id, one.opens_on, one.decide_by) == (
        "small", TODAY + timedelta(days=6), TODAY + timedelta(days=3),
    )  # fmt: skip
    assert plan.short_ahead == ()


def test_more_beds_need_the_larger_one():
    plan = beds(needs=every("shelter_bed", [0] * 5 + [200] * 9), facilities=CLOSED)
    assert [one.facility_id for one in plan.openings] == ["big"]


def test_free_hospital_beds_spare_the_opening():
    hospital = {"facility_id": "h", "kind": "hospital", "beds": 200}
    assert beds(needs=every("shelter_bed", RISING), facilities=[*CLOSED, hospital]).openings == ()


def test_without_a_shelter_hospital_on_record_hospitals_open_for_their_patients():
    hospitals = [
        {"facility_id": "now", "kind": "hospital", "beds": 50},
        {"facility_id": "new", "kind": "hospital", "beds": 60, "lead_time_days": 3},
    ]
    plan = beds(needs=every("shelter_bed", RISING), facilities=hospitals)
    assert [(one.facility_id, one.opens_on) for one in plan.openings] == [("new", TODAY + timedelta(days=6))]
    short = {one.resource: (one.first_day, one.worst) for one in plan.short_ahead}
    assert short == {"hospital_bed": (TODAY + timedelta(days=12), 20.0)}


def test_too_late_says_what_is_short_from_when_by_how_many_and_when_it_had_to_be_decided():
    plan = beds(needs=every("shelter_bed", [60] * 14), facilities=CLOSED)
    (short,) = plan.short_ahead
    assert (short.first_day, short.worst, short.decide_by) == (TODAY, 10.0, TODAY - timedelta(days=3))
    (one,) = plan.openings
    assert one.decide_by == TODAY


def test_with_nothing_left_to_open_more_has_to_be_found():
    plan = beds(needs=every("shelter_bed", [60] * 14), facilities=CLOSED[:1])
    (short,) = plan.short_ahead
    assert short.decide_by is None
    assert "elsewhere" in short.text.key


def test_the_plan_holds_it_and_says_so_without_persons_in_its_sums():
    plan = planned(
        basis(rules=CHINA, zones=ZONES, cases=cases(("a", "n1", "severe")), facilities=FACILITIES, trace=traced())
    )
    assert plan.beds is not None
    assert [load.coming for load in plan.beds.facilities if load.facility_id == "hospital-n"] == [0, 1]
