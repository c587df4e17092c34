"""The site: script in every field, files that were changed, feeds and calendar that others can read."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import polars as pl
import pytest
from defusedxml import ElementTree

from conftest import records
from douse.errors import DataError
from douse.library import Pathogen, Protocol, advice_for, load
from douse.outputs.bulletin.book import Column
from douse.outputs.bulletin.feeds import atom, calendar, rss
from douse.outputs.bulletin.levels import changes
from douse.outputs.bulletin.site import read_bulletin, read_history, write_site
from douse.outputs.bulletin.testing import rounds
from douse.outputs.bulletin.values import (
    Bulletin,
    Change,
    Correction,
    LevelOfZone,
    Meaning,
    Said,
    TestRound,
    TestSite,
    Trend,
    as_text,
    books_of_requests,
    from_text,
)
from douse.outputs.bulletin.view import view
from douse.outputs.claims.answered import Answered
from douse.outputs.claims.answered import Said as Said_
from douse.outputs.claims.site import Listed
from douse.records.zone_tree import ZoneTree

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\r\nX-HEADER:1"
DAY = date(2026, 3, 5)
NO_PLACES = pl.DataFrame(schema={"name": pl.String, "kind": pl.String, "zone": pl.String})


def bulletin(**changed):
    made = Bulletin(
        format=2, audience="public", as_of=DAY, previous=None, corrects=None, ledger=None, minimum=11,
        pathogen="sars-cov-2-wild", protocol="who-generic", edition="1", called=Said("COVID", "新冠"),
        rules=Said("Rules", "规则"), call="12320", areas={"n": "North", "s": "South"},
        cases=Column(("n", "s", ""), (20, None, 0), None), outcomes=Column(("died", "other"), (None, None), None),
        trend=Trend("growing", 1.2, 1.1, 1.4), levels=(), stricter_within=(),
        meanings=tuple(
            Meaning(level, Said(level.title(), f"级别{level}"), (Said("Do this.", "这样做。"),))
            for level in ("open", "precaution", "control", "lockdown")
        ),
        changes=(), corrections=(), rounds=(), sites=(),
        asked=Column(("food", "medicine"), (40, None), 45),
        answered=Column(("in_time", "not_in_time", "taken_back"), (20, None, None), 32),
    )  # fmt: skip
    return replace(made, **changed)


def hostile():
    level = LevelOfZone("n", SCRIPT, SCRIPT, "lockdown", DAY, DAY, DAY, DAY, 5)
    return bulletin(
        call=SCRIPT, areas={"n": SCRIPT, "s": SCRIPT}, called=Said(SCRIPT, SCRIPT), rules=Said(SCRIPT, SCRIPT),
        edition=SCRIPT, levels=(level,), changes=(Change("n", SCRIPT, "open", "lockdown"),),
        corrections=(Correction("withdrawn", "n", SCRIPT),), rounds=(TestRound("n", SCRIPT, (DAY,)),),
        sites=(TestSite(SCRIPT, SCRIPT, 1.0, 2.0),), stricter_within=("n",), publisher=SCRIPT,
    )  # fmt: skip


def site(out, *history, claims=None, address=""):
    rows = [{"zone_id": "n", "name": SCRIPT, "kind": "district"}]
    zones = ZoneTree(records(zones=rows).as_of(DAY))
    advice = advice_for(load(Pathogen, "sars-cov-2-wild"))
    return write_site(out, history, zones=zones, places=NO_PLACES, advice=advice, claims=claims, address=address)


def test_script_in_every_field_stays_text(tmp_path):
    site(tmp_path, hostile())
    pages = [path.read_text() for path in tmp_path.rglob("*.html")]
    assert len(pages) >= 11
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page


def test_pages_hold_under_a_strict_policy(tmp_path):
    """Nothing inline, nothing from elsewhere, no address from the root: any file server may carry them."""
    site(tmp_path, bulletin())
    for path in tmp_path.rglob("*.html"):
        page = path.read_text()
        assert not re.search(r'<script(?![^>]*(?:\bsrc=| type="application/ld\+json"))', page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
        for address in re.findall(r'(?:href|src)="([^"]*)"', page):
            assert not re.match(r"[a-z]+:|/", address)
            target = (path.parent / address.split("#")[0]).resolve()
            assert target.exists() or not address.split("#")[0]


def test_the_worker_keeps_files_that_are_there(tmp_path):
    site(tmp_path, bulletin())
    worker = (tmp_path / "sw.js").read_text()
    pages = json.loads(re.search(r"const PAGES = (\[.*?\]);", worker)[1])
    assert len(pages) > 10
    assert all((tmp_path / page).exists() for page in pages)


def test_the_first_view_is_small(tmp_path):
    many = tuple(LevelOfZone(f"z{n}", f"Zone {n}", "City", "control", DAY, DAY, DAY, DAY, 500) for n in range(5000))
    site(tmp_path, bulletin(levels=many))
    assert (tmp_path / "index.html").stat().st_size < 100_000


def test_feeds_are_read_by_others(tmp_path):
    first = hostile()
    second = bulletin(previous=first.id, as_of=date(2026, 3, 6))
    channel = ElementTree.fromstring(rss((first, second), "en", "https://health.example/")).find("channel")
    links = [item.findtext("link") for item in channel.iter("item")]
    assert links[0] == f"https://health.example/en/bulletins/{second.id}.html"
    assert len(links) == 2
    feed = ElementTree.fromstring(atom((first, second), "zh", ""))
    name = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{name}id") for entry in feed.iter(f"{name}entry")] == [
        f"urn:sha256:{second.id}", f"urn:sha256:{first.id}",
    ]  # fmt: skip


def test_the_calendar_holds_to_its_form():
    days = (DAY, date(2026, 3, 8))
    text = calendar(bulletin(rounds=(TestRound("n", "北区" * 40 + ", with; marks\\ " + SCRIPT, days),)), "zh")
    assert text.count("BEGIN:VEVENT") == 2
    assert text.endswith("END:VCALENDAR\r\n")
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75
        assert "\n" not in line
    whole = text.replace("\r\n ", "")
    assert not re.search(r"(?m)^X-HEADER", whole)
    assert "DTSTART;VALUE=DATE:20260305" in whole
    assert "\\, with\\; marks\\\\" in whole


def test_the_same_bulletin_gives_the_same_bytes(tmp_path):
    site(tmp_path / "a", bulletin())
    site(tmp_path / "b", bulletin())
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_a_bulletin_comes_back_as_it_was():
    for one in (bulletin(), hostile(), bulletin(asked=None, answered=None)):
        assert from_text(as_text(one), "file") == one


def test_a_bulletin_of_the_first_form_is_read_as_it_was_published(tmp_path):
    first = bulletin(format=1, asked=None, answered=None)
    assert not {"asked", "answered", "publisher"} & set(json.loads(as_text(first)))
    second = bulletin(previous=first.id, as_of=date(2026, 3, 6), publisher="North Health Office")
    site(tmp_path, first, second)
    assert read_history(tmp_path) == (first, second)
    assert books_of_requests((first, second))[0].columns == (second.asked,)
    assert "asked for" not in (tmp_path / "en" / "bulletins" / f"{first.id}.html").read_text()
    assert "asked for" in (tmp_path / "en" / "bulletins" / f"{second.id}.html").read_text()


def test_bulletins_of_the_second_form_stay_as_they_were_and_the_third_says_whose_requests_it_tells(tmp_path):
    second = bulletin()
    assert not {"asked_of", "moment"} & set(json.loads(as_text(second)))
    made = bulletin(
        format=3, previous=second.id, as_of=date(2026, 3, 6), asked_of="whole_area", moment=datetime(2026, 3, 6, 10, 30)
    )
    site(tmp_path, second, made)
    assert read_history(tmp_path) == (second, made)
    told = json.loads((tmp_path / "latest.json").read_text())
    assert (told["asked_of"], told["moment"]) == ("whole_area", "2026-03-06T10:30:00")
    page = (tmp_path / "en" / "index.html").read_text()
    assert "A bulletin about another illness tells the same ones: do not add them up." in page
    assert "What is known by 6 Mar, 10:30." in page


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ({"north": "lockdown", "city": "control"}, {"city": "control"}, [("North", "lockdown", "control")]),
        ({"north": "control", "city": "control"}, {"city": "control"}, []),
        ({"north": "control"}, {"city": "lockdown"}, [("City", "open", "lockdown"), ("North", "control", "lockdown")]),
        ({"north": "lockdown"}, {}, [("North", "lockdown", "open")]),
        ({"gone": "control"}, {}, [("Gone", "control", "open")]),
    ],
)
def test_what_changed_in_a_zone_is_what_holds_there_now(then, now, said):
    zones = ZoneTree(
        records(
            zones=[
                {"zone_id": "city", "name": "City", "kind": "city"},
                {"zone_id": "north", "name": "North", "kind": "district", "parent_zone": "city"},
            ]
        )
    )

    def of(levels):
        return [
            LevelOfZone(zone, zone.title(), "", level, DAY, None, None, None, None) for zone, level in levels.items()
        ]

    told = changes(of(now), [bulletin(levels=tuple(of(then)))], zones)
    assert [(one.name, one.before, one.after) for one in told] == said


@pytest.mark.parametrize(("of_buildings", "called"), [(False, ["North"]), (True, ["North", "City"])])
def test_a_round_of_one_building_calls_nobody_else_to_a_test(of_buildings, called):
    known = records(
        zones=[
            {"zone_id": "city", "name": "City", "kind": "city"},
            {"zone_id": "north", "name": "North", "kind": "district", "parent_zone": "city"},
            {"zone_id": "b1", "name": "House 1", "kind": "building", "parent_zone": "city"},
        ],
        measures=[
            {"measure_id": zone, "kind": "screening", "zone": zone, "start": DAY + timedelta(days=days)}
            for zone, days in (("north", 1), ("b1", 2))
        ],
    )
    today = SimpleNamespace(
        known=known, zones=ZoneTree(known), situation=SimpleNamespace(as_of=DAY),
        protocol=load(Protocol, "who-generic"),
    )  # fmt: skip
    assert [one.name for one in rounds(today, (), everything=False, of_buildings=of_buildings)] == called
    assert [one.name for one in rounds(today, (), everything=True)] == ["North", "House 1"]


@pytest.mark.parametrize(("days", "said"), [(3, "from 8 Mar 2026 (3 days) if"), (0, "from 5 Mar 2026 if")])
def test_a_countdown_that_ends_today_counts_no_days(days, said):
    level = LevelOfZone("n", "North", "", "control", DAY, None, None, DAY + timedelta(days=days), None)
    assert said in view((bulletin(levels=(level,)),), "en").levels[0].lift


def test_the_moment_of_a_feed_lies_on_its_day_wherever_it_is_read():
    item = ElementTree.fromstring(rss((bulletin(),), "en", "")).find("channel/item")
    told = parsedate_to_datetime(item.findtext("pubDate"))
    for hours in (-11, 0, 8, 11):
        assert told.astimezone(timezone(timedelta(hours=hours))).date() == DAY


def test_whoever_publishes_is_named_in_pages_feeds_and_answers(tmp_path):
    answered = Answered(
        "c1", "en", Said_("Salt kills it", "It does not."), {}, "false", (), None, datetime(2026, 3, 1), None, None
    )  # fmt: skip
    site(tmp_path, bulletin(publisher="North Health Office"), claims=[Listed(answered)], address="https://h.example")
    for name in ("en/index.html", "zh/index.html", "en/claims.html", "en/feed.atom", "zh/feed.rss", "claims.jsonld"):
        assert "North Health Office" in (tmp_path / name).read_text()
    page = (tmp_path / "en" / "claims.html").read_text()
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])["@graph"]
    assert graph[0]["author"] == graph[0]["publisher"]
    assert graph[0]["author"]["name"] == "North Health Office"
    assert graph[0]["url"] == "https://h.example/en/claims.html#claim-c1"


def test_answers_and_bulletin_lead_to_each_other_and_stay_where_they_are_not_known(tmp_path):
    answered = Answered("c1", "en", Said_("A", "B"), {}, "false", (), None, datetime(2026, 3, 1), None, None)
    site(tmp_path, bulletin(), claims=[Listed(answered)])
    for language in ("en", "zh"):
        assert f'href="../{language}/claims.html"' in (tmp_path / language / "index.html").read_text()
        assert f'href="../{language}/index.html"' in (tmp_path / language / "claims.html").read_text()
    before = (tmp_path / "claims.jsonld").read_text()
    site(tmp_path, bulletin())
    assert (tmp_path / "claims.jsonld").read_text() == before


def test_what_a_correction_lies_in_is_no_new_case():
    first = bulletin(cases=Column(("n", "s", ""), (40, 20, 0), 60))
    fewer = bulletin(cases=Column(("n", "s", ""), (28, 20, 0), 48, frozenset({"n"})), as_of=date(2026, 3, 6))
    same = bulletin(cases=Column(("n", "s", ""), (40, 20, 0), 60, frozenset({"n"})), as_of=date(2026, 3, 6))
    for second, count in ((fewer, 48), (same, 60)):
        shown = view((first, second), "en")
        assert shown.lead.startswith(f"{count} cases are on record by")
        assert shown.figures[0].value == "–"
        north = next(row for row in shown.areas if row.name == "North")
        assert (north.new, north.note) == ("–", "corrected, as of 6 Mar")
    later = bulletin(cases=first.cases, as_of=date(2026, 3, 6))
    assert view((first, later), "en").lead.startswith("No new case since")


def test_beside_the_first_figure_nothing_is_called_new():
    first = bulletin(cases=Column(("n", "s", ""), (4000, None, 0), 5000))
    second = bulletin(cases=Column(("n", "s", ""), (4100, 1200, 0), 5300), as_of=date(2026, 3, 6))
    shown = view((first,), "en")
    assert (shown.figures[0].value, shown.figures[0].small) == ("–", ("from the next figure on",))
    assert [row.new for row in shown.areas] == ["–", "–", "0"]
    none, hidden = (view((bulletin(cases=Column((), (), total)),), "en").figures[0] for total in (0, None))
    assert (none.value, hidden.value, hidden.small) == ("0", "–", ("not told yet",))
    later = view((first, second), "en")
    assert later.figures[0].value == "300"
    assert [(row.name, row.new) for row in later.areas] == [
        ("North", "100"), ("South", "–"), ("Elsewhere or not known", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (60, "20 new cases were recorded after 5 Mar 2026 and up to 6 Mar 2026."),
        (75, "35 new cases were recorded after 5 Mar 2026 and up to 6 Mar 2026."),
        (None, "20 new cases were recorded after 5 Mar 2026 and up to 6 Mar 2026."),
        (40, "No new case since 5 Mar 2026."),
    ],
)
def test_a_bulletin_that_takes_the_place_of_another_of_its_day_tells_the_whole_day(count, said):
    one, two, three = (
        bulletin(cases=Column(("n", "s", ""), (None, None, 0), total), as_of=date(2026, 3, day))
        for total, day in ((40, 5), (60, 6), (count, 6))
    )
    assert view((one, two, three), "en").lead.startswith(said)
    first = view((two, three), "en")
    assert "new case" not in first.lead.split(".")[0]
    assert first.figures[0].value == "–"


def test_an_area_that_left_the_map_is_no_new_case_of_others():
    first = bulletin(cases=Column(("n", "s", ""), (40, 20, 0), 60))
    second = bulletin(cases=Column(("n", ""), (60, 0), 60), corrections=(Correction("gone", "s", "South"),))
    shown = view((first, second), "en")
    assert shown.lead.startswith("60 cases are on record")
    assert shown.corrections == ("South is not on the list of areas any more: its cases are counted with others.",)


def test_requests_are_told_with_what_is_missing():
    shown = view((bulletin(),), "en").asked
    assert [(figure.label, figure.value) for figure in shown.figures] == [
        ("Asked for in all", "45"), ("Not met in time", "–"), ("Met in time", "20"), ("Wait, still in time", "13"),
        ("Taken back by households", "–"),
    ]  # fmt: skip
    assert [(row.name, row.all, row.note) for row in shown.kinds][1] == ("Medicine", "–", "hidden")


def test_a_changed_bulletin_is_seen(tmp_path):
    site(tmp_path, bulletin())
    path = next((tmp_path / "bulletins").glob("*.json"))
    path.write_text(path.read_text().replace('"audience": "public"', '"audience": "publik"'))
    with pytest.raises(DataError, match="changed after it was published"):
        read_bulletin(path)


def test_a_bulletin_that_was_taken_out_is_missed(tmp_path):
    first = bulletin()
    second = bulletin(previous=first.id)
    site(tmp_path, first, second)
    assert read_history(tmp_path) == (first, second)
    (tmp_path / "bulletins" / f"{first.id}.json").unlink()
    with pytest.raises(DataError, match="is not there"):
        read_history(tmp_path)


def test_two_bulletins_after_one_are_refused(tmp_path):
    first = bulletin()
    site(tmp_path, first, bulletin(previous=first.id))
    other = bulletin(previous=first.id, call="999")
    (tmp_path / "bulletins" / f"{other.id}.json").write_text(as_text(other))
    with pytest.raises(DataError, match="follows the same one"):
        read_history(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": 3}', "[" * 100_000, '{"format": 1, "x": 2}'])
def test_what_is_no_bulletin_is_refused(text):
    with pytest.raises(DataError):
        from_text(text, "file.json")


def test_published_pages_are_left_as_they_are(tmp_path):
    first = bulletin()
    site(tmp_path, first)
    page = tmp_path / "en" / "bulletins" / f"{first.id}.html"
    page.write_text("as it was")
    site(tmp_path, first, bulletin(previous=first.id))
    assert page.read_text() == "as it was"


def test_partners_have_no_feeds(tmp_path):
    site(tmp_path, bulletin(audience="partners"))
    assert not list(tmp_path.rglob("feed.*"))
    assert "noindex" in (tmp_path / "index.html").read_text()
