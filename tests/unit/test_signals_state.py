"""The moves that a signal may make."""

from datetime import date
from typing import get_args

import pytest

from douse.errors import UsageError
from douse.signals.signal import Signal, State
from douse.signals.state import ALLOWED_MOVES, check_move, move, moved

STATES = get_args(State)
SIGNAL = Signal(
    id="one_case:z:2026-03-01", detector="one_case", zone="z", first_day=date(2026, 3, 1), last_day=date(2026, 3, 1),
    observed=1, expected=None, bound=None, false_alarm_rate=None, severity="alarm", reason="", facts={}, evidence=(),
)  # fmt: skip


def test_every_state_has_a_row_and_no_state_leads_to_itself():
    assert set(ALLOWED_MOVES) == set(STATES)
    assert not any(state in to for state, to in ALLOWED_MOVES.items())


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", STATES)
def test_the_pair_agrees(state, to):
    if move(state, to):
        check_move(state, to)
    else:
        with pytest.raises(UsageError):
            check_move(state, to)


def test_nothing_is_confirmed_or_dismissed_unseen():
    assert not move("new", "confirmed")
    assert not move("new", "dismissed")
    seen = moved(SIGNAL, "verifying")
    assert (moved(seen, "confirmed").state, moved(seen, "dismissed").state) == ("confirmed", "dismissed")


def test_a_dismissed_signal_can_be_looked_at_again():
    assert move("dismissed", "verifying")
    assert move("confirmed", "verifying")
