"""The outbreak in the demo city: the truth, and what the health department does meanwhile."""
