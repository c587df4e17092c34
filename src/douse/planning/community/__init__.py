"""What residents ask for: who goes where, what is met in time, and what is not and why."""
