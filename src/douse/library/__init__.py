"""Library: pathogens, protocols, costs, strategies and stresses as data."""

from douse.library.links import Links
from douse.library.load import load, names, pathogen_named
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.strategy import Strategy
from douse.library.stress import Stresses
from douse.library.triage import Triage
from douse.library.unit_costs import Costs

__all__ = [
    "Costs", "Links", "Pathogen", "Protocol", "Strategy", "Stresses", "Triage", "load", "names", "pathogen_named",
]  # fmt: skip
