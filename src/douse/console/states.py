"""In which state what may be done: a table of allowed moves for each kind of thing.

Who may do it is another matter: see `permissions.py`.
"""

from collections.abc import Mapping

from douse.errors import DouseError

Moves = Mapping[str, tuple[str, ...]]

# From -> to.
SIGNAL: Moves = {
    "new": ("watching", "verified", "dismissed"),
    "watching": ("verified", "dismissed"),
    "verified": ("dismissed", "watching"),
    "dismissed": ("watching", "verified"),
}
# A measure of the plan. A lockdown waits for a second person before it is in force.
MEASURE: Moves = {
    "proposed": ("approved", "changed", "declined"),
    "approved": ("seconded", "declined"),
    "changed": ("seconded", "approved", "declined"),
    "declined": ("approved", "changed"),
    "seconded": ("declined",),
}
TASK: Moves = {
    "open": ("done", "not_reached", "refused", "cancelled"),
    "not_reached": ("done", "not_reached", "refused", "cancelled"),
    "refused": ("done",),
    "done": (),
    "cancelled": (),
}
MERGE: Moves = {"merged": ("undone",), "undone": ("merged",)}
# A published claim that is answered anew stays published as it was until a second person agreed to the new answer.
CLAIM: Moves = {
    "open": ("answered", "withdrawn"),
    "answered": ("answered", "published", "open", "withdrawn"),
    "published": ("answered", "withdrawn"),
    "withdrawn": ("open",),
}
HOLD: Moves = {"in_force": ("released",), "released": ()}
USER: Moves = {"active": ("locked",), "locked": ("active",)}


class NotNow(DouseError):  # noqa: N818  (reads as what it says)
    """The thing is not in a state in which this can be done."""

    exit_code = 8


class TooOften(DouseError):  # noqa: N818  (reads as what it says)
    """Tried too often in a short time."""

    exit_code = 9


def may_move(moves: Moves, state: str, to: str) -> bool:
    """Whether a thing in one state may go to another."""
    return to in moves.get(state, ())


def check_move(moves: Moves, state: str, to: str) -> None:
    """Raise `NotNow` unless a thing in one state may go to another."""
    if not may_move(moves, state, to):
        raise NotNow(
            "This cannot be done any more, or not yet.",
            allowed=", ".join(moves.get(state, ())),
            next_step="Open it again: somebody may have changed it meanwhile.",
        )
