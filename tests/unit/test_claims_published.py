"""Evidence, ClaimReview and what has no place in a claim."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douse.errors import UsageError
from douse.outputs.claims.answered import Answered, Said, versions_json, versions_of
from douse.outputs.claims.evidence import Evidence, Fact, Source, from_json, is_address, source, to_json
from douse.outputs.claims.languages import likely
from douse.outputs.claims.naming import points_at_somebody
from douse.outputs.claims.numbers import unsaid
from douse.outputs.claims.review import ANSWERS, all_reviews, as_json, claim_review
from douse.outputs.claims.site import Listed, write_claims
from douse.outputs.words import Words
from douse.records.codes import CLAIM_ANSWERS

AT = datetime(2026, 4, 1, 9, 30)
SMALL = Fact("new_cases", "north", AT, 41, 3.0)
IN_BULLETIN = Fact("cases", None, AT, 41, 1234.0, "b" * 64)
LEVEL = Fact("level", "north", AT, 41, "control")
PAPER = Source("Salt water: what is known", "An Institute", "https://example.org/salt?a=1&b=2", date(2026, 3, 1))


def answered(
    because: str = "It does not.", evidence: tuple[Evidence, ...] = (), claim: str = "Salt water kills it"
) -> Answered:
    return Answered(
        "c1", "en", Said(claim, because), {"zh": Said("盐水可以杀死病毒", "不会。")}, "false", evidence, "north",
        datetime(2026, 3, 30), AT, AT,
    )  # fmt: skip


def test_evidence_comes_back_from_the_ledger_as_it_went_in() -> None:
    given = (SMALL, IN_BULLETIN, LEVEL, PAPER)
    assert from_json(to_json(given)) == given
    assert to_json(()) is None
    assert from_json(None) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "{}",
        "[1, null, {}]",
        '[{"kind": "source", "title": "x", "url": "javascript:1"}]',
        '[{"kind": "fact", "figure": "r", "as_of": "x", "sequence": 1}]',
    ],
)
def test_evidence_that_is_not_understood_is_left_out(text: str) -> None:
    assert from_json(text) == ()


def test_a_figure_that_is_nought_is_kept() -> None:
    none_died = Fact("deaths", None, AT, 5, 0)
    assert from_json(to_json([none_died])) == (none_died,)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "https://user:secret@example.org", "https://localhost",
        "ftp://example.org",
        "https://example.org/\"onclick=", "https://example.org/ x", "https://example.org/<b>", "//example.org",
        "example.org", "https://[::1", "https://example.org:port/", "https://example.org/" + "a" * 500, "",
        "https://example.org\n.evil.example",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_no_source(url: str) -> None:
    assert not is_address(url)
    with pytest.raises(UsageError):
        source("A title", "", url)


def test_addresses_of_pages_are_sources() -> None:
    for url in ("https://example.org", "http://example.org:8080/a/b?c=d&e=f#g", "https://例子.测试/页"):
        assert is_address(url), url


def test_a_review_has_what_the_vocabulary_asks_and_names_no_speaker() -> None:
    made = claim_review(
        answered(evidence=(SMALL, IN_BULLETIN, LEVEL, PAPER)), Words("en"), url="https://x.example/c1", author="Health"
    )
    assert made["@context"] == "https://schema.org"
    assert made["@type"] == "ClaimReview"
    assert made["claimReviewed"] == "Salt water kills it"
    assert made["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "False",
        "ratingValue": 1,
        "bestRating": 5,
        "worstRating": 1,
    }
    assert made["datePublished"] == "2026-04-01T09:30:00"
    assert made["author"] == {"@type": "GovernmentOrganization", "name": "Health"}
    assert "author" not in made["itemReviewed"]
    assert "appearance" not in made["itemReviewed"]
    assert made["workTranslation"][0]["name"] == "盐水可以杀死病毒"


def test_only_numbers_that_a_bulletin_says_or_that_count_nobody_are_published() -> None:
    text = json.dumps(claim_review(answered(evidence=(SMALL, IN_BULLETIN, LEVEL)), Words("en"), url="u", author="a"))
    assert "1,234" in text
    assert "control" in text
    assert "New cases" not in text


def test_a_reader_of_chinese_is_told_in_chinese() -> None:
    made = claim_review(answered(), Words("zh"), url="u", author="a")
    assert made["claimReviewed"] == "盐水可以杀死病毒"
    assert made["inLanguage"] == "zh"


def test_what_is_not_yet_known_has_no_number() -> None:
    one = Answered("c", "en", Said("a", "b"), {}, "not_yet_known", (), None, AT, AT, AT)
    assert claim_review(one, Words("en"), url="u", author="a")["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "Not yet known",
    }
    assert set(ANSWERS) == set(CLAIM_ANSWERS)


@settings(deadline=None)
@given(st.text(), st.text())
def test_nothing_in_a_review_ends_the_element_that_holds_it(claim: str, because: str) -> None:
    hostile = answered(f"</script><script>{because}", claim=f"<!--{claim}")
    text = as_json(all_reviews([claim_review(hostile, Words("en"), url="u", author="a")]))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["@graph"][0]["claimReviewed"] == f"<!--{claim}"


def test_versions_come_back_and_hostile_ones_are_left_out() -> None:
    versions = {"zh": Said("甲", "乙")}
    assert versions_of(versions_json(versions)) == versions
    for text in ("[]", "x", '{"zh": 1}', '{"zh": {"claim": ""}}', None):
        assert versions_of(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "call 138 0013 8000 now", "电话13800138000", "+44 20 7946 0958", "write a.b@example.org",
        "see https://example.org/z",
        "www.example.org says", "t.me/group", "@somebody says", "微信号:＠abc",
        "110101199003078888", "ID 11010119900307888X",
    ],
)  # fmt: skip
def test_what_points_at_somebody_is_found(text: str) -> None:
    assert points_at_somebody(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,000,000 people died", "1 000 000 people died", "10000000 doses", "since 2026-03-01 12:30",
        "since 01.03.2026", "from 2020 to 2026", "9,000 beds on 3 floors", "90% of tests are wrong", "全市封城14天",
        "R is 2.5 @ home",
    ],
)  # fmt: skip
def test_amounts_and_days_point_at_nobody(text: str) -> None:
    assert points_at_somebody(text) is None


def test_numbers_that_nothing_published_says_are_told_to_the_second_person() -> None:
    words = "On 2026-03-30 there were 7 cases, 1,234 in all, 12% of 2025, at 9:30."
    assert unsaid(answered(words, (SMALL, IN_BULLETIN))) == ["7"]
    assert unsaid(answered("截至3月30日共有1,234例,其中8人死亡", (IN_BULLETIN,))) == ["8"]
    assert unsaid(answered("Not 500 people.", claim="500 people died")) == []


@pytest.mark.parametrize(
    ("text", "reader", "language"),
    [
        ("周一封城", "en", "zh"), ("月曜日に封鎖", "en", "ja"), ("월요일 봉쇄", "en", "ko"), ("วัคซีน", "en", "th"),
        ("Lockdown on Monday", "en", "en"), ("Cierran el lunes la ciudad mañana", "en", None), ("Lockdown", "zh", None),
    ],
)  # fmt: skip
def test_the_language_of_a_claim_is_guessed_by_its_letters(text: str, reader: str, language: str | None) -> None:
    assert likely(text, reader) == language


def test_the_site_holds_answers_in_both_languages_with_nothing_of_other_hosts_or_small_numbers(tmp_path: Path) -> None:
    hostile = answered(
        "</script><script>alert(1)</script>", (SMALL, LEVEL, PAPER), claim="<img src=x onerror=alert(1)>"
    )
    withdrawn = replace(answered("It was wrong."), id="c2")
    paths = write_claims(
        tmp_path, [Listed(hostile, corrected=True), Listed(withdrawn, withdrawn=True)], [Words("en"), Words("zh")],
        address="https://x.example",
    )  # fmt: skip
    english, chinese, reviews = (path.read_text(encoding="utf-8") for path in paths)
    assert english.count("<script") == english.count('<script type="application/ld+json">') == 1
    assert "<img src=x" not in english
    assert "盐水可以杀死病毒" in chinese
    assert "New cases" not in english
    assert "Records of the health department" in english
    assert "It was wrong." not in english
    assert not re.search(r'(?:src|<link[^>]*href)="https?:', english)  # sources are links, and load nothing
    graph = json.loads(reviews)["@graph"]
    assert [one["url"] for one in graph] == ["https://x.example/en/claims.html#claim-c1"]
