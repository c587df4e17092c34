"""Advice for residents: every pathogen and level has cards, every line a source."""

from importlib import resources

import pytest

from douse.errors import LibraryError
from douse.library import Advice, Pathogen, advice_for, load, names
from douse.library.advice import cards_for
from douse.library.catalogue import describe, listing
from douse.library.codes import LEVELS


@pytest.mark.parametrize("name", names(Advice))
def test_every_line_names_a_source_of_its_file(name):
    advice = load(Advice, name)
    assert advice.id == name
    cited = {line.source for card in advice.card for line in card.line}
    assert cited == set(advice.sources)
    for card in advice.card:
        for line in card.line:
            assert line.grade in {"A", "B", "C", "known", "est"}
            assert any("一" <= letter <= "鿿" for letter in line.zh)


@pytest.mark.parametrize("pathogen", names(Pathogen))
@pytest.mark.parametrize("level", LEVELS)
def test_every_pathogen_and_level_has_cards_of_its_own(pathogen, level):
    advice = advice_for(load(Pathogen, pathogen))
    topics = [card.topic for _, card in cards_for(advice, level)]
    assert topics[0] == "level"
    assert {"protect", "ill", "care"} <= set(topics)


def test_no_pathogen_is_in_two_files():
    named = [pathogen for name in names(Advice) for pathogen in load(Advice, name).pathogens]
    assert len(named) == len(set(named))
    assert set(named) == {"any", *names(Pathogen)}


def test_an_official_grade_stands_on_an_office_that_was_read():
    for name in names(Advice):
        advice = load(Advice, name)
        for card in advice.card:
            for line in card.line:
                if line.grade == "A":
                    assert (
                        ".int)" in advice.sources[line.source].citation
                        or ".org)" in advice.sources[line.source].citation
                        or "who.int" in advice.sources[line.source].citation
                    )


def test_advice_that_is_not_there_is_refused():
    with pytest.raises(LibraryError):
        load(Advice, "nothing")


def test_advice_is_listed_and_described_with_its_sources_and_grades():
    assert ("advice", "cholera", "霍乱", load(Advice, "cholera").edition) in listing("zh")
    for language in ("en", "zh"):
        rows = [row for row in describe("cholera", language, Advice) if ".line[" in row[0]]
        lines = [line for card in load(Advice, "cholera").card for line in card.line]
        assert [row[1] for row in rows] == [line.say(language) for line in lines]
        assert [row[3] for row in rows] == [line.grade for line in lines]
        assert all(row[4] for row in rows)


def test_a_pathogen_that_the_library_does_not_have_gets_no_advice(tmp_path):
    path = tmp_path / "own.toml"
    shipped = resources.files("douse.library").joinpath("advice", "cholera.toml").read_text("utf-8")
    path.write_text(shipped.replace('pathogens = ["cholera"]', 'pathogens = ["colera"]'), encoding="utf-8")
    with pytest.raises(LibraryError, match="pathogens: one of them is not in the library"):
        load(Advice, str(path))
