"""What is written: complete, equal twice, offline, safe to open."""

import csv
import io
import json
import re
from copy import copy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from markupsafe import escape
from rich.console import Console

from douse.outputs.exports import tables, write_tables
from douse.outputs.plan_json import plan_json
from douse.outputs.public import write_public
from douse.outputs.report import SECTIONS, report
from douse.outputs.sections.changes import changes
from douse.outputs.sections.measures import in_order
from douse.outputs.terminal import situation_table, summary
from douse.outputs.write import write_all
from douse.records.sentences import SENTENCES
from outputs_inputs import briefing, empty_briefing

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request) -> str:
    return report(briefing(), request.param)


class Outline(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.slow
def test_everything_is_written_and_equal_twice(tmp_path):
    first = write_all(tmp_path / "a", briefing(), "en", inputs={"cases.csv": "0" * 64})
    second = write_all(tmp_path / "b", briefing(), "en", inputs={"cases.csv": "0" * 64})
    names = {path.relative_to(tmp_path / "a").as_posix() for path in first}
    assert names >= {
        "report.html", "plan.json", "manifest.json", "public.json", "public-zones.csv", "tables/measures.csv",
        "tables/worklist.csv", "tables/curve.csv",
    }  # fmt: skip
    assert first[0].name == "report.html"
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_input_hashes_stand_in_the_manifest_only(tmp_path):
    paths = write_all(tmp_path, briefing(), "en", inputs={"cases.csv": "5ca1ab1e" * 8})
    holding = [path.name for path in paths if "5ca1ab1e" in path.read_text(encoding="utf-8")]
    assert holding == ["manifest.json"]


def test_the_page_reaches_for_nothing(page):
    outline = Outline(page)
    assert not outline.all("script")
    addresses = [a[key] for _, a in outline.tags for key in ("src", "href", "srcset") if a.get(key)]
    assert {address.split(":")[0] for address in addresses if not address.startswith("#")} == {"data"}
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_can_be_found_one_s_way_in(page):
    outline = Outline(page)
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for a in outline.all("a")}
    assert anchors <= set(ids)
    assert len(anchors) == len(SECTIONS)
    assert all(a.get("alt") for a in outline.all("img"))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") for a in outline.all("th"))
    assert len(outline.all("h1")) == 1
    assert outline.all("html")[0]["lang"] in ("en", "zh-Hans")


def test_the_page_names_nobody_on_the_worklist(page):
    text = " ".join(Outline(page).text)
    people = set(briefing().trace.worklist["person"])
    assert not people & set(re.findall(r"\w+", text))


def test_hostile_names_stay_text():
    full = briefing()
    hostile = '<script>alert("x")</script>'
    zones = replace_names(full, hostile)
    page = report(zones, "en")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_of_the_records_stay_text(language):
    word = '<script>alert("x")</script> {{7*7}} {0.name} <b>{days}</b> {x'
    page = report(with_word(briefing(), word), language)
    assert page.count(str(escape(word))) >= 6
    assert "<script" not in page
    assert "<b>" not in page


def with_word(full, word):
    """A word from outside as case, cluster, place, person, zone and column of a file."""
    chain = replace(full.trace.chains[0], source="cluster", source_name=word, cases=9)
    places = full.trace.places.with_columns(place_id=pl.lit(word))
    signal = replace(
        full.signals[0],
        reason="{cases} cases of the cluster {name} were told within {days} days.",
        facts={"cases": 3, "name": word, "days": 7},
    )
    sentence = SENTENCES["column_not_read"].say(foreign=word, table="cases")
    finding = {"file": "cases.csv", "table": "cases", "column": word, "rule": "column_not_read", "action": "note"}
    finding |= {"message": sentence.message, "next_step": sentence.next_step}
    measure = replace(full.plan.measures[0], evidence=(word,))
    return replace(
        replace_names(full, word),
        trace=replace(full.trace, chains=(chain,), places=places),
        signals=(signal,),
        findings=pl.DataFrame([finding], schema=full.findings.schema),
        plan=replace(full.plan, measures=(measure,)),
    )


def replace_names(full, name):
    by_zone = full.situation.by_zone.with_columns(name=pl.lit(name))
    return replace(full, situation=replace(full.situation, by_zone=by_zone))


