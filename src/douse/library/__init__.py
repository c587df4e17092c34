"""Library: pathogens, protocols, costs, strategies, returns, advice and the like as data."""

from douse.library.advice import Advice
from douse.library.ihr import Instrument
from douse.library.links import Links
from douse.library.load import advice_for, load, names, pathogen_named
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.returns import Return
from douse.library.strategy import Strategy
from douse.library.stress import Stresses
from douse.library.triage import Triage
from douse.library.unit_costs import Costs

__all__ = [
    "Advice",
    "Costs",
    "Instrument",
    "Links",
    "Pathogen",
    "Protocol",
    "Return",
    "Strategy",
    "Stresses",
    "Triage",
    "advice_for",
    "load",
    "names",
    "pathogen_named",
]
