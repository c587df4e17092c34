"""Pages for residents: no account, no cookie that is needed, phone first, and every one works without script."""
