"""The shipped file of links loads, and says where its numbers come from; a bad one fails with words."""

from importlib import resources

import pytest

from douse.errors import LibraryError
from douse.library import Links, catalogue, load, names
from douse.library.load import read
from douse.library.number import Number

FILE = "links/generic.toml"


def text() -> str:
    return resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")


def test_every_file_loads_under_its_own_name():
    assert names(Links) == ("generic",)
    assert load(Links, "generic").id == "generic"


def test_every_number_has_a_source_and_an_estimate_its_inputs():
    entry = load(Links, "generic")
    numbers = [part for key in Links.model_fields if isinstance(part := getattr(entry, key), Number)]
    assert len(numbers) > 20
    for number in numbers:
        assert number.source in entry.sources
        assert number.note or number.grade != "est"
        assert number.low is not None
        assert number.low <= number.value <= (number.high or number.value)
    assert {levels.source for levels in entry.evidence.values()} <= set(entry.sources)


def test_levels_that_the_source_does_not_tell_are_named():
    assumed = {group: levels.assumed for group, levels in load(Links, "generic").evidence.items() if levels.assumed}
    assert assumed == {"zone": ("nothing", "building", "community"), "distance": ("0_km", "1_km")}


def test_the_catalogue_lists_and_shows_it():
    assert ("links", "generic") in [row[:2] for row in catalogue.listing()]
    rows = catalogue.describe("generic", kind=Links)
    assert any(row[0] == "evidence.zone.weight.city" for row in rows)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("value = 0.05, unit", "value = 1.5, unit", "declared_error"),
        ('assumed = ["0_km", "1_km"]', 'assumed = ["2_km"]', "assumed"),
        ('[evidence.ages]\nunit = "log odds"', '[evidence.ages]\nunit = "odds"', "unit"),
    ],
)
def test_a_bad_file_says_where(good, bad, said):
    assert good in text()
    with pytest.raises(LibraryError, match=said):
        read(Links, FILE, text().replace(good, bad, 1))
