"""Exposures from what is on record of people besides visits: groups, wards, journeys, guest lists, named places."""
