"""Records in the forms of other systems; each writer says what it left out, and why."""
