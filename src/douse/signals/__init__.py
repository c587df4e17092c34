"""Signals: evidence that something is unusual."""
