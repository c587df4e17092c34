"""Every shipped hazard loads, says where its numbers come from, and a bad one is refused with file and key."""

import re
from importlib import resources
from pathlib import Path

import pytest

from douse.errors import LibraryError
from douse.library import Pathogen, load, names
from douse.library.catalogue import describe, listing
from douse.library.hazard import AT_MOST, FIGURE_UNITS, OF_PROTOCOL, Hazard
from douse.library.load import read

HAZARDS = (
    "cholera-after-flood", "ebola-import", "heat-surge", "laboratory-shortage", "measles-import", "mers-hospital",
    "norovirus-care-home", "pandemic-influenza", "sars-cov-2-escape", "seasonal-influenza",
)  # fmt: skip
DOCS = Path(__file__).parents[2] / "docs" / "library.md"


def shipped(name: str) -> str:
    return resources.files("douse.library").joinpath("hazards", f"{name}.toml").read_text(encoding="utf-8")


def test_the_shelf_holds_what_the_register_promises():
    assert names(Hazard) == HAZARDS


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_says_where_its_probability_comes_from(name):
    hazard = load(Hazard, name)
    assert hazard.id == name
    number = hazard.probability
    assert number.note
    assert number.source in hazard.sources
    assert number.low is not None
    assert number.high is not None
    assert number.low < number.value < number.high
    assert set(hazard.sources) == set(re.findall(r'source = "([\w-]+)"', shipped(name)))


@pytest.mark.parametrize("name", HAZARDS)
def test_words_of_a_hazard_are_there_in_both_languages(name):
    hazard = load(Hazard, name)
    texts = [hazard.name, hazard.summary, hazard.area, *hazard.prepare, *(check.otherwise for check in hazard.check)]
    assert all(re.search("[一-鿿]", text.zh) and text.en.isascii() for text in texts)


@pytest.mark.parametrize("name", HAZARDS)
def test_the_pathogens_of_a_hazard_are_in_the_library(name):
    assert set(load(Hazard, name).pathogens) <= {*names(Pathogen), "any"}


def test_every_figure_is_asked_for_by_some_hazard_and_is_documented():
    asked = {check.figure for name in HAZARDS for check in load(Hazard, name).check}
    assert asked == set(FIGURE_UNITS)
    assert set(AT_MOST) | set(OF_PROTOCOL) <= asked
    text = DOCS.read_text(encoding="utf-8").split("## Keys of a hazard")[1].split("\n## ")[0]
    assert all(f"`{name}`" in text for name in [*FIGURE_UNITS, *Hazard.model_fields])


def test_the_catalogue_lists_and_shows_hazards():
    assert ("hazard", "mers-hospital") in {row[:2] for row in listing()}
    rows = {row[0]: row for row in describe("mers-hospital")}
    assert rows["probability"][1:4] == ("0.025 (from 0.005 to 0.3)", "probability a year", "est")
    assert "check[1].figure" in rows


def test_a_file_of_ones_own_is_read_on_top_of_a_shipped_one(tmp_path):
    own = tmp_path / "ours.toml"
    own.write_text(
        'extends = "mers-hospital"\nid = "ours"\nname = { en = "MERS here", zh = "本地" }\nedition = "1"\n'
        'valid_from = 2026-02-01\nsummary = { en = "Here.", zh = "本地。" }\n'
        '[sources]\nwe = { citation = "Our own count", edition = "1" }\n[probability]\nvalue = 0.2\n'
        'unit = "probability a year"\nsource = "we"\ngrade = "est"\n',
        encoding="utf-8",
    )
    assert load(Hazard, str(own)).probability.value == 0.2
    assert describe(str(own))[0][:2] == ("hazard", "ours")


@pytest.mark.parametrize(
    ("old", "new", "key", "allowed"),
    [
        ("value = 0.025", "value = 1.5", "probability", "low <= value"),
        ('unit = "probability a year"', 'unit = "share"', "probability", "probability a year"),
        ('figure = "quarantine_rooms"', 'figure = "icu_beds"', "check[3]", "a number"),
        ('figure = "quarantine_rooms"', 'figure = "rooms"', "check[3].figure", "quarantine_rooms"),
        ('figure = "reporting_delay"', 'figure = "icu_beds"', "check[4]", "beds per 100,000"),
        ('pathogens = ["mers"]', 'pathogens = ["mars"]', "pathogens", "mers"),
        ('id = "mers-hospital"', "", "id", "id"),
    ],
)
def test_what_is_wrong_with_a_hazard_is_said_with_its_key(old, new, key, allowed):
    text = shipped("mers-hospital")
    assert old in text
    with pytest.raises(LibraryError) as caught:
        read(Hazard, "own.toml", text.replace(old, new, 1))
    assert f"key {key}:" in str(caught.value)
    assert allowed in str(caught.value)


def test_a_month_is_named_once():
    text = shipped("seasonal-influenza")
    with pytest.raises(LibraryError, match="each month once"):
        read(Hazard, "own.toml", text.replace("months = [12, 1, 2, 3]", "months = [12, 1, 1, 3]"))
