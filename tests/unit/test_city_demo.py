"""The demo city on disk: complete, consistent, the same every time, and with its few mistakes only."""

from datetime import datetime, time, timedelta
from pathlib import Path
from time import process_time

import polars as pl
import pytest

from douse.city import DemoCity, make_demo
from douse.city.demo import AS_OF
from douse.errors import UsageError
from douse.library import Pathogen, Protocol, load
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked
from douse.records.tables import REFERENCE_TABLES, TABLES, column_facts

pytestmark = pytest.mark.slow

WILD, WHO = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")


def demo(out: Path, people: int = 5_000, seed: int = 2, **choices) -> DemoCity:
    return make_demo(out, people=people, seed=seed, **({"pathogen": WILD, "protocol": WHO} | choices))


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> DemoCity:
    return demo(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def checked(city) -> Checked:
    return check(read_raw(city.path))


def rows(checked: Checked, table: str) -> pl.DataFrame:
    frame = checked.records.table(table)
    assert not frame.is_empty(), f"{table} is empty"
    return frame


def test_every_table_is_there(checked):
    assert checked.records.sent == set(TABLES)
    for table in TABLES:
        rows(checked, table)


def test_the_door_finds_the_deliberate_mistakes_and_nothing_else(city, checked):
    found = {(row["table"], row["row"], row["column"] or "") for row in checked.findings.iter_rows(named=True)}
    assert found == {(dirt.table, dirt.row, dirt.column) for dirt in city.dirt}
    assert len(city.dirt) >= 6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "seed", "protocol", "pathogen"),
    [(100, 1, "who-generic", "mers"), (100, 2, "china-9", "norovirus"), (500, 1, "measles", "measles"),
     (500, 4, "china-20", "cholera"), (2_000, 3, "china-8", "sars-cov-2-omicron"), (500, 2, "ebola", "ebola")],
)  # fmt: skip
def test_other_sizes_protocols_and_pathogens_pass_the_door(tmp_path, people, seed, protocol, pathogen):
    made = demo(tmp_path, people, seed, protocol=load(Protocol, protocol), pathogen=load(Pathogen, pathogen))
    found = check(read_raw(tmp_path)).findings
    assert set(found.select("table", "row").iter_rows()) == {(dirt.table, dirt.row) for dirt in made.dirt}


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(city, tmp_path):
    again = demo(tmp_path)
    names = sorted(file.name for file in city.path.iterdir())
    assert names == sorted(file.name for file in tmp_path.iterdir())
    for name in names:
        assert (city.path / name).read_bytes() == (tmp_path / name).read_bytes(), name
    assert city.truth.equals(again.truth)
    assert city.dirt == again.dirt


def test_another_seed_writes_other_cases(city, tmp_path):
    demo(tmp_path, seed=3)
    assert (city.path / "cases.csv").read_bytes() != (tmp_path / "cases.csv").read_bytes()


def test_the_truth_is_not_in_the_folder(city):
    assert {file.stem for file in city.path.iterdir()} == {*TABLES, "README"}
    assert not any("truth" in file.name for file in city.path.iterdir())