def test_every_field_of_every_sentence_is_filled(page):
    assert not re.findall(r"\{\w+\}", " ".join(Outline(page).text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_known_gives_a_page_all_the_same(tmp_path, language):
    paths = write_all(tmp_path, empty_briefing(), language)
    page = paths[0].read_text(encoding="utf-8")
    assert not re.findall(r"\{\w+\}|\bNone\b|\bnan\b", " ".join(Outline(page).text))
    assert not Outline(page).all("img")


def test_many_measures_stay_readable():
    page = report(briefing(measures=150), "en")
    visible = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    section = visible[visible.index('id="measures"') : visible.index('id="rounds"')]
    assert 20 <= section.count('<th scope="row">') <= 40


def test_measures_to_lift_come_first_then_the_strictest():
    ordered = in_order(briefing(measures=40).plan.measures, {})
    actions = [m.action for m in ordered]
    assert actions[: actions.count("lift")] == ["lift"] * actions.count("lift")
    levels = [m.level for m in ordered if m.action != "lift"]
    assert levels == sorted(levels, key=["lockdown", "control", "precaution"].index)


def test_levels_that_move_are_named_with_their_direction():
    full = replace(briefing(), yesterday_levels={"d0c0": "lockdown"})
    full = replace(full, plan=replace(full.plan, levels={"d0c0": "precaution", "d1c0": "control"}))
    grid = next(
        block for block in changes(full, full.words("en")).blocks if getattr(block, "caption", "").startswith("Zones")
    )
    moved = [(row[0], row[1].before.kind, row[1].after.kind, row[2].text) for row in grid.rows]
    assert moved == [
        ("Community 1-1", "level-lockdown", "level-precaution", "▼ lighter"),
        ("Community 2-1", "level-open", "level-control", "▲ stricter"),
    ]


def test_plan_json_is_json_with_sentences():
    full = with_nan(briefing())
    plan = json.loads(plan_json(full, full.words("zh")), parse_constant=pytest.fail)
    assert list(plan) == ["format", "language", "approved", "situation", "plan", "signals", "events", "manifest"]
    assert plan["approved"] is False
    assert plan["situation"]["r_now"]["estimate"] is None
    lift = plan["plan"]["measures"][0]["lift_rule"]
    assert set(lift) == {"key", "facts", "text"}
    assert plan["signals"][0]["text"].startswith("31")


def with_nan(full):
    return replace(full, situation=replace(full.situation, r_now=replace(full.situation.r_now, estimate=float("nan"))))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_open_in_a_spreadsheet(tmp_path):
    full = briefing()
    formula = full.situation.by_zone.with_columns(
        zone=pl.lit('=HYPERLINK("x")'), name=pl.lit("@sum"), parent_zone=pl.lit("-1+1")
    )
    formulas = replace(full, situation=replace(full.situation, by_zone=formula))
    for path in write_tables(tmp_path, formulas, full.words("zh")):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    first = rows_of(tmp_path / "zones.csv")[0]
    assert (first["zone"], first["name"], first["parent_zone"]) == ('\'=HYPERLINK("x")', "'@sum", "'-1+1")
    assert rows_of(tmp_path / "worklist.csv")[0]["test_days"] == "2026-03-06; 2026-03-10"


def test_tables_have_their_columns_when_they_are_empty():
    empty, full = tables(empty_briefing(), briefing().words("en")), tables(briefing(), briefing().words("en"))
    assert {name: table.columns for name, table in empty.items()} == {
        name: table.columns for name, table in full.items()
    }


def published(folder: Path, full) -> dict:
    write_public(folder, full, full.words("en"))
    return json.loads((folder / "public.json").read_text(encoding="utf-8"))


def test_public_files_hold_no_count_that_could_be_taken_from_a_bulletin(tmp_path):
    """Those of one day, with few and with many cases, are the same: nothing in them tells how many there were."""
    texts = {}
    for cases in (60, 240):
        folder = tmp_path / str(cases)
        folder.mkdir()
        page = published(folder, briefing(cases=cases))
        texts[cases] = [(folder / name).read_text(encoding="utf-8") for name in ("public.json", "public-zones.csv")]
    assert texts[60] == texts[240]
    assert page["public"] is True
    assert not any(isinstance(value, (int, float)) for area in page["areas"] for value in area.values())
    assert not re.search(r"\bk0\d{4}\b", "".join(texts[60]))
    assert rows_of(tmp_path / "60" / "public-zones.csv") == page["areas"]


def test_public_levels_are_those_in_force_not_proposals(tmp_path):
    full = briefing()
    assert full.plan.levels
    assert {row["level"] for row in published(tmp_path, full)["areas"]} == {"open"}


@pytest.mark.parametrize("kind", ["household", "floor", "unit", "building", None])  # of unknown kind: perhaps one
def test_an_address_is_never_published(tmp_path, kind):
    full = briefing()
    zones = copy(full.zones)
    (tmp_path / "all").mkdir()
    before = published(tmp_path / "all", full)
    zones.kinds = [kind if zone == "d0" else known for zone, known in zip(zones.ids, zones.kinds, strict=True)]
    after = published(tmp_path, replace(full, zones=zones))
    assert {area["zone"] for area in before["areas"]} - {area["zone"] for area in after["areas"]} == {"d0"}
    assert "North District" not in (tmp_path / "public-zones.csv").read_text(encoding="utf-8")


def test_a_page_of_no_cases_can_be_published(tmp_path):
    assert published(tmp_path, empty_briefing())["public"] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_has_words_for_all_of_it(language):
    console = Console(width=100, record=True, file=io.StringIO())
    full = briefing()
    console.print(summary(full, language))
    console.print(situation_table(full.situation, full.protocol, language))
    said = console.export_text()
    assert "240" in said
    assert not re.findall(r"\{\w+\}", said)
