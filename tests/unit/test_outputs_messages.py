"""Every sentence and code of the source has a translation with the same fields."""

import io
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

import douse
from douse.outputs.extract import sentences
from douse.outputs.vocabulary import CODES
from douse.outputs.words import catalogue

SOURCE = Path(douse.__file__).parent
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "douse.outputs.extract:sentences")]


@pytest.fixture(scope="module")
def messages() -> set[str]:
    found = extract_from_dir(SOURCE, METHODS, keywords={"say": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def test_sentences_of_every_room_are_collected(messages):
    assert {"In one minute", "Skip to the summary", "A test is due today."} <= messages
    assert messages >= CODES
    assert len(messages) > 700


def test_every_message_has_a_chinese_translation(messages):
    assert sorted(messages - catalogue("zh").keys()) == []


def test_no_translation_is_left_over(messages):
    assert sorted(catalogue("zh").keys() - messages) == []


def test_translations_have_the_fields_of_their_message():
    wrong = {key: said for key, said in catalogue("zh").items() if fields(key) != fields(said)}
    assert wrong == {}


def test_translations_are_chinese():
    names = re.compile(r"(EARS|SHA|R$|[A-Z]{3,})")
    latin = [key for key, said in catalogue("zh").items() if not re.search(r"[一-鿿]", said) and not names.search(said)]
    assert [key for key in latin if re.search(r"[a-z]", re.sub(r"\{[^}]*\}", "", key))] in ([], ["{n} of {of}"])


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


SAMPLE = '''
"""A module docstring that reads like a sentence."""
unlocks = "what it gives"
text = Because("Shut {zone}." if cold else "Open {zone}.", {"zone": z})
words.say("a label")
note = Interval(None, why_not="There is nothing to see.")
def f():
    """Another docstring."""
    raise ValueError("That is not a sentence for readers.")
@dy.rule()
def in_order(cls):
    """First comes before second."""
'''


def test_what_is_collected_of_a_file():
    room = io.BytesIO(SAMPLE.encode())
    room.name = "situation/sample.py"
    found = {text for _, _, text, _ in sentences(room, (), (), {})}
    assert found == {
        "what it gives", "Shut {zone}.", "Open {zone}.", "a label", "There is nothing to see.",
        "First comes before second.",
    }  # fmt: skip
