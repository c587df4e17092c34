"""Tracing: chains, sources, rings, the worklist."""

from douse.tracing.make import trace
from douse.tracing.trace import Chain, Trace

__all__ = ["Chain", "Trace", "trace"]
