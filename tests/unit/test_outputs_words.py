"""Words, numbers and dates in the reader's language."""

from datetime import date, datetime

import pytest

from douse.outputs.words import UNKNOWN, Words, catalogue
from douse.records.measure import Because

EN, ZH = Words("en"), Words("zh")


def test_fields_are_filled_by_their_type():
    words = Words("en", levels={"control": "Controlled"}, zones={"z1": "Harbour"})
    said = words.say(
        "{zone} {level} {day} {n} {rate} {share} {thing}",
        zone="z1", level="control", day="2026-03-05", n=12345, rate=2.345, share=0.421, thing="hospital_bed",
    )  # fmt: skip
    assert said == "Harbour Controlled 5 Mar 2026 12,345 2.3 42% hospital beds"


@pytest.mark.parametrize("name", ["confirmed", "north", "lockdown", "2026-03-05"])
@pytest.mark.parametrize("sentence", ["Given to {who}", "Corrected by {author}"])
def test_somebody_who_is_called_like_a_code_a_zone_or_a_day_is_called_that(name, sentence):
    words = Words("zh", zones={"north": "北区"}, levels={"lockdown": "封控"})
    assert words.say("{zone}", zone=name) != name
    assert name in words.say(sentence, who=name, author=name)


def test_one_and_many():
    key = "{n} {n:case was|cases were} told."
    assert EN.say(key, n=1) == "1 case was told."
    assert EN.say(key, n=2) == "2 cases were told."


def test_a_field_that_is_not_given_does_not_fail():
    assert EN.say("From {day} on.") == "From {day} on."


def test_a_sentence_without_translation_reads_in_english():
    assert ZH.say("Nobody has translated this.") == "Nobody has translated this."
    assert catalogue("en") == {}


def test_because_says_its_key_with_its_facts():
    because = Because("Lowered to {to} after {days} days without a case.", {"to": "open", "days": 14})
    assert Words("en", levels={"open": "Open"}).because(because) == "Lowered to Open after 14 days without a case."
    assert Words("zh", levels={"open": "正常"}).because(because) == "连续14日无病例，可降为“正常”。"


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (None, UNKNOWN, UNKNOWN),
        (float("nan"), UNKNOWN, UNKNOWN),
        (0, "0", "0"),
        (12_345, "12,300", "12,300"),
        (1_234_567, "1.2 million", "123万"),
        (4_560_000_000, "4.6 billion", "45.6亿"),
    ],
)
def test_large_numbers_are_short(value, en, zh):
    assert EN.large(value) == en
    assert ZH.large(value) == zh


@pytest.mark.parametrize(
    ("value", "said"), [(None, UNKNOWN), (0, "0%"), (0.004, "0.4%"), (0.5, "50%"), (0.9996, "100%"), (1, "100%")]
)
def test_a_share_close_to_an_end_keeps_a_decimal(value, said):
    assert EN.share(value) == said
    assert EN.share(0.996) == "99.6%"


def test_money():
    assert EN.money(13_410_000, "USD") == "USD 13.4 million"
    assert ZH.money(13_410_000, "USD") == "1340万美元"
    assert EN.money(None, "USD") == UNKNOWN


def test_dates():
    assert EN.day(date(2026, 3, 5)) == "5 Mar 2026"
    assert ZH.day(date(2026, 3, 5)) == "2026年3月5日"
    assert ZH.moment(datetime(2026, 3, 5, 8, 30)) == "3月5日 08:30"
    assert EN.short_day(None) == UNKNOWN


def test_no_minus_nought():
    assert EN.number(-0.001, 2) == "0.00"
