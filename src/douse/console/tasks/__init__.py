"""Tasks: a person's list for today, recorded with or without a network."""
