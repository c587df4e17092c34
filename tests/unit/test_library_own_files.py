"""Files of one's own, and the library as rows."""

import re
from importlib import resources
from pathlib import Path

import pytest
from test_library_files import numbers

from douse.errors import LibraryError
from douse.library import Costs, Pathogen, Protocol, load, names
from douse.library.catalogue import describe, listing
from douse.library.load import SHELVES
from douse.library.number import Number
from douse.library.pathogen import Environment, Immunity, SeverityBand, SusceptibilityBand, Vaccine
from douse.library.protocol import Clock, ContactDefinition, LevelRule, LiftRule, Screening

DOCS = Path(__file__).resolve().parents[2] / "docs" / "library.md"
LOCAL = """
extends = "who-generic"
id = "our-city"
name = { en = "Our city", zh = "本市" }
edition = "3"
jurisdiction = "Our city"
valid_from = 2026-02-01
legal_basis = "Order of the city"
pathogens = ["any"]
summary = { en = "As WHO, with a look-back of 4 days.", zh = "同世卫组织,回溯4天。" }

[sources]
order-3 = { citation = "Order 3 of the city", edition = "3" }

[contact]
lookback_symptomatic = { value = 4, unit = "days", source = "order-3", grade = "A" }

[clock]
report = { value = 6, unit = "hours", source = "estimate", grade = "est", note = "as agreed" }

[quarantine.general]
phases = []
test_days = []
source = "order-3"
grade = "A"
"""


@pytest.fixture
def own(tmp_path) -> str:
    path = tmp_path / "our-city.toml"
    path.write_text(LOCAL, encoding="utf-8")
    return str(path)


def test_a_file_of_ones_own_changes_what_it_names_and_leaves_the_rest(own):
    ours, base = load(Protocol, own), load(Protocol, "who-generic")
    assert ours.contact.lookback_symptomatic.value == 4
    assert ours.contact.minutes == base.contact.minutes
    assert ours.clock.report.value == 6
    assert ours.clock.verify == base.clock.verify
    assert ours.level == base.level
    assert ours.extends == "who-generic"


def test_numbers_keep_the_edition_and_date_of_the_file_that_wrote_them(own):
    ours, base = load(Protocol, own), load(Protocol, "who-generic")
    written = ours.contact.lookback_symptomatic
    assert (written.edition, written.valid_from) == ("3", ours.valid_from)
    assert ours.contact.lookback_asymptomatic.valid_from == base.valid_from != ours.valid_from


def test_what_has_a_source_of_its_own_is_replaced_whole(own):
    general = load(Protocol, own).quarantine["general"]
    assert general.phases == ()
    assert not general.symptoms_only  # not that of who-generic


def test_names_and_dates_are_never_inherited(tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text('extends = "china-8"\nid = "bare"\n', encoding="utf-8")
    with pytest.raises(LibraryError, match="key name: the key is missing"):
        load(Protocol, str(path))
    assert load(Protocol, "china-20").valid_to != load(Protocol, "china-9").valid_to


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + LOCAL.encode())
    assert load(Protocol, str(path)).id == "our-city"


def test_the_list_has_every_file_in_both_languages():
    for language in ("en", "zh"):
        rows = listing(language)
        assert len(rows) == sum(len(names(kind)) for kind in SHELVES)
        assert all(all(row) for row in rows)
    assert ("pathogen", "measles", "麻疹", load(Pathogen, "measles").edition) in listing("zh")


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in (Pathogen, Protocol, Costs) for name in names(kind)]
)
def test_a_description_has_a_row_for_every_number(kind, name):
    rows = describe(name, "en", kind)
    entry = load(kind, name)
    graded = [row for row in rows if row[6]]  # only numbers have a valid_from
    assert len(graded) == len(list(numbers(entry)))
    for _, value, unit, grade, source, edition, _, _ in graded:
        assert value
        assert unit
        assert grade
        assert source
        assert edition
    keys = [row[0] for row in rows]
    assert len(keys) == len(set(keys))


def test_rows_of_a_number_say_value_range_unit_grade_and_source():
    row = next(row for row in describe("sars-cov-2-wild") if row[0] == "presymptomatic_share")
    assert row[:4] == ("presymptomatic_share", "0.44 (from 0.25 to 0.69)", "share", "A")
    assert "10.1038/s41591-020-0869-5" in row[4]


def test_a_name_of_two_kinds_gives_both():
    heads = [row[:2] for row in describe("measles") if row[0] in ("pathogen", "protocol", "costs")]
    assert heads == [("pathogen", "measles"), ("protocol", "measles")]


def test_a_description_speaks_the_language_that_is_asked_for():
    words = {row[0]: row[1] for row in describe("china-8", "zh")}
    assert words["level[4].name"] == "封控区"
    assert words["contact.ring2"] == "yes"


def test_a_file_of_ones_own_is_described_by_its_path(own, tmp_path):
    assert describe(own)[0][:2] == ("protocol", "our-city")
    for kind in SHELVES:
        for key in names(kind):
            path = tmp_path / f"{key}-2.toml"
            path.write_bytes(resources.files("douse.library").joinpath(SHELVES[kind], f"{key}.toml").read_bytes())
            assert describe(str(path))[0][:2] == (kind.__name__.lower(), f"{key}-2")


def test_an_unknown_entry_and_a_broken_file_are_refused(tmp_path):
    with pytest.raises(LibraryError, match="no entry of that name"):
        describe("plague")
    broken = tmp_path / "broken.toml"
    broken.write_text("= 1", encoding="utf-8")
    with pytest.raises(LibraryError, match="is not TOML"):
        describe(str(broken))


@pytest.mark.parametrize(
    "kind",
    [
        Pathogen, Protocol, Costs, Number, SeverityBand, SusceptibilityBand, Vaccine, Immunity, Environment, LevelRule,
        LiftRule, ContactDefinition, Screening, Clock,
    ],
)  # fmt: skip
def test_the_guide_names_every_key(kind):
    guide = set(re.findall(r"`([a-z0-9_]+)`", DOCS.read_text(encoding="utf-8")))
    assert set(kind.model_fields) <= guide
