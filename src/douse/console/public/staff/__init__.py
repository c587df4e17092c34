"""Pages of staff: what residents report is looked through, what they ask for is promised and brought."""
