"""`douse bulletin`: made, made again, corrected, proved, refused."""

import json
import re
import shutil
from datetime import datetime
from functools import partial

import pytest

from douse import bulletins
from douse.__main__ import main
from douse.outputs.bulletin.make import make_bulletin
from douse.records.ledger import NewEntry, open_ledger

pytestmark = pytest.mark.slow

DAYS = ("2026-03-01", "2026-03-03", "2026-03-05")


def records(folder, extra=(), dropped=()):
    folder.mkdir(exist_ok=True)
    (folder / "zones.csv").write_text(
        "zone_id,name,kind,parent_zone,population\nc,Riverton,city,,200000\n"
        "n,North,district,c,100000\ns,South,district,c,100000\n"
        "ne,North Estate,estate,n,900\nnb,North Building,building,ne,90\n"
    )
    rows = [
        (f"k{day}-{zone}-{i}", zone, f"2026-03-0{day}")
        for day, zone, n in ((1, "n", 20), (1, "s", 14), (3, "n", 15), (3, "s", 3), (5, "n", 12), (5, "s", 12))
        for i in range(n)
    ]
    kept = [row for row in (*rows, *extra) if row[0] not in dropped]
    lines = [f"{case},{zone},{day},{day},sars-cov-2-wild" for case, zone, day in kept]
    (folder / "cases.csv").write_text("case_id,zone,onset,recorded_at,pathogen\n" + "\n".join(lines) + "\n")
    (folder / "measures.csv").write_text(
        "measure_id,kind,zone,level,start,expires_on,review_on,recorded_at\n"
        "m1,level,n,control,2026-03-02,2026-03-20,2026-03-09,2026-03-02\n"
        "m2,level,nb,lockdown,2026-03-02,2026-03-12,2026-03-06,2026-03-02\n"
    )
    return folder


def published(folder):
    return sorted((folder / "bulletins").glob("*.json"))


@pytest.fixture
def site(tmp_path):
    data, out = records(tmp_path / "data"), tmp_path / "out"
    for day in DAYS:
        assert main(["bulletin", str(data), "--as-of", day, "--out", str(out), "--call", "12320", "--quiet"]) == 0
    return data, out


def test_bulletins_follow_one_another_and_are_proved(site, capsys):
    data, out = site
    assert len(published(out)) == 3
    assert main(["bulletin", "verify", str(out), str(data), "--quiet"]) == 0
    assert capsys.readouterr().out.count("holds") == 3
    latest = json.loads((out / "latest.json").read_text())
    # North 20, 35, 47 and south 14, 17, 29: three of south on the second day are hidden, and the total with them.
    columns = [json.loads(path.read_text()) for path in published(out)]
    by_day = {column["as_of"]: column["cases"] for column in columns}
    assert by_day["2026-03-01"] == {"rows": ["n", "s", ""], "shown": [20, 14, 0], "total": 34, "corrected": []}
    assert by_day["2026-03-03"]["shown"][1] is None
    assert None in (by_day["2026-03-03"]["total"], by_day["2026-03-03"]["shown"][0])
    assert by_day["2026-03-05"]["total"] == 76
    # The building is not named anywhere, the estate around it says that one is.
    assert [level["zone"] for level in latest["levels"]] == ["n"]
    assert latest["stricter_within"] == ["ne"]
    assert "North Building" not in "".join(path.read_text() for path in out.rglob("*.html"))


def test_the_same_day_again_makes_no_second_bulletin(site, capsys):
    data, out = site
    capsys.readouterr()
    assert main(["bulletin", str(data), "--as-of", DAYS[-1], "--out", str(out), "--quiet"]) == 0
    assert "still holds" in capsys.readouterr().out
    assert len(published(out)) == 3


def test_a_changed_day_is_corrected_by_a_new_bulletin_that_says_so(site):
    data, out = site
    before = json.loads((out / "latest.json").read_text())
    records(data, dropped={f"k5-n-{i}" for i in range(12)})
    assert main(["bulletin", str(data), "--as-of", DAYS[-1], "--out", str(out), "--quiet"]) == 0
    latest = json.loads((out / "latest.json").read_text())
    assert latest["corrects"] == latest["previous"]
    assert latest["corrects"] is not None
    assert {correction["what"] for correction in latest["corrections"]} == {"replaced", "rewritten"}
    assert before["cases"] != latest["cases"]
    assert "Corrections of earlier bulletins" in (out / "en" / "index.html").read_text()
    # The records say something else than the three earlier bulletins now: that is what a proof finds.
    assert main(["bulletin", "verify", str(out), str(data), "--quiet"]) == 1


def test_a_bulletin_is_proved_against_other_records(site, tmp_path, capsys):
    _, out = site
    other = records(tmp_path / "other", extra=[(f"x{i}", "s", "2026-03-01") for i in range(30)])
    one = next(path for path in published(out) if json.loads(path.read_text())["as_of"] == DAYS[0])
    capsys.readouterr()
    assert main(["bulletin", "verify", str(one), str(other), "--quiet"]) == 1
    assert "differs from the records in: cases" in capsys.readouterr().out