@pytest.mark.parametrize(
    "choices", [{"people": 99}, {"people": 0}, {"people": -5}, {"people": 3_000_000}, {"days": 20}, {"days": 121}]
)
def test_nonsense_is_refused_in_a_sentence(tmp_path, choices):
    with pytest.raises(UsageError, match=r"cannot be made\.\n  Allowed: .* to .*\n  Next: "):
        demo(tmp_path / "new", **choices)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_other_records_is_left_alone(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id\nreal\n")
    with pytest.raises(UsageError, match="real records might be lost"):
        demo(tmp_path, people=100)
    assert (tmp_path / "cases.csv").read_text() == "case_id\nreal\n"
    with pytest.raises(UsageError):
        demo(tmp_path / "cases.csv", people=100)


def test_an_earlier_demo_is_replaced(tmp_path):
    demo(tmp_path, people=100, seed=1)
    first = (tmp_path / "people.parquet").read_bytes()
    demo(tmp_path, people=100, seed=2)
    assert (tmp_path / "people.parquet").read_bytes() != first


def test_references_resolve(city, checked):
    dirty = {(dirt.table, dirt.column) for dirt in city.dirt}
    for table, schema in TABLES.items():
        for column in schema.columns():
            other, _, key = column_facts(schema, column).get("references", "").partition(".")
            if other and (table, column) not in dirty:
                named = checked.records.table(table)[column].drop_nulls().unique()
                assert named.is_in(checked.records.table(other)[key].implode()).all(), f"{table}.{column}"


def test_persons_are_residents(checked):
    residents = rows(checked, "people")["person_id"].implode()
    for table in ("cases", "contacts", "visits", "stays", "arrivals"):
        assert rows(checked, table)["person_id"].drop_nulls().is_in(residents).all(), table
    tests = rows(checked, "tests")
    assert tests.filter(pl.col("pool_size") == 1)["person_id"].is_in(residents).all()
    assert (tests.filter(pl.col("pool_size") > 1)["person_id"].str.starts_with("pool-")).all()


def test_everything_was_told_within_the_run_and_by_the_as_of_day(city, checked):
    assert city.as_of == AS_OF
    first, last = datetime.combine(AS_OF - timedelta(days=34), time.min), datetime.combine(AS_OF, time.max)
    for table in set(TABLES) - set(REFERENCE_TABLES):
        told = rows(checked, table)["recorded_at"]
        assert told.min() >= first, table
        assert told.max() <= last, table


def test_nothing_happens_after_it_was_told(city, checked):
    """Facts that the department could not have had when it entered the row."""
    facts = {
        "cases": ("tested_at", "confirmed_at", "reported_at", "isolated_at", "outcome_on", "onset", "hospitalised_on"),
        "contacts": ("last_contact", "found_at"),
        "tests": ("sampled_at",),
        "visits": ("entered_at", "left_at"),
        "arrivals": ("arrived_at",),
    }
    for table, columns in facts.items():
        frame = rows(checked, table)
        for column in columns:
            late = frame.filter(pl.col(column).cast(pl.Date) > pl.col("recorded_at").cast(pl.Date))
            assert late.is_empty(), f"{table}.{column}"


def test_a_named_infector_was_on_file_when_named(checked):
    cases = rows(checked, "cases").filter(pl.col("infector") != "K9999")
    first = cases.group_by("case_id").agg(known_from=pl.col("recorded_at").min())
    named = cases.join(first, left_on="infector", right_on="case_id")
    assert named.height > 10
    assert (named["known_from"] <= named["recorded_at"]).all()


def test_corrections_follow_what_they_correct(checked):
    cases = rows(checked, "cases")
    corrected = cases.drop_nulls("supersedes").join(cases, left_on="supersedes", right_on="record_id", suffix="_before")
    assert corrected.height == cases["supersedes"].count() > 0
    assert (corrected["case_id"] == corrected["case_id_before"]).all()
    assert (corrected["recorded_at"] > corrected["recorded_at_before"]).all()
    counted = checked.records.as_of(AS_OF).cases
    assert counted["case_id"].is_unique().all()
    assert cases["same_as"].count() == 1
    assert counted.filter(pl.col("case_id").is_in(cases["same_as"].drop_nulls().implode())).height == 1


def test_cases_are_infected_people_and_most_infections_are_known_late(city, checked):
    truth = city.truth
    confirmed = checked.records.as_of(AS_OF).cases.filter(pl.col("classification") == "confirmed")
    assert confirmed["person_id"].is_in(truth["person_id"].implode()).all()
    assert confirmed["person_id"].is_unique().all()
    assert 10 <= confirmed.height < truth.height


def test_records_are_as_imperfect_as_real_ones(checked):
    cases = checked.records.as_of(AS_OF).cases
    confirmed = cases.filter(pl.col("classification") == "confirmed")
    ill = confirmed.filter(pl.col("severity") != "asymptomatic")
    assert 0 < ill["onset"].null_count() < ill.height / 2
    assert confirmed["infector"].null_count() > 0
    assert (cases["classification"] == "suspected").any()
    assert (confirmed["origin"] == "imported").any()
    assert confirmed["quarantined_on"].count() > 0
    contacts = rows(checked, "contacts")
    assert 0 < contacts["reached_at"].null_count() < contacts.height / 2


def test_contacts_met_their_case(checked, city):
    """Household members live together; the others shared a room, where the visit of both left a record."""
    contacts = rows(checked, "contacts").drop_nulls("setting")
    person = dict(rows(checked, "cases").select("case_id", "person_id").drop_nulls().iter_rows())
    pairs = contacts.with_columns(case_person=pl.col("case_id").replace_strict(person))
    home = rows(checked, "people").select("person_id", "household")
    household = pairs.filter(pl.col("setting") == "household")
    at_home = household.join(home, left_on="case_person", right_on="person_id", suffix="_case")
    assert at_home.height == household.height > 0
    assert (at_home["household"] == at_home["household_case"]).all()
    recorded_from = AS_OF - timedelta(days=13)
    others = pairs.filter((pl.col("setting") != "household") & (pl.col("first_contact") >= recorded_from))
    visits = rows(checked, "visits")
    met = (
        others.join(visits.select("person_id", "place_id", "entered_at", "left_at"), on="person_id")
        .join(visits, left_on=["case_person", "place_id"], right_on=["person_id", "place_id"], suffix="_case")
        .filter(pl.col("entered_at") < pl.col("left_at_case"), pl.col("entered_at_case") < pl.col("left_at"))
        .select("case_id", "person_id")
        .unique()
    )
    named = others.select("case_id", "person_id").unique()
    assert named.height > 10
    # Each visit leaves a record nine times in ten, and most pairs met on several days.
    assert met.join(named, on=["case_id", "person_id"], how="semi").height > 0.75 * named.height


def test_cases_are_on_record_at_places_before_they_were_isolated(checked):
    visits = rows(checked, "visits")
    isolated = (
        checked.records.as_of(AS_OF)
        .cases.filter(pl.col("isolated_at") >= datetime.combine(AS_OF - timedelta(days=7), time.min))
        .select("person_id", "isolated_at")
        .drop_nulls()
    )
    theirs = visits.join(isolated, on="person_id")
    assert theirs["person_id"].n_unique() > 0.3 * isolated.height
    assert (theirs["entered_at"].dt.date() <= theirs["isolated_at"].dt.date()).all()


def test_visits_cover_the_last_fortnight(checked):
    days = rows(checked, "visits")["entered_at"].dt.date().unique().sort()
    assert days.to_list() == [AS_OF - timedelta(days=back) for back in range(13, -1, -1)]


def test_quarantine_and_isolation_are_in_the_stays(checked):
    stays = rows(checked, "stays")
    contacts = rows(checked, "contacts").drop_nulls("quarantined_on")
    assert contacts["person_id"].is_in(stays["person_id"].implode()).all()
    cases = checked.records.as_of(AS_OF).cases.drop_nulls(["isolated_at", "person_id"])
    assert cases["person_id"].is_in(stays["person_id"].implode()).all()


@pytest.mark.slow
def test_a_level_can_be_lifted_and_one_is_kept(tmp_path):
    demo(tmp_path, people=20_000, seed=1)
    known = check(read_raw(tmp_path)).records.as_of(AS_OF)
    levels = known.table("measures").filter((pl.col("kind") == "level") & pl.col("ended_on").is_null())
    assert levels["zone"].is_unique().all()
    assert levels.height >= 2
    assert (levels["expires_on"] >= AS_OF).all()
    restrictive = levels.filter(pl.col("level").is_in(["control", "lockdown"]))
    last = {}
    for zone in restrictive["zone"]:
        inside = known.cases.filter(pl.col("zone").str.starts_with(zone) & (pl.col("classification") == "confirmed"))
        last[zone] = inside["confirmed_at"].max().date()
    asked = WHO.level_rule("control").lift.days_without_case.value
    clear = [zone for zone, day in last.items() if (AS_OF - day).days >= asked]
    assert clear
    tests = known.table("tests").filter(
        (pl.col("purpose") == "screening") & pl.col("zone").str.starts_with(clear[0]) & (pl.col("pool_size") > 1)
    )
    rounds = tests.filter(pl.col("result_at").dt.date() > AS_OF - timedelta(days=2))
    assert not rounds.is_empty()
    assert (rounds["result"] == "negative").all()


def test_a_longer_run_begins_earlier(tmp_path):
    made = demo(tmp_path, people=500, days=50)
    assert made.as_of == AS_OF
    arrivals = pl.read_csv(tmp_path / "arrivals.csv", try_parse_dates=True)
    assert arrivals["arrived_at"].min().date() == AS_OF - timedelta(days=49)


def test_stages_are_told(tmp_path):
    told = []
    demo(tmp_path, people=100, progress=told.append)
    assert told == ["Building the city", "Letting the outbreak run", "Writing the records"]


@pytest.mark.slow
def test_the_usual_demo_shows_an_outbreak_that_is_being_fought(tmp_path):
    begun = process_time()
    demo(tmp_path, people=200_000, seed=1)
    assert process_time() - begun < 20
    known = check(read_raw(tmp_path)).records.as_of(AS_OF)
    cases = known.cases.filter(pl.col("classification") == "confirmed")
    assert 80 <= cases.height <= 250
    assert cases["quarantined_on"].count() > 0.2 * cases.height
    assert 0.5 * cases.height < cases["infector"].count() < cases.height
    assert cases.drop_nulls("cluster").group_by("cluster").len()["len"].max() >= 3
    weeks = cases.select((pl.lit(AS_OF) - pl.col("confirmed_at").dt.date()).dt.total_days() // 7).to_series()
    assert 0.8 < (weeks == 0).sum() / (weeks == 1).sum() < 2
    assert known.table("visits").height > 1_000_000
