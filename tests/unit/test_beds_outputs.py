"""What the outputs say of beds and of arrivals: sums to everybody, persons only to those who carry it out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from douse.outputs.blocks import Grid, Text
from douse.outputs.exports import tables
from douse.outputs.plan_json import plan_json
from douse.outputs.report import report
from douse.outputs.sections.beds import beds
from douse.outputs.sections.entry import entry, schedule_words
from douse.outputs.words import Words
from douse.planning.beds.values import BedPlan, FacilityLoad, Opening, Placement, ShortAhead, Waiting
from douse.planning.entry.values import EntryOrigin, EntryPlan, EntrySchedule
from douse.records.measure import Because
from outputs_inputs import AS_OF, briefing

EN = Words("en")
ANNA = "pseudonym-of-anna"
PLAN = BedPlan(
    waiting=(Waiting("severe", "hospital", 3, 1, 0, 1, 1, 1), Waiting("contact", "quarantine_site", 2, 2, 0, 0, 0, 0)),
    facilities=(FacilityLoad("h", "hospital_bed", 4, 3, 1), FacilityLoad("q", "quarantine_room", 2, 3, 0)),
    parties=1,
    parted=2,
    care_owed=1,
    gap=0.0,
    gap_hours=0.0,
    openings=(Opening("s", AS_OF + timedelta(days=4), AS_OF, 4, {"shelter_bed": 40}, 1234.0),),
    short_ahead=(
        ShortAhead("icu_bed", AS_OF, 2.0, AS_OF, None, Because("Short of {resource}.", {"resource": "icu_bed"})),
    ),
    openings_gap=0.0,
    notes=(Because("No stays are on record: every bed of the facilities counts as free."),),
    placements=(
        Placement(ANNA, "k1", "d0c0", "severe", "new_case", "hospital", "hospital", "h", "as_needed", 1.2, True, None,
                  False, None),
    ),
)  # fmt: skip
WAY = EntrySchedule("home", 3, (1, 3), 0.1, 0.2)
ENTRY = EntryPlan(
    target=1.0, expected=0.5, let_through=0.2, within_target=True, person_days=300.0, tests=200.0, cost=5000.0,
    by_protocol=EntrySchedule("free", 0, (1,), 0.7, 0.4), expected_by_protocol=3.5, person_days_by_protocol=0.0,
    bound=300.0,
    origins=(
        EntryOrigin("Elm", 100.0, "guess", 0.01, 0.0, 0.03, 1.0, "home", 3, (1, 3), 0.1, 0.2, 300.0, 200.0, 0.7),
    ),
    schedules=(WAY,), text=Because("Of about {arrivals} arrivals.", {"arrivals": 100}), notes=(),
)  # fmt: skip


@pytest.fixture(scope="module")
def told():
    made = briefing()
    return replace(made, plan=replace(made.plan, beds=PLAN, entry=ENTRY))


def test_persons_are_in_the_table_of_placements_and_nowhere_else(told):
    assert ANNA not in plan_json(told, EN)
    assert ANNA not in report(told, "en")
    assert tables(told, EN)["placements"]["person"].to_list() == [ANNA]
    assert [name for name, table in tables(told, EN).items() if ANNA in str(table.to_dict())] == ["placements"]
    assert '"care_owed": 1' in plan_json(told, EN)


def texts(section):
    return " ".join(block.text for block in section.blocks if isinstance(block, Text))


def test_the_section_of_beds_says_who_gets_what_and_what_is_short(told):
    section = beds(told, EN)
    said = texts(section)
    assert "5 people wait for a bed or room today: 3 get one" in said
    assert "more severely ill come first" in said
    assert "1 child or other dependant would stay at home" in said
    captions = [block.caption for block in section.blocks if isinstance(block, Grid)]
    assert captions == [
        "Who waits for a bed or room, and what they get",
        "Facilities that are open today",
        "What to open, and by when to decide",
    ]


def test_without_anybody_waiting_it_is_one_line(told):
    quiet = replace(PLAN, waiting=(), facilities=(), openings=(), short_ahead=(), notes=(), placements=())
    said = texts(beds(replace(told, plan=replace(told.plan, beds=quiet)), EN))
    assert "Nobody who is known waits" in said
    assert "No further facility" in said


def test_arrivals_are_told_by_origin_and_without_any_in_one_line(told):
    section = entry(told, EN)
    assert "would miss 3.5 a month" in texts(section)
    nothing = entry(replace(told, plan=replace(told.plan, entry=None)), EN)
    assert len(nothing.blocks) == 1
    assert "No arrivals from elsewhere" in texts(nothing)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (EntrySchedule("free", 0, (), 1, 1), "no stay, no test"),
        (EntrySchedule("free", 0, (2,), 1, 1), "no stay, tested on day 2"),
        (EntrySchedule("home", 1, (), 1, 1), "1 day at home, no test"),
        (WAY, "3 days at home, tested on day 1, 3"),
        (EntrySchedule("central", 7, (), 1, 1), "7 days in a quarantine place, no test"),
        (EntrySchedule("central", 7, (4,), 1, 1), "7 days in a quarantine place, tested on day 4"),
    ],
)
def test_a_schedule_reads_as_people_say_it(way, said):
    assert schedule_words(way, EN) == said


def test_the_tables_of_a_plan_without_them_are_empty(told):
    without = tables(replace(told, plan=replace(told.plan, beds=None, entry=None)), EN)
    for name in ("placements", "facility-beds", "openings", "entry-origins", "entry-schedules"):
        assert without[name].is_empty()
