"""Units of time and counting, named once."""

SECONDS_PER_MINUTE = 60
HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365
PER_100K = 100_000
