"""Drills: the loop of records, plan and measures, day by day, against a world that nobody can see into."""
