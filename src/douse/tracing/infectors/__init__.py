"""Who infected whom, with probabilities, where nobody recorded it."""

from douse.tracing.infectors.make import Chains, Known, infectors, likely_infectors, posterior

__all__ = ["Chains", "Known", "infectors", "likely_infectors", "posterior"]
