"""Douse finds an outbreak early and puts it out at the least cost to the people who live through it."""

__version__ = "0.1.0"
