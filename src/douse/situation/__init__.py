"""Situation: what is known as of a day."""
