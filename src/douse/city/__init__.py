"""City: people, places and movement where real tables are missing."""
