"""Signals: what is unusual, with its evidence, and what people found when they looked."""
