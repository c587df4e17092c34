"""The plan of a day: what is proposed, what people decide on it, and what was decided before."""
