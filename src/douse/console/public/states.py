"""Allowed moves of what residents send: a report, a request."""

from douse.console.states import Moves

REPORT: Moves = {
    "received": ("advised", "tested", "case", "duplicate", "withdrawn"),
    "advised": ("received", "tested", "case", "duplicate", "withdrawn"),
    "tested": ("received", "advised", "case", "duplicate", "withdrawn"),
    "duplicate": ("received", "withdrawn"),
    "case": (),
    "withdrawn": (),
}
NEED: Moves = {
    "asked": ("promised", "delivered", "met", "taken_back"),
    "promised": ("promised", "delivered", "met", "taken_back"),
    "delivered": ("met", "asked"),
    "met": (),
    "taken_back": (),
}
