"""What of all this the health department has on record."""