def test_a_bulletin_of_a_past_day_is_refused(site, capsys):
    data, out = site
    assert main(["bulletin", str(data), "--as-of", DAYS[0], "--out", str(out), "--quiet"]) == 2
    assert "later day" in capsys.readouterr().err


def test_partners_see_all_and_never_in_the_folder_of_the_public(site, tmp_path, capsys):
    data, out = site
    asked = ["bulletin", str(data), "--as-of", DAYS[1], "--audience", "partners", "--quiet", "--out"]
    assert main([*asked, str(out)]) == 2
    assert "for others" in capsys.readouterr().err
    assert main([*asked, str(tmp_path / "partners")]) == 0
    latest = json.loads((tmp_path / "partners" / "latest.json").read_text())
    assert latest["cases"]["total"] == 52
    assert {level["zone"] for level in latest["levels"]} == {"n", "nb"}


def test_a_forged_bulletin_is_refused(site, capsys):
    data, out = site
    path = published(out)[0]
    path.write_text(path.read_text().replace('"minimum": 11', '"minimum": 10'))
    assert main(["bulletin", "verify", str(out), str(data), "--quiet"]) == 4
    assert "changed after it was published" in capsys.readouterr().err
    assert main(["bulletin", str(data), "--as-of", DAYS[-1], "--out", str(out), "--quiet"]) == 4


@pytest.mark.parametrize("what", [["a", "b"], ["verify", "a"], ["a"]])
def test_half_a_command_is_refused(what, capsys):
    assert main(["bulletin", *what, "--quiet"]) == 2
    assert "Allowed" in capsys.readouterr().err


def test_a_ledger_is_proved_up_to_the_entry_that_a_bulletin_names(tmp_path, capsys):
    data, place, out = records(tmp_path / "data"), tmp_path / "instance", tmp_path / "out"
    assert main(["import", str(data), "--folder", str(place)]) == 0
    ledger = ["bulletin", str(place), "--as-of", DAYS[1], "--out", str(out), "--quiet"]
    assert main(ledger) == 0
    first = json.loads((out / "latest.json").read_text())
    assert first["ledger"] == open_ledger(place).entries(newest_first=True, limit=1)[0].hash.hex()
    # Cases of that day come in later: the bulletin still holds as of its entry, and a new one corrects it.
    more = records(tmp_path / "more", extra=[(f"x{i}", "s", "2026-03-03") for i in range(20)])
    assert main(["import", str(more), "--folder", str(place)]) == 0
    capsys.readouterr()
    assert main(["bulletin", "verify", str(out), str(place), "--quiet"]) == 0
    assert "holds" in capsys.readouterr().out
    assert main(ledger) == 0
    assert json.loads((out / "latest.json").read_text())["corrects"] is not None
    assert main(["bulletin", "verify", str(out), str(place), "--quiet"]) == 0
    # How many entries lie between two bulletins would tell that no more cases can have come.
    assert not re.search(r'"ledger": \d+,', "".join(path.read_text() for path in out.glob("bulletins/*.json")))
    capsys.readouterr()
    other = tmp_path / "other"
    assert main(["import", str(data), "--folder", str(other)]) == 0
    assert main(["bulletin", "verify", str(out), str(other), "--quiet"]) != 0
    assert "an entry that this ledger does not hold" in capsys.readouterr().err


def test_a_bulletin_of_the_second_form_is_proved_up_to_the_number_that_it_names(tmp_path, monkeypatch, capsys):
    data, place, out = records(tmp_path / "data"), tmp_path / "instance", tmp_path / "out"
    assert main(["import", str(data), "--folder", str(place)]) == 0
    asked = ["bulletin", str(place), "--as-of", DAYS[0], "--out", str(out), "--quiet"]
    with monkeypatch.context() as before:
        before.setattr(bulletins, "make_bulletin", partial(make_bulletin, form=2))
        before.setattr(bulletins, "mark_of", lambda _, sequence: sequence)
        assert main(asked) == 0
    assert isinstance(json.loads((out / "latest.json").read_text())["ledger"], int)
    capsys.readouterr()
    assert main([*asked[:3], DAYS[1], *asked[4:]]) == 0
    assert main(["bulletin", "verify", str(out), str(place), "--quiet"]) == 0
    assert capsys.readouterr().out.count("holds") == 2


def test_a_folder_that_moved_is_proved_where_it_is(site, tmp_path):
    data, out = site
    shutil.move(out, tmp_path / "elsewhere")
    assert main(["bulletin", "verify", str(tmp_path / "elsewhere"), str(data), "--quiet"]) == 0


