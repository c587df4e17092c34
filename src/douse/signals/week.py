"""The week of a day: what is looked at anew every day keeps its identifier for a week."""

from datetime import date, timedelta


def monday(day: date) -> date:
    """First day of its week."""
    return day - timedelta(days=day.weekday())
