"""The first page: what is known today, what changed, what is unusual, what is overdue."""
