"""Goods over the days ahead: what is needed, what there is, what goes where, what runs short first and why."""
