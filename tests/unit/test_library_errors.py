"""A bad library file fails with file, key and what was allowed, whatever is bad about it."""

import math
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest
from pydantic import BaseModel

from douse.errors import LibraryError
from douse.library import Costs, Pathogen, Protocol, load
from douse.library.load import SHELVES, read

OWN = "own.toml"


def shipped(kind: type[BaseModel], name: str) -> str:
    return resources.files("douse.library").joinpath(SHELVES[kind], f"{name}.toml").read_text(encoding="utf-8")


def refusal(kind: type[BaseModel], toml: str) -> str:
    with pytest.raises(LibraryError) as caught:
        read(kind, OWN, toml)
    said = str(caught.value)
    assert said.startswith(OWN)
    assert "Next:" in said
    return said


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "key", "allowed"),
    [
        # an unknown key
        (Protocol, "who-generic", "result_hours =", "result_hour =", "screening.result_hour", "result_hours"),
        (Pathogen, "measles", "id =", "colour = 1\nid =", "colour", "reproduction_number"),
        # a missing key
        (Pathogen, "measles", "max_incubation =", "# max_incubation =", "max_incubation", "max_incubation"),
        (Protocol, "who-generic", 'to = "open"', "", "level[2].lift.to", "days_without_case"),
        (Costs, "generic", "[gdp_per_person_year]", "[gdp]", "gdp", "gdp_per_person_year"),
        # a bad grade, unknown evidence, an unknown level, setting, place, zone kind, class of person
        (Protocol, "who-generic", 'grade = "A"', 'grade = "S"', "contact.lookback_symptomatic.grade", "'known'"),
        (Protocol, "who-generic", '"unlinked_case"', '"rumour"', "level[3].enter[1].evidence", "'community_case'"),
        (Protocol, "who-generic", '  level = "control"', '  level = "closed"', "level[2].enter[4].level", "'control'"),
        (Protocol, "who-generic", '"care", "health', '"caring", "health', "contact.close_settings[2]", "'care'"),
        (Protocol, "who-generic", 'place = "home"', 'place = "hotel"', "quarantine.close.phases[1].place", "'central'"),
        (Protocol, "who-generic", 'largest = "estate"', 'largest = "village"', "level[4].largest", "'estate'"),
        (Protocol, "who-generic", "[quarantine.general]", "[quarantine.guests]", "quarantine.guests", "'general'"),
        (Protocol, "who-generic", 'moderate = "hospital"', 'moderate = "ward"', "care.moderate", "'hospital'"),
        # a wrong type
        (Pathogen, "measles", "value = 12.8", 'value = "12.8"', "incubation.mean.value", "a number"),
        (Pathogen, "measles", "value = 12.8", "value = true", "incubation.mean.value", "a number"),
        (Pathogen, "measles", "value = 12.8", "value = nan", "incubation.mean.value", "a number"),
        (Pathogen, "measles", "valid_from = 2014-11-01", 'valid_from = "then"', "valid_from", "a date"),
        (Pathogen, "measles", "from_age = 0", 'from_age = "all"', "severity[1].from_age", "a whole number"),
        (Pathogen, "measles", "one_case_alerts = true", 'one_case_alerts = "if"', "one_case_alerts", "true or false"),
        (Pathogen, "measles", "[incubation]", "[[incubation]]", "incubation", "a table"),
        (Protocol, "who-generic", 'days_without_case = "max_incubation"', 'days_without_case = "long"',
         "level[2].lift.days_without_case", "'max_incubation'"),
        (Pathogen, "measles", 'id = "measles"', 'id = "Measles!"', "id", "small letters"),
        # rules that a type cannot hold
        (Pathogen, "measles", 'value = 12.8, unit = "days"', 'value = 12.8, unit = "weeks"', "incubation.mean", "days"),
        (Pathogen, "measles", "value = 2.7,", "value = 0,", "incubation.sd", "above 0"),
        (Pathogen, "measles", "value = 0.45,", "value = 45,", "presymptomatic_share", "low <= value <= high"),
        (Pathogen, "measles", "value = 0.005,", "value = 1.2,", "severity[1].critical", "0 to 1"),
        (Pathogen, "measles", "value = 0.005,", "value = 0.9,", "severity[1]", "at most 1"),
        (Pathogen, "measles", "from_age = 0", "from_age = 5", "severity", "0 first"),
        (Pathogen, "sars-cov-2-wild", "from_age = 30", "from_age = 20", "severity", "above the one before"),
        (Pathogen, "sars-cov-2-wild", "day = 4", "day = 2", "test_curve", "above the one before"),
        (Pathogen, "measles", "value = 21.0", "value = 9", "(whole file)", "more than incubation.mean"),
        (Protocol, "who-generic", "value = 0.003", "value = 0.02", "screening.pools", "above the one before"),
        (Protocol, "who-generic", 'largest = "estate"', 'largest = "floor"', "level[4]", "household <= floor"),
        (Protocol, "who-generic", 'level = "control"\nname', 'level = "lockdown"\nname', "level", "open, precaution"),
        (Protocol, "who-generic", '  smallest = "district"', '  smallest = "province"', "level[2]", "household <="),
        (Protocol, "who-generic", '  to = "open"', '  to = "lockdown"', "level[2]", "open"),
        (Protocol, "who-generic", "[quarantine.general]", "[quarantine.from_control]", "quarantine", "general"),
        (Protocol, "who-generic", "test_days = [1, 5]", "test_days = [5, 1]", "quarantine.close.test_days", "above"),
        (Protocol, "who-generic", "test_days = [1, 5]", "test_days = [0, 5]", "quarantine.close", "day 1"),
        (Protocol, "who-generic", 'unit = "places"', 'unit = "cases"', "level[2].enter[2]", "places"),
        (Protocol, "who-generic", '  level = "control"\n', "", "level[2].enter[4]", "a level with contains"),
        (Protocol, "who-generic", 'pathogens = ["any"]', 'pathogens = ["plague"]', "pathogens", "sars-cov-1"),
        (Protocol, "who-generic", "rise_ratio =", "threshold_cases =", "alerts", "both or neither"),
        (Costs, "generic", 'unit = "USD a test"', 'unit = "EUR a test"', "(whole file)", "begins with USD"),
        # sources
        (Pathogen, "measles", 'source = "vink-2014"', 'source = "vink"', "serial_interval.mean", "vink-2014"),
        (Protocol, "who-generic", 'source = "who-classes"', 'source = "who"', "case", "who-classes"),
        (Pathogen, "measles", 'citation = "Vink', 'quotation = "Vink', "sources.vink-2014.quotation", "citation"),
        # a file that extends another
        (Protocol, "china-9", 'extends = "china-8"', 'extends = "china-7"', "extends", "who-generic"),
        (Protocol, "china-9", "cn-plan-9 =", "cn-plan-8 =", "sources.cn-plan-8", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_key_and_what_was_allowed(kind, name, old, new, key, allowed):
    text = shipped(kind, name)
    assert old in text
    said = refusal(kind, text.replace(old, new, 1))
    assert f"key {key}:" in said
    assert allowed in said


def test_text_that_is_not_toml_is_said_with_its_line():
    assert "line 2" in refusal(Pathogen, 'id = "x"\nname = = 1\n')


def test_how_many_more_problems_there_are_is_said():
    said = refusal(Pathogen, 'id = "x"\n')
    assert "more in the file" in said


def test_test_days_after_quarantine_need_a_reason():
    text = shipped(Protocol, "china-9")
    late = text.replace("test_days = [1, 4, 7]", "test_days = [1, 4, 9]", 1)
    assert late != text
    assert "at most 7, or a note" in refusal(Protocol, late)


def test_a_file_that_extends_itself_is_refused():
    text = shipped(Protocol, "who-generic")
    with pytest.raises(LibraryError, match="extends"):
        read(Protocol, "protocols/who-generic.toml", f'extends = "who-generic"\n{text}')


def test_an_unknown_name_lists_the_names_that_there_are():
    with pytest.raises(LibraryError, match="china-8, china-9"):
        load(Protocol, "china-1")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(LibraryError, match=r"absent\.toml cannot be read"):
        load(Pathogen, str(tmp_path / "absent.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LibraryError, match=r"bytes\.toml cannot be read"):
        load(Pathogen, str(tmp_path / "bytes.toml"))


def test_no_value_of_the_file_is_repeated_in_the_message():
    text = shipped(Pathogen, "measles").replace("value = 12.8", 'value = "secret word"', 1)
    assert "secret word" not in refusal(Pathogen, text)


# --- whatever is put at whatever key: a file loads or is refused, never a traceback --------------------------------

ODD: tuple[Any, ...] = ("", "word", -1, 2.5, math.inf, True, [], ["a"], {}, {"value": 1}, date(2020, 1, 1))


def as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {as_toml(inner)}' for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(inner) for inner in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value.isoformat() if isinstance(value, date) else repr(value)


def places(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from places(value, (*above, key))


def put(raw: dict[str, Any], place: tuple[Any, ...], value: Any) -> str:
    part: Any = raw
    for step in place[:-1]:
        part = part[step]
    before, part[place[-1]] = part[place[-1]], value
    written = "\n".join(f'"{key}" = {as_toml(inner)}' for key, inner in raw.items())
    part[place[-1]] = before
    return written


@pytest.mark.parametrize(
    ("kind", "name", "every"), [(Pathogen, "measles", 1), (Costs, "generic", 3), (Protocol, "who-generic", 9)]
)
def test_odd_values_anywhere_are_refused_or_read(kind, name, every):
    raw = tomllib.loads(shipped(kind, name))
    refused = []
    for turn, place in enumerate(list(places(raw))[::every]):
        try:
            read(kind, OWN, put(raw, place, ODD[turn % len(ODD)]))
        except LibraryError as bad:
            refused.append(str(bad))
    assert len(refused) > 50
    assert all(said.startswith(OWN) for said in refused)
