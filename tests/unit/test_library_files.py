"""Every shipped library file loads, and says what docs and sources say."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from pydantic import BaseModel

from douse.library import Costs, Pathogen, Protocol, codes, load, names, pathogen_named
from douse.library.load import plain_word
from douse.library.number import Number
from douse.records import codes as tables

SHIPPED = [(kind, name) for kind in (Pathogen, Protocol, Costs) for name in names(kind)]
PATHOGENS = (
    "cholera", "ebola", "influenza-pandemic", "measles", "mers", "mpox", "norovirus", "sars-cov-1", "sars-cov-2-delta",
    "sars-cov-2-omicron", "sars-cov-2-wild",
)  # fmt: skip
PROTOCOLS = ("china-20", "china-8", "china-9", "ebola", "measles", "who-generic")


def numbers(part: object) -> Iterator[Number]:
    """Every number within a part."""
    if isinstance(part, Number):
        yield part
    elif isinstance(part, BaseModel):
        for key in type(part).model_fields:
            yield from numbers(getattr(part, key))
    elif isinstance(part, dict):
        for inner in part.values():
            yield from numbers(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from numbers(inner)


def cited(part: object) -> Iterator[str]:
    """The source of everything that has one."""
    if isinstance(part, BaseModel):
        if "source" in type(part).model_fields:
            yield part.source  # type: ignore[attr-defined]  # checked in the line above
        for key in type(part).model_fields:
            yield from cited(getattr(part, key))
    elif isinstance(part, dict):
        for inner in part.values():
            yield from cited(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from cited(inner)


def at(kind: type[BaseModel], name: str, key: str) -> object:
    """The value at a dotted key; whole numbers count from 0 in lists."""
    part: object = load(kind, name)
    for step in key.split("."):
        if isinstance(part, dict):
            part = part[step]
        elif isinstance(part, tuple):
            part = part[int(step)]
        else:
            part = getattr(part, step)
    return part.value if isinstance(part, Number) else part


def test_the_shelves_hold_what_the_project_promises():
    assert names(Pathogen) == PATHOGENS
    assert names(Protocol) == PROTOCOLS
    assert names(Costs) == ("china-2022", "generic")


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_a_shipped_file_loads_under_its_own_name(kind, name):
    assert load(kind, name).id == name


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_number_says_where_it_comes_from(kind, name):
    entry = load(kind, name)
    found = list(numbers(entry))
    assert len(found) >= 14
    for number in found:
        assert number.source in entry.sources
        assert number.edition
        assert number.grade in ("A", "B", "C", "known", "est")
        assert isinstance(number.valid_from, date)
        assert number.unit


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_an_estimate_names_its_inputs(kind, name):
    bare = [n for n in numbers(load(kind, name)) if n.grade == "est" and not n.note and n.low is None]
    # Staff ratios of PROTOCOLS section 4 and two alarm limits are bare estimates there too.
    assert all(n.unit in ("days", "people a tube", "people per 100 rooms") for n in bare)
    assert len(bare) <= 2


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_citation_is_listed(kind, name):
    entry = load(kind, name)
    assert set(cited(entry)) <= set(entry.sources)


def test_no_alias_is_in_two_files():
    seen: dict[str, str] = {}
    for name in PATHOGENS:
        for alias in (name, *load(Pathogen, name).aliases):
            assert seen.setdefault(plain_word(alias), name) == name


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("CORONAVIRUS", "sars-cov-2-wild"),  # SORMAS
        ("covid-19", "sars-cov-2-wild"),
        ("新冠", "sars-cov-2-wild"),
        ("LNG_REFERENCE_DATA_CATEGORY_DISEASE_2019_N_CO_V", "sars-cov-2-wild"),  # Go.Data
        ("LNG_REFERENCE_DATA_CATEGORY_DISEASE_EBOLA_VIRUS_DISEASE", "ebola"),
        ("LNG_REFERENCE_DATA_CATEGORY_DISEASE_MEASLES", "measles"),
        ("EVD", "ebola"),
        ("Measles", "measles"),
        (" mers_cov ", "mers"),
        ("MONKEYPOX", "mpox"),
        ("NEW_INFLUENZA", "influenza-pandemic"),
        ("CHOLERA", "cholera"),
        ("SARS", "sars-cov-1"),
        ("sars-cov-2-delta", "sars-cov-2-delta"),
        ("seasonal influenza", None),
        ("", None),
    ],
)
def test_a_pathogen_is_found_by_the_words_that_people_and_systems_use(word, name):
    assert pathogen_named(word) == name


def test_code_lists_are_those_of_the_tables():
    assert codes.ZONE_KINDS == tables.ZONE_KINDS
    assert codes.LEVELS == tables.LEVELS
    assert codes.SETTINGS == tables.SETTINGS
    assert codes.STAY_PLACES == tables.STAY_PLACES
    assert codes.ITEMS == tables.ITEMS
    assert codes.REQUEST_KINDS == tables.REQUEST_KINDS
    assert codes.REPORT_KINDS == tables.REPORT_KINDS
    assert codes.SYMPTOMS == tables.SYMPTOMS
    assert codes.AGE_BANDS == tables.AGE_BANDS
    assert codes.CREW_KINDS == tables.CREW_KINDS
    assert codes.VENTILATIONS == tables.VENTILATIONS


@pytest.mark.parametrize("name", PROTOCOLS)
def test_severities_of_care_are_those_of_the_tables(name):
    care = type(load(Protocol, name).care)
    assert set(tables.SEVERITIES) <= set(care.model_fields)


@pytest.mark.parametrize(
    ("kind", "name", "key", "value"),
    [
        (Pathogen, "sars-cov-2-wild", "incubation.mean", 5.6),
        (Pathogen, "sars-cov-2-wild", "incubation.sd", 2.4),
        (Pathogen, "sars-cov-2-wild", "serial_interval.mean", 5.8),
        (Pathogen, "sars-cov-2-wild", "reproduction_number", 2.79),
        (Pathogen, "sars-cov-2-wild", "presymptomatic_share", 0.44),
        (Pathogen, "sars-cov-2-wild", "asymptomatic_share", 0.20),
        (Pathogen, "sars-cov-2-wild", "max_incubation", 14),
        (Pathogen, "sars-cov-2-wild", "severity.7.fatal", 0.15),
        (Pathogen, "sars-cov-2-wild", "severity.4.fatal", 0.004),
        (Pathogen, "sars-cov-2-wild", "mild_share_symptomatic", 0.81),
        (Pathogen, "sars-cov-2-wild", "test_curve.3.sensitivity", 0.77),
        (Pathogen, "sars-cov-2-wild", "test_curve.4.sensitivity", 0.50),
        (Pathogen, "sars-cov-2-delta", "incubation.mean", 4.41),
        (Pathogen, "sars-cov-2-delta", "generation_time.mean", 3.8),
        (Pathogen, "sars-cov-2-delta", "reproduction_number", 5.08),
        (Pathogen, "sars-cov-2-omicron", "incubation.mean", 3.42),
        (Pathogen, "sars-cov-2-omicron", "generation_time.mean", 2.99),
        (Pathogen, "sars-cov-2-omicron", "asymptomatic_share", 0.324),
        (Pathogen, "sars-cov-2-omicron", "max_incubation", 7),
        (Pathogen, "sars-cov-1", "serial_interval.sd", 3.8),
        (Pathogen, "sars-cov-1", "severity.0.fatal", 0.096),
        (Pathogen, "mers", "reproduction_number", 0.91),
        (Pathogen, "mers", "severity.0.fatal", 0.21),
        (Pathogen, "ebola", "incubation.mean", 11.4),
        (Pathogen, "ebola", "serial_interval.mean", 15.3),
        (Pathogen, "ebola", "severity.0.fatal", 0.708),
        (Pathogen, "measles", "incubation.mean", 12.8),
        (Pathogen, "measles", "max_incubation", 21),
        (Pathogen, "influenza-pandemic", "incubation.sd", 0.66),
        (Pathogen, "mpox", "serial_interval.mean", 8.7),
        (Pathogen, "mpox", "severity.0.fatal", 0.002),
        (Pathogen, "cholera", "incubation.sd", 1.4),
        (Pathogen, "norovirus", "max_incubation", 3),
        (Protocol, "who-generic", "contact.lookback_symptomatic", 2),
        (Protocol, "who-generic", "seven_one_seven.notify", 1),
        (Protocol, "who-generic", "targets.reached_share", 0.8),
        (Protocol, "who-generic", "privacy.small_cell_min", 11),
        (Protocol, "who-generic", "alerts.rise_ratio", 1.5),
        (Protocol, "who-generic", "screening.people_per_sampler", 360),
        (Protocol, "who-generic", "screening.pools.0.below_prevalence", 0.003),
        (Protocol, "who-generic", "resources.sets_per_hospital_day", 15),
        (Protocol, "who-generic", "resources.n95_per_icu_day", 16),
        (Protocol, "china-8", "quarantine.close.phases.0.days", 14),
        (Protocol, "china-8", "quarantine.close.phases.1.days", 7),
        (Protocol, "china-8", "quarantine.close.test_days", (1, 4, 7, 14)),
        (Protocol, "china-8", "quarantine.secondary.phases.0.place", "central"),
        (Protocol, "china-8", "level.3.lift.days_without_case", 14),
        (Protocol, "china-8", "level.3.name.zh", "封控区"),
        (Protocol, "china-8", "level.2.name.zh", "管控区"),
        (Protocol, "china-8", "level.1.name.zh", "防范区"),
        (Protocol, "china-8", "clock.report", 2),
        (Protocol, "china-8", "clock.core_information", 4),
        (Protocol, "china-8", "clock.contact_transfer", 8),
        (Protocol, "china-9", "quarantine.close.test_days", (1, 2, 3, 5, 7, 10)),
        (Protocol, "china-9", "quarantine.secondary.phases.0.place", "home"),
        (Protocol, "china-9", "quarantine.from_lockdown.phases.0.days", 7),
        (Protocol, "china-9", "level.3.lift.days_without_case", 7),
        (Protocol, "china-9", "level.2.lift.days_after_higher", 3),
        (Protocol, "china-9", "level.3.name.zh", "高风险区"),
        (Protocol, "china-9", "screening.window_hours", 24),
        (Protocol, "china-20", "quarantine.close.phases.0.days", 5),
        (Protocol, "china-20", "quarantine.close.phases.1.days", 3),
        (Protocol, "china-20", "contact.ring2", False),
        (Protocol, "china-20", "level.3.largest", "building"),
        (Protocol, "china-20", "level.3.lift.days_without_case", 5),
        (Protocol, "china-20", "level.2.enter", ()),
        (Protocol, "ebola", "quarantine.close.phases.0.days", 21),
        (Protocol, "ebola", "level.1.lift.days_without_case", 42),
        (Protocol, "measles", "contact.lookback_symptomatic", 4),
        (Protocol, "measles", "quarantine.close.phases.0.days", 21),
        (Protocol, "measles", "clock.contact_transfer", 72),
        (Costs, "generic", "lockdown_output_share", 0.54),
        (Costs, "generic", "value_of_daly_gdp_multiple", 1),
        (Costs, "china-2022", "test_single", 16),
        (Costs, "china-2022", "test_pooled_tube", 50),
    ],
)
def test_values_are_those_of_the_list_of_rules(kind, name, key, value):
    assert at(kind, name, key) == value


def test_conflicts_between_sources_are_kept_in_the_range():
    for name in ("who-generic", "china-8", "china-20"):
        assert load(Protocol, name).contact.lookback_symptomatic.high == 4
    transfer = load(Protocol, "china-8").clock.contact_transfer
    assert (transfer.value, transfer.high, transfer.grade) == (8, 12, "C")
    realised = load(Pathogen, "sars-cov-2-omicron").generation_time
    assert realised is not None
    assert realised.mean.high == 6.84


def quarantine_days(name: str, group: str) -> float:
    phases = load(Protocol, name).quarantine[group].phases  # type: ignore[index]  # a plain word
    return sum(phase.days.value for phase in phases if not isinstance(phase.days, str))


def test_each_chinese_edition_asks_less_than_the_one_before():
    for group in ("close", "secondary", "arrival", "general"):
        eighth, ninth, twenty = (quarantine_days(name, group) for name in ("china-8", "china-9", "china-20"))
        assert eighth >= ninth >= twenty
    assert (
        quarantine_days("china-8", "close") > quarantine_days("china-9", "close") > quarantine_days("china-20", "close")
    )
    lifts = [load(Protocol, name).level_rule("lockdown").lift for name in ("china-8", "china-9", "china-20")]
    days = [rule.days_without_case.value for rule in lifts]  # type: ignore[union-attr]  # numbers in these editions
    assert days == sorted(days, reverse=True)
    ranks = [
        codes.ZONE_KINDS.index(load(Protocol, n).level_rule("lockdown").largest)
        for n in ("china-8", "china-9", "china-20")
    ]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == 3


@pytest.mark.parametrize("name", PROTOCOLS)
def test_restrictive_levels_need_evidence_of_spread_outside_quarantine(name):
    for rule in load(Protocol, name).level:
        if rule.level in ("control", "lockdown"):
            assert {enter.evidence for enter in rule.enter} <= {
                "community_case", "unlinked_case", "exposure_site", "weekly_incidence",
            }  # fmt: skip
            assert codes.ZONE_KINDS.index(rule.largest) <= codes.ZONE_KINDS.index("street")
        if rule.level == "lockdown":
            assert "weekly_incidence" not in {enter.evidence for enter in rule.enter}
            assert codes.ZONE_KINDS.index(rule.largest) <= codes.ZONE_KINDS.index("community")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_higher_level_restricts_more_and_is_reviewed_no_later(name):
    used = [rule for rule in load(Protocol, name).level if rule.enter]  # an edition need not use every level
    assert len(used) >= 2
    for lower, higher in pairwise(used):
        assert lower.stays_home.value < higher.stays_home.value
        assert lower.review_days.value >= higher.review_days.value


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_level_within_raises_its_surroundings_to_precaution(name):
    rules = load(Protocol, name)
    within = {enter.level for enter in rules.level_rule("precaution").enter if enter.evidence == "contains"}
    used = {rule.level for rule in rules.level if rule.level in ("control", "lockdown") and rule.enter}
    assert used <= within


@pytest.mark.parametrize("name", PROTOCOLS)
def test_words_are_there_in_both_languages(name):
    rules = load(Protocol, name)
    for rule in rules.level:
        assert rule.means
        for text in (rule.name, *rule.means):
            assert text.en != text.zh
            assert any("一" <= letter <= "鿿" for letter in text.zh)


@pytest.mark.parametrize("name", PATHOGENS)
def test_older_bands_are_no_milder(name):
    fatal = [band.fatal.value for band in load(Pathogen, name).severity]
    assert fatal == sorted(fatal)


def test_one_case_alerts_and_notification_follow_the_international_rules():
    alerting = {name for name in PATHOGENS if load(Pathogen, name).one_case_alerts}
    assert alerting == {"cholera", "ebola", "influenza-pandemic", "measles", "mers", "sars-cov-1"}
    notified = {name for name in PATHOGENS if load(Pathogen, name).always_notifiable}
    assert notified == {"influenza-pandemic", "sars-cov-1"}


def test_the_best_pool_size_is_the_one_with_fewest_tests():
    pools = load(Protocol, "who-generic").screening.pools

    def tests_a_person(size: float, prevalence: float) -> float:
        return 1 / size + 1 - (1 - prevalence) ** size if size > 1 else 1.0

    sizes = [pool.size.value for pool in pools]
    for prevalence in (0.001, 0.01, 0.03):
        chosen = next(pool.size.value for pool in pools if prevalence < pool.below_prevalence.value)
        assert tests_a_person(chosen, prevalence) == min(tests_a_person(size, prevalence) for size in (*sizes, 1))
