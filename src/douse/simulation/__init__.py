"""Simulation: the outbreak forward, person by person."""
