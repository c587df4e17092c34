"""Pages of what goes between levels and instances: returns, events weighed by the IHR, partners."""
