"""The choice between whole plans: the floor first, then the least expected burden. See `docs/planning/choice.md`."""
