"""What households ask for: the form, the clock of each kind, the alarm of medical ones, and the public totals."""
