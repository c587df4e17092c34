"""Advice for residents: every pathogen and level has cards, every line a source."""

import pytest

from douse.errors import LibraryError
from douse.library import Pathogen, load, names
from douse.library.advice import LEVELS, advice_for, advice_names, cards_for, load_advice


@pytest.mark.parametrize("name", advice_names())
def test_every_line_names_a_source_of_its_file(name):
    advice = load_advice(name)
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
    named = [pathogen for name in advice_names() for pathogen in load_advice(name).pathogens]
    assert len(named) == len(set(named))
    assert set(named) == {"any", *names(Pathogen)}


def test_an_official_grade_stands_on_an_office_that_was_read():
    for name in advice_names():
        advice = load_advice(name)
        for card in advice.card:
            for line in card.line:
                if line.grade == "A":
                    assert ".int)" in advice.sources[line.source].citation or ".org)" in advice.sources[
                        line.source
                    ].citation or "who.int" in advice.sources[line.source].citation


def test_advice_that_is_not_there_is_refused():
    with pytest.raises(LibraryError):
        load_advice("nothing")
