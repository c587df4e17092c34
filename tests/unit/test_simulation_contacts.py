"""Numbers of contacts: they load, say where they come from, and add up to what the sources say."""

from importlib import resources

import numpy as np
import pytest
from test_library_files import cited, numbers

from douse.errors import LibraryError
from douse.kernels.person_word import CARE, HOSPITAL, SCHOOL, WORK
from douse.library import Protocol, load, names
from douse.library.load import read
from douse.simulation.contact_numbers import FILE, LAYERS, ContactNumbers, contact_numbers
from douse.simulation.contact_tables import contact_tables, contacts_left
from douse.simulation.course_numbers import course_numbers

# Of a large Asian city, by kind of group (none, school, work, care, hospital); people of a household besides oneself.
KIND_SHARES = np.array([0.375, 0.18, 0.42, 0.01, 0.015])
MATES = 1.62


def text() -> str:
    return resources.files("douse.library").joinpath(FILE).read_text(encoding="utf-8")


def a_day() -> np.ndarray:
    """Meetings of a mean person on a mean day, by layer; shape (8,)."""
    slots = contact_tables(contact_numbers()).slots.astype(float)
    return (5 * slots[0] + 2 * slots[1]) / 7 @ KIND_SHARES


@pytest.mark.parametrize("entry", [contact_numbers(), course_numbers()])
def test_every_number_says_where_it_comes_from(entry):
    assert set(cited(entry)) <= set(entry.sources)
    assert {source for source in entry.sources if source != "estimate"} <= set(cited(entry))
    for number in numbers(entry):
        assert number.unit
        assert number.note
        assert number.edition


def test_meetings_a_day_are_those_of_shanghai():
    assert 17.5 < a_day().sum() + MATES < 19.5


def test_transmission_by_setting_is_near_the_published_shares():
    risk = a_day() * contact_tables(contact_numbers()).closeness
    risk[0] = MATES
    home, daytime, elsewhere = risk[0], risk[1:3].sum(), risk[3:].sum()
    np.testing.assert_allclose(np.array([home, daytime, elsewhere]) / risk.sum(), [0.30, 0.37, 0.33], atol=0.02)


def test_tables_have_a_row_a_layer():
    tables = contact_tables(contact_numbers())
    assert tables.slots.shape == (2, len(LAYERS), 5)
    assert tables.slots.max() <= 32
    assert (tables.slots[:, [0, 7]] == 0).all()
    assert tables.closeness[0] == 1
    assert tables.near_share[-1] == 1
    assert tables.near_people[-1] == 0
    assert (tables.backward <= tables.forward).all()


@pytest.mark.parametrize("name", names(Protocol))
def test_a_level_leaves_households_and_care_alone_and_never_adds_contacts(name):
    for rule in load(Protocol, name).level:
        left = contacts_left(rule, contact_numbers())
        assert ((left >= 0) & (left <= 1)).all()
        assert (left[[0, 7]] == 1).all()
        assert (left[1:3, [CARE, HOSPITAL]] == 1).all()


def test_a_level_takes_what_it_says_for_a_place_and_stays_home_elsewhere():
    keeps = contact_numbers().compliance.level.keeps.value
    control = load(Protocol, "who-generic").level_rule("control")
    left = contacts_left(control, contact_numbers())
    assert left[1, WORK] == pytest.approx(1 - keeps * control.stays_home.value)
    assert left[1, SCHOOL] == pytest.approx(1 - keeps * control.contacts_cut["school"].value)
    assert left[4, WORK] == pytest.approx(1 - keeps * control.stays_home.value)
    assert (contacts_left(load(Protocol, "who-generic").level_rule("open"), contact_numbers()) == 1).all()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("school = 12", "school = 33", "less than or equal to 32"),
        ("school = 12", "school = 12.5", "wrong type"),
        ('name = "shop"', 'name = "transport"', "in order"),
        ("share = { value = 0.35", "share = { value = 0.45", "sum to 1"),
        ("people = 80000", "people = 8000", "ascend"),
    ],
)
def test_a_bad_file_says_where(old, new, said):
    assert old in text()
    with pytest.raises(LibraryError, match=said):
        read(ContactNumbers, FILE, text().replace(old, new, 1))
