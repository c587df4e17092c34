"""Which way a signal may go: a person looks at it, then confirms or dismisses it, and may look again."""

from dataclasses import replace

from douse.errors import UsageError
from douse.signals.signal import Signal, State

# A detector only ever makes a signal new; every move is a person's.
ALLOWED_MOVES: dict[State, tuple[State, ...]] = {
    "new": ("verifying",),
    "verifying": ("confirmed", "dismissed"),
    "confirmed": ("verifying",),
    "dismissed": ("verifying",),
}


def check_move(state: State, to: State) -> None:
    """Raise UsageError, with the reason, unless a signal may go from one state to the other."""
    if to not in ALLOWED_MOVES[state]:
        raise UsageError(
            f"A signal that is {state} cannot become {to}.",
            allowed=", ".join(ALLOWED_MOVES[state]),
            next_step="Move it to verifying first." if "verifying" in ALLOWED_MOVES[state] else "",
        )


def move(state: State, to: State) -> bool:
    """Whether a signal may go from one state to the other."""
    return to in ALLOWED_MOVES[state]


def moved(signal: Signal, to: State) -> Signal:
    """The signal in its new state. Raises UsageError where the move is not allowed."""
    check_move(signal.state, to)
    return replace(signal, state=to)
