"""Returns: what a level above asks for, filled in from the records."""
