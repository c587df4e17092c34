"""Readers: foreign form to raw tables."""
