"""Likeness of claims: the same thing said otherwise is found, in every script; another thing is not taken for it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.outputs.claims.similar import ALIKE, SAME, Likenesses, folded, is_same

GROUPS = tomllib.loads((Path(__file__).parents[1] / "claims_alike.toml").read_text(encoding="utf-8"))["group"]
SAYINGS = [
    (f"{at}.{n}", group["language"], text) for at, group in enumerate(GROUPS) for n, text in enumerate(group["says"])
]
LANGUAGES = sorted({language for _, language, _ in SAYINGS})
ALL = Likenesses((name, text) for name, _, text in SAYINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_saying_finds_another_of_its_group_among_all_languages(language: str) -> None:
    right = 0
    asked = [(name, text) for name, of, text in SAYINGS if of == language]
    for name, text in asked:
        found = ALL.like(text, but=(name,))
        assert any(one.id.split(".")[0] == name.split(".")[0] for one in found), text
        right += found[0].id.split(".")[0] == name.split(".")[0]
    assert right >= 0.95 * len(asked)


def test_what_is_shown_is_mostly_right() -> None:
    wrong = sum(
        one.id.split(".")[0] != name.split(".")[0] for name, _, text in SAYINGS for one in ALL.like(text, but=(name,))
    )
    assert wrong / len(SAYINGS) < 0.8  # of at most five that are shown


def test_a_claim_is_found_within_the_message_that_carries_it() -> None:
    message = (
        "Please forward to all your groups before it is deleted, my cousin who works there told me today: Children "
        "cannot catch the disease. Nobody will tell you this officially, look after your parents"
    )
    assert GROUPS[int(ALL.like(message)[0].id.split(".")[0])]["says"][0] == "Children cannot catch the disease"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Children CANNOT catch it!!!", "children cannot  catch it"),
        ("Éléphant – thé", "elephant the"),
        ("ТЁПЛАЯ вода", "теплая вода"),
        ("ＡＢＣ１２３", "abc123"),
        ("周一封城。", "周一封城!"),
    ],
)
def test_case_marks_widths_and_accents_say_nothing(one: str, other: str) -> None:
    assert is_same(one, other)
    assert Likenesses([("a", one)]).like(other)[0].likeness == SAME


@pytest.mark.parametrize(("one", "other"), [("गाय", "गया"), ("น้ำ", "นา"), ("周一", "周二"), ("か", "が"), ("", "!?")])
def test_what_tells_words_apart_is_kept(one: str, other: str) -> None:
    assert not is_same(one, other)


def test_a_claim_with_versions_is_found_by_each_and_given_once() -> None:
    made = Likenesses(
        [("a", "Children cannot catch the disease"), ("a", "儿童不会感染这种病"), ("b", "喝热盐水可以杀死病毒")]
    )
    assert made.like("小孩子不会得这种病", at_least=0.1)[0].id == "a"
    assert [one.id for one in made.like("kids cannot catch the disease")] == ["a"]
    assert len(made) == 2


def test_the_claim_itself_is_left_out_and_nothing_is_like_nothing() -> None:
    made = Likenesses([("a", "water"), ("b", "")])
    assert made.like("water", but=("a",)) == []
    assert made.like("…") == []
    assert Likenesses([]).like("water") == []


@settings(deadline=None)
@given(st.text(max_size=600), st.lists(st.text(max_size=200), max_size=8))
def test_any_text_is_like_itself_and_likeness_is_a_share(text: str, others: list[str]) -> None:
    made = Likenesses([*((str(at), other) for at, other in enumerate(others)), ("own", text)])
    found = made.like(text, at_least=0.0, most=20)
    assert all(0 <= one.likeness <= SAME for one in found)
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)
    if folded(text):
        assert found[0].likeness == SAME
        assert "own" in {one.id for one in found if one.likeness == SAME}


def test_more_claims_do_not_hide_one() -> None:
    many = [(str(at), f"Depot {at} has rice for {at % 90} days, say people of street {at % 7}") for at in range(3000)]
    made = Likenesses([*many, ("own", "Mosquitoes carry the virus from house to house")])
    assert made.like("the virus is carried from house to house by mosquitoes")[0].id == "own"
    assert made.like("Snakes sleep in winter", at_least=ALIKE) == []
