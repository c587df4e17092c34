"""Library: pathogens, protocols and costs as data."""

from douse.library.links import Links
from douse.library.load import load, names, pathogen_named
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.library.unit_costs import Costs

__all__ = ["Costs", "Links", "Pathogen", "Protocol", "load", "names", "pathogen_named"]