def test_answers_to_claims_are_written_beside_a_bulletin_of_a_ledger(tmp_path, capsys):
    data, place, out = records(tmp_path / "data"), tmp_path / "instance", tmp_path / "out"
    assert main(["import", str(data), "--folder", str(place)]) == 0
    at = datetime(2026, 3, 2, 9)
    row = {
        "claim_id": "c1", "claim": "Salt water kills it", "language": "en", "zone": "nb", "first_seen_at": at,
        "answer": "false", "because": "It does not.", "answered_at": at, "published_at": at,
        "evidence": json.dumps([{"kind": "source", "title": "Salt", "url": "https://example.org/salt"}]),
    }  # fmt: skip
    entries = [
        NewEntry("claims", {**row, "state": "published"}),
        NewEntry("claims", {**row, "claim_id": "c2", "claim": "Not agreed to", "state": "answered"}),
    ]
    open_ledger(place).append(entries, author="user:t", at=at)
    named = ["--publisher", "North Health Office", "--address", "https://health.example"]
    asked = ["bulletin", str(place), "--as-of", DAYS[1], "--out", str(out), "--quiet"]
    assert main([*asked, *named]) == 0
    graph = json.loads((out / "claims.jsonld").read_text())["@graph"]
    assert [one["claimReviewed"] for one in graph] == ["Salt water kills it"]
    assert graph[0]["author"] == {"@type": "GovernmentOrganization", "name": "North Health Office"}
    for language in ("en", "zh"):
        page = (out / language / "claims.html").read_text()
        assert "Salt water kills it" in page
        assert "Not agreed to" not in page
        assert "North Building" not in page
    # Who publishes is kept from bulletin to bulletin, and part of what is proved.
    capsys.readouterr()
    assert main([*asked[:3], DAYS[2], *asked[4:]]) == 0
    assert json.loads((out / "latest.json").read_text())["publisher"] == "North Health Office"
    assert main(["bulletin", "verify", str(out), str(place), "--quiet"]) == 0


@pytest.mark.parametrize("form", [1, 2])
def test_bulletins_of_earlier_forms_hold_and_are_followed_by_the_new_one(form, tmp_path, monkeypatch, capsys):
    data, out = records(tmp_path / "data"), tmp_path / "out"
    asked = ["bulletin", str(data), "--as-of", DAYS[0], "--out", str(out), "--quiet"]
    with monkeypatch.context() as before:
        before.setattr(bulletins, "make_bulletin", partial(make_bulletin, form=form))
        assert main(asked) == 0
    assert json.loads((out / "latest.json").read_text())["format"] == form
    capsys.readouterr()
    assert main(asked) == 0
    assert "still holds" in capsys.readouterr().out
    assert main([*asked[:3], DAYS[1], *asked[4:]]) == 0
    latest = json.loads((out / "latest.json").read_text())
    assert (latest["format"], latest["asked"]["total"], latest["asked_of"]) == (3, 0, "whole_area")
    assert main(["bulletin", "verify", str(out), str(data), "--quiet"]) == 0
    assert capsys.readouterr().out.count("holds") == 2


def test_a_postcode_of_the_table_of_zones_leads_to_the_zone(site):
    data, out = site
    zones = data / "zones.csv"
    first, *others = zones.read_text().splitlines()
    codes = {"n": "010020 010021", "s": "SW1A1AA"}
    lines = [f"{line},{codes.get(line.split(',')[0], '')}" for line in others]
    zones.write_text("\n".join([f"{first},postcode", *lines]) + "\n")
    assert main(["bulletin", str(data), "--as-of", DAYS[-1], "--out", str(out), "--quiet"]) == 0
    text = "".join(path.read_text() for path in (out / "zones").glob("*.json"))
    assert all(name in text for name in ("North · 010020", "North · 010021", "South · SW1A1AA"))


def test_a_folder_of_tables_has_no_register_and_leaves_answers_as_they_are(site):
    data, out = site
    (out / "claims.jsonld").write_text("kept")
    assert main(["bulletin", str(data), "--as-of", DAYS[-1], "--out", str(out), "--quiet"]) == 0
    assert (out / "claims.jsonld").read_text() == "kept"


def test_an_area_that_left_the_map_is_named_and_the_next_bulletin_is_made(site):
    data, out = site
    zones = data / "zones.csv"
    zones.write_text(zones.read_text().replace("s,South,district,c,100000\n", ""))
    cases = data / "cases.csv"
    cases.write_text(cases.read_text().replace(",s,", ",n,"))
    later = ["bulletin", str(data), "--as-of", "2026-03-08", "--out", str(out), "--quiet"]
    assert main(later) == 0
    latest = json.loads((out / "latest.json").read_text())
    assert "s" not in latest["cases"]["rows"]
    assert latest["cases"]["total"] == 76
    assert [one["what"] for one in latest["corrections"]] == ["rewritten", "gone"]
    assert main([*later[:3], "2026-03-09", *later[4:]]) == 0
    assert json.loads((out / "latest.json").read_text())["cases"]["total"] == 76


def test_an_area_of_a_kind_that_may_not_be_named_any_more_is_named_no_more(site):
    data, out = site
    zones = data / "zones.csv"
    zones.write_text(zones.read_text().replace("s,South,district", "s,South,building"))
    assert main(["bulletin", str(data), "--as-of", "2026-03-08", "--out", str(out), "--quiet"]) == 0
    latest = json.loads((out / "latest.json").read_text())
    assert latest["cases"]["rows"] == ["n", ""]
    assert {"what": "gone", "row": "s", "name": "South"} in latest["corrections"]
