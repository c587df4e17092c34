"""What goes to a partner by the policy, and what is taken, offered, answered and let go."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from douse import partnering
from douse.errors import DouseError, LibraryError, UsageError
from douse.outputs.partners.policy import read_policy
from douse.records.ledger import NewEntry, verify
from douse.records.ledger.erasure import erase
from douse.records.ledger.live import Live
from douse.records.ledger.shared import read_shared
from partners_inputs import NOW, POLICY, TRAVELLERS, Pair, case, now_on, pair

GIVE = """
[[partner.give]]
table = "cases"
zones = ["river-1"]
why = "Both cities follow the same chains of infection."
"""
TAKE = """
[[partner.take]]
table = "cases"
zones = ["river"]
why = "Both cities follow the same chains of infection."
"""
PERSONAL = GIVE + "personal = true\nkeep_days = 10\n"
KNOWN_ZONES = [
    NewEntry("zones", {"zone_id": "river", "kind": "city"}),
    NewEntry("zones", {"zone_id": "river-1", "kind": "district", "parent_zone": "river"}),
]


@pytest.fixture
def two(tmp_path: Path) -> Pair:
    made = pair(tmp_path)
    made.there.open().append(KNOWN_ZONES, author="test", at=NOW)
    made.policies(GIVE + TRAVELLERS, TAKE + TRAVELLERS)
    return made


def carry(two: Pair, path: Path, *, at=NOW, back: bool = False) -> None:
    """Send the next bundle and take it in on the other side."""
    sender, taker, name = (two.there, two.here, "river") if back else (two.here, two.there, "harbour")
    partnering.send(sender, name, path, author="test", at=at)
    partnering.take(taker, path, author="test", at=at)


def test_rows_of_the_shared_zones_go_without_what_is_personal(two: Pair, tmp_path: Path) -> None:
    carry(two, tmp_path / "1.zip")
    theirs = now_on(two.there).current("cases").filter(pl.col("case_id").str.starts_with("river:"))
    assert theirs.select("case_id", "zone", "sex", "person_id", "age").rows() == [
        ("river:C1", "river-1", None, None, 40)
    ]
    assert verify(two.there.open()).good


def test_what_is_left_out_is_counted(two: Pair, tmp_path: Path) -> None:
    made = partnering.send(two.here, "harbour", tmp_path / "1.zip", author="test", at=NOW)
    assert made.cut.tables == {"cases": 1}
    assert made.cut.left_out == {"of another zone, or of none that is known": 1}


def test_the_next_bundle_holds_only_what_is_new_and_corrects_what_came(two: Pair, tmp_path: Path) -> None:
    carry(two, tmp_path / "1.zip")
    two.here.open().append(
        [NewEntry("cases", {"case_id": "C1", "zone": "river-1", "age": 41}, supersedes="C1"), case("C3", "river-1")],
        author="test", at=NOW + timedelta(hours=1),
    )  # fmt: skip
    carry(two, tmp_path / "2.zip", at=NOW + timedelta(hours=2))
    theirs = now_on(two.there).current("cases").filter(pl.col("case_id").str.starts_with("river:")).sort("case_id")
    assert theirs.select("case_id", "age").rows() == [("river:C1", 41), ("river:C3", 40)]


def test_what_came_from_a_partner_is_not_passed_on(two: Pair, tmp_path: Path) -> None:
    carry(two, tmp_path / "1.zip")
    policy = (two.there.folder / "partners.toml").read_text("utf-8")
    give = '[[partner.give]]\ntable = "cases"\nzones = ["*"]\nwhy = "To see whether anything comes back."\n'
    (two.there.folder / "partners.toml").write_text(policy.replace(TAKE, TAKE + give), "utf-8")
    made = partnering.send(two.there, "river", tmp_path / "b.zip", author="test", at=NOW)
    assert made.cut.left_out == {"came from a partner: it is not passed on": 1}
    assert {row.record_id for row in made.cut.rows} == {"C1", "C2"}


def test_of_several_last_days_the_first_counts_of_what_is_in_the_bundle(two: Pair, tmp_path: Path) -> None:
    tests = '[[partner.give]]\ntable = "tests"\nzones = ["*"]\nwhy = "Results are compared."\npersonal = true\n'
    two.policies(PERSONAL + tests + "keep_days = 3\n", TAKE)
    made = partnering.send(two.here, "harbour", tmp_path / "1.zip", author="test", at=NOW)
    assert made.cut.expires_on == NOW.date() + timedelta(days=10)  # no test is in it
    test = {"person_id": "P-C1", "sampled_at": "2026-03-30", "kind": "pcr", "result": "positive"}
    two.here.open().append([NewEntry("tests", test), case("C4", "river-1")], author="test", at=NOW)
    made = partnering.send(two.here, "harbour", tmp_path / "2.zip", author="test", at=NOW + timedelta(hours=1))
    assert made.cut.expires_on == NOW.date() + timedelta(days=3)


def test_personal_columns_have_a_last_day_and_are_erased_after_it(two: Pair, tmp_path: Path) -> None:
    two.policies(PERSONAL, TAKE)
    carry(two, tmp_path / "1.zip")
    came = now_on(two.there).current("cases").filter(case_id="river:C1")
    assert came["sex"].to_list() == ["female"]
    partnering.expire(two.there, author="test", at=NOW + timedelta(days=10))
    assert now_on(two.there).current("cases").filter(case_id="river:C1")["sex"].to_list() == ["female"]
    found = partnering.expire(two.there, author="test", at=NOW + timedelta(days=11))
    assert set(found.erase) == {"river:P-C1", "river:C1"}
    kept = now_on(two.there).current("cases").filter(case_id="river:C1")
    assert kept.select("sex", "zone").rows() == [(None, "river-1")]
    assert now_on(two.there).current("cases").filter(case_id="C1")["sex"].to_list() == ["female"]  # ours stay
    assert verify(two.there.open()).good


def test_an_erasure_goes_to_who_has_something_personal(two: Pair, tmp_path: Path) -> None:
    two.policies(PERSONAL, TAKE)
    carry(two, tmp_path / "1.zip")
    erase(Live(two.here.open()), ["P-C1"], author="test", at=NOW)
    carry(two, tmp_path / "2.zip", at=NOW + timedelta(hours=1))
    assert now_on(two.there).current("cases").filter(case_id="river:C1")["sex"].to_list() == [None]


def test_a_case_who_travelled_is_offered_accepted_and_the_answer_comes_back(two: Pair, tmp_path: Path) -> None:
    offer = partnering.offer(
        two.here, "C2", "harbour", "Find the contacts on the train", date(2026, 4, 10), author="test", at=NOW,
        destination="Hotel at the station",
    )  # fmt: skip
    carry(two, tmp_path / "1.zip")
    came = now_on(two.there).current("offers").row(0, named=True)
    assert (came["state"], came["way"], came["case_id"]) == ("offered", "received", "river:C2")
    assert now_on(two.there).current("cases").filter(case_id="river:C2").is_empty()  # nothing before it is accepted
    partnering.answer(two.there, came["offer_id"], "accepted", author="test", at=NOW, zone="harbour-2")
    case_there = now_on(two.there).current("cases").filter(case_id="river:C2").row(0, named=True)
    assert (case_there["zone"], case_there["origin"], case_there["sex"], case_there["age"]) == (
        "harbour-2", "imported", "female", 40,
    )  # fmt: skip
    assert case_there["origin_place"] == "Health department of River"
    carry(two, tmp_path / "2.zip", back=True)
    assert now_on(two.here).current("offers").filter(offer_id=offer)["state"].to_list() == ["accepted"]


def test_a_declined_offer_leaves_nothing_personal_and_says_why(two: Pair, tmp_path: Path) -> None:
    offer = partnering.offer(two.here, "C2", "harbour", "Find contacts", date(2026, 4, 10), author="t", at=NOW)
    carry(two, tmp_path / "1.zip")
    name = f"river:{offer}"
    partnering.answer(two.there, name, "declined", author="t", at=NOW, reason="The person never arrived here.")
    there = now_on(two.there).current("offers").row(0, named=True)
    assert (there["state"], there["payload"], there["destination"]) == ("declined", None, None)
    carry(two, tmp_path / "2.zip", back=True)
    ours = now_on(two.here).current("offers").row(0, named=True)
    assert (ours["state"], ours["reason"]) == ("declined", "The person never arrived here.")
    assert verify(two.there.open()).good


@pytest.mark.parametrize("accepted", [True, False])
def test_an_offer_past_its_day_is_erased_where_it_went(two: Pair, tmp_path: Path, accepted: bool) -> None:
    offer = partnering.offer(two.here, "C2", "harbour", "Find contacts", date(2026, 4, 10), author="t", at=NOW)
    carry(two, tmp_path / "1.zip")
    if accepted:
        partnering.answer(two.there, f"river:{offer}", "accepted", author="t", at=NOW, zone="harbour-2")
    late = NOW + timedelta(days=10)
    for place in (two.here, two.there):
        partnering.expire(place, author="t", at=late)
    there = now_on(two.there)
    assert there.current("offers").select("state", "payload").rows() == [("expired", None)]
    assert now_on(two.here).current("offers")["state"].to_list() == ["expired"]
    if accepted:
        case_there = there.current("cases").filter(case_id="river:C2")
        assert case_there.select("sex", "severity", "zone").rows() == [(None, None, "harbour-2")]  # still counted
    assert partnering.expire(two.there, author="t", at=late).entries == ()


def test_a_legal_hold_keeps_what_is_past_its_day(two: Pair, tmp_path: Path) -> None:
    partnering.offer(two.here, "C2", "harbour", "Find contacts", date(2026, 4, 10), author="t", at=NOW)
    carry(two, tmp_path / "1.zip")
    hold = {"hold_id": "h", "subject": "river:C2", "reason": "court", "person": "steward", "state": "in_force"}
    two.there.open().append([NewEntry("holds", hold)], author="t", at=NOW)
    found = partnering.expire(two.there, author="t", at=NOW + timedelta(days=20))
    assert (found.held, found.erase, found.entries) == (1, (), ())
    assert now_on(two.there).current("offers")["payload"][0] is not None


def test_a_withdrawn_offer_is_erased_there(two: Pair, tmp_path: Path) -> None:
    offer = partnering.offer(two.here, "C2", "harbour", "Find contacts", date(2026, 4, 10), author="t", at=NOW)
    carry(two, tmp_path / "1.zip")
    partnering.answer(two.here, offer, "withdrawn", author="t", at=NOW, reason="It was another person.")
    carry(two, tmp_path / "2.zip", at=NOW + timedelta(hours=1))
    assert now_on(two.there).current("offers").select("state", "payload").rows() == [("withdrawn", None)]


def test_an_offer_that_comes_too_late_brings_nothing(two: Pair, tmp_path: Path) -> None:
    partnering.offer(two.here, "C2", "harbour", "Find contacts", date(2026, 4, 2), author="t", at=NOW)
    path = tmp_path / "1.zip"
    partnering.send(two.here, "harbour", path, author="t", at=NOW)
    partnering.take(two.there, path, author="t", at=NOW + timedelta(days=5))
    assert now_on(two.there).current("offers").select("state", "payload").rows() == [("expired", None)]


@pytest.mark.parametrize(
    ("until", "purpose"), [(date(2026, 3, 31), "x"), (date(2026, 5, 2), "x"), (date(2026, 4, 5), "  ")]
)
def test_an_offer_names_its_purpose_and_a_day_that_the_policy_allows(two: Pair, until: date, purpose: str) -> None:
    with pytest.raises(UsageError):
        partnering.offer(two.here, "C2", "harbour", purpose, until, author="t", at=NOW)


def test_without_a_policy_or_after_its_end_nothing_goes(two: Pair, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ended"):
        partnering.send(two.here, "harbour", tmp_path / "x.zip", author="t", at=NOW.replace(year=2200))
    with pytest.raises(UsageError, match="no partner"):
        partnering.send(two.here, "nobody", tmp_path / "x.zip", author="t", at=NOW)
    (two.here.folder / "partners.toml").unlink()
    with pytest.raises(UsageError, match="no partner"):
        partnering.send(two.here, "harbour", tmp_path / "x.zip", author="t", at=NOW)
    assert not (tmp_path / "x.zip").exists()


def test_a_bundle_that_never_arrived_is_made_anew(two: Pair, tmp_path: Path) -> None:
    lost, again = tmp_path / "lost.zip", tmp_path / "again.zip"
    partnering.send(two.here, "harbour", lost, author="t", at=NOW)
    two.here.open().append([case("C9", "river-1")], author="t", at=NOW)
    made = partnering.send(two.here, "harbour", again, author="t", at=NOW, again=True)
    assert made.number == 1
    partnering.take(two.there, again, author="t", at=NOW)
    assert set(now_on(two.there).current("cases")["case_id"]) >= {"river:C1", "river:C9"}
    carry(two, tmp_path / "2.zip", at=NOW + timedelta(hours=1))
    with pytest.raises(DouseError, match="Another bundle 1"):
        partnering.take(two.there, lost, author="t", at=NOW)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[partner.give]]\ntable = "vault"\nzones = ["*"]\nwhy = "long enough a reason"', "this table is not shared"),
        ('[[partner.give]]\ntable = "cases"\nzones = []\nwhy = "long enough a reason"', "zones"),
        ('[[partner.give]]\ntable = "cases"\nzones = ["*"]\nwhy = "short"', "why"),
        (GIVE + "personal = true", "keep_days|has an end"),
        (GIVE + 'columns = ["case_id", "sex"]', "sex is personal"),
        (GIVE + 'columns = ["name"]', "no column name"),
        (TRAVELLERS + 'columns = ["case_id", "latitude"]', "latitude is not offered"),
        (TAKE + TAKE, "taken twice"),
        ("surprise = 1", "no such key"),
    ],
)  # fmt: skip
def test_a_bad_policy_fails_with_its_key(more: str, said: str) -> None:
    text = POLICY.format(name="river", title="River", key="A" * 43 + "=", more=more)
    with pytest.raises(LibraryError, match=said) as told:
        read_policy(text)
    assert "partners.toml" in str(told.value)


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(LibraryError, match="not a public key"):
        read_policy(POLICY.format(name="river", title="River", key="AAAA", more=""))


def test_the_bundle_names_its_place_in_the_chain(two: Pair, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.zip" for n in (1, 2)]
    for path in paths:
        partnering.send(two.here, "harbour", path, author="t", at=NOW)
    first, second = (read_shared(path) for path in paths)
    assert (first.head.number, first.head.previous) == (1, None)
    assert (second.head.number, second.head.previous) == (2, first.bundle_id)
