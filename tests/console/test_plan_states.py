"""Every move of measures and signals that the table does not allow is refused."""

import pytest

from douse.console.permissions import Actor, Refused, check_second, may_second
from douse.console.states import MEASURE, SIGNAL, Moves, NotNow, check_move, may_move

ALLOWED = {
    "measure": {
        ("proposed", "approved"), ("proposed", "changed"), ("proposed", "declined"),
        ("approved", "seconded"), ("approved", "declined"),
        ("changed", "seconded"), ("changed", "approved"), ("changed", "declined"),
        ("declined", "approved"), ("declined", "changed"),
        ("seconded", "declined"),
    },
    "signal": {
        ("new", "watching"), ("new", "verified"), ("new", "dismissed"),
        ("watching", "verified"), ("watching", "dismissed"),
        ("verified", "dismissed"), ("verified", "watching"),
        ("dismissed", "watching"), ("dismissed", "verified"),
    },
}  # fmt: skip
TABLES = {"measure": MEASURE, "signal": SIGNAL}


@pytest.mark.parametrize("kind", TABLES)
def test_the_table_allows_these_moves_and_no_other(kind: str) -> None:
    moves: Moves = TABLES[kind]
    states = {*moves, *(to for tos in moves.values() for to in tos), "no_such_state"}
    for state in states:
        for to in states:
            allowed = (state, to) in ALLOWED[kind]
            assert may_move(moves, state, to) == allowed, (state, to)
            if allowed:
                check_move(moves, state, to)
            else:
                with pytest.raises(NotNow):
                    check_move(moves, state, to)


def test_the_second_person_is_another() -> None:
    assert may_second(Actor("anna"), "user:ben")
    assert not may_second(Actor("anna"), "user:anna")
    assert not may_second(Actor("anna"), "")
    with pytest.raises(Refused):
        check_second(Actor("anna"), "user:anna")
