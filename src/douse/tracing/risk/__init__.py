"""How likely an exposure infected, and what that person may still pass on."""

from douse.tracing.risk.probability import infectors, per_person, with_infection_probability
from douse.tracing.risk.rules import Risk, risk_of

__all__ = ["Risk", "infectors", "per_person", "risk_of", "with_infection_probability"]
