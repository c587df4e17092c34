"""Cases, contacts and what is known of each: lists, pages, forms, files, duplicates, erasure."""
