"""Library: pathogens, protocols and costs as data."""
