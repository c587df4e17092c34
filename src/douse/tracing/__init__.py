"""Tracing: chains, sources, rings, the worklist."""
