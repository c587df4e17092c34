"""Entry: tests and quarantine of people who arrive from elsewhere."""
